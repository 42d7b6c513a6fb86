"""Broken renderers."""

from __future__ import annotations

from typing import Any, ClassVar

import attrs
import cairo
import numpy as np
from dislo_gen_test_good.renderer import Dots
from numpy.random import Generator

from dislo_gen import DISLOCATION, Image, Region, Scene, component, surface_array, trace_path
from dislo_gen_test_broken import declarations
from dislo_gen_test_broken.misbehaviour import Misbehaves


@component
class Misbehaving(Misbehaves, Dots):
    """Misbehaves as it is told to."""

    def draw(self, image: Image, scene: Scene, rng: Generator) -> Image:
        return super().draw(image, scene, rng) * np.float32(1 - 0.1 * self.disturbance(image.shape))


@component
class Unpublished(Dots):
    """No entry point leads to it."""


@component
class Undocumented(Dots):
    pass


@component
class Unexplained(declarations.Unexplained, Dots):
    """Has a parameter without Help."""


@component
class Unbounded(declarations.Unbounded, Dots):
    """Has a number without Range."""


@component
class Converted(declarations.Converted, Dots):
    """Is not read back as it was written."""


@component
class Validated(declarations.Validated, Dots):
    """Demands what no schema knows."""


@component
class Double(Dots):
    """Returns float64."""

    def draw(self, image: Image, scene: Scene, rng: Generator) -> Any:
        return super().draw(image, scene, rng).astype(np.float64)


@component
class Grainy(Dots):
    """Adds grain where there is nothing to draw."""

    def draw(self, image: Image, scene: Scene, rng: Generator) -> Image:
        grain = rng.uniform(0.98, 1, image.shape).astype(np.float32)
        return super().draw(image, scene, rng) * grain


@component
class LinesOnly(Dots):
    """Leaves out areas."""

    def draw(self, image: Image, scene: Scene, rng: Generator) -> Image:
        lines = Scene(defect for defect in scene if not isinstance(defect.shape, Region))
        return super().draw(image, lines, rng)


@component
class KnownOnly(Dots):
    """Draws the kinds that it knows."""

    def draw(self, image: Image, scene: Scene, rng: Generator) -> Image:
        known = Scene(defect for defect in scene if defect.kind in (DISLOCATION, "loop", "void"))
        return super().draw(image, known, rng)


@component
class Displaced(Dots):
    """Draws everything in the corner."""

    def draw(self, image: Image, scene: Scene, rng: Generator) -> Image:
        corner = Scene(attrs.evolve(d, shape=attrs.evolve(d.shape, points=d.shape.points * 0)) for d in scene)
        return super().draw(image, corner, rng)


@component
class Moves(Dots):
    """Moves the points of the scene that it draws."""

    def draw(self, image: Image, scene: Scene, rng: Generator) -> Image:
        for defect in scene:
            defect.shape.points.flags.writeable = True
            defect.shape.points[...] += 9
        return super().draw(image, scene, rng)


@component
class Keeps(Dots):
    """Keeps the pictures that it returned."""

    kept: ClassVar[dict[bytes, Image]] = {}

    def draw(self, image: Image, scene: Scene, rng: Generator) -> Image:
        picture = super().draw(image, scene, rng)
        return self.kept.setdefault(picture.tobytes(), picture)


@component
class InPlace(Dots):
    """Changes the picture that it is given."""

    def draw(self, image: Image, scene: Scene, rng: Generator) -> Image:
        image *= np.float32(0.5)
        return super().draw(image, scene, rng)


@component
class Returns(Dots):
    """Returns the very picture that it is given."""

    def draw(self, image: Image, scene: Scene, rng: Generator) -> Image:
        return image


@component
class Emphatic(Dots):
    """Draws what shall not be seen as strongly as anything else."""

    def draw(self, image: Image, scene: Scene, rng: Generator) -> Image:
        loud = (attrs.evolve(d, style=attrs.evolve(d.style, contrast=1.0)) for d in scene)
        return super().draw(image, Scene(loud), rng)


@component
class SamePen(Dots):
    """Draws every line with one pen."""

    def draw(self, image: Image, scene: Scene, rng: Generator) -> Image:
        alike = (attrs.evolve(d, style=attrs.evolve(d.style, width_px=None)) for d in scene)
        return super().draw(image, Scene(alike), rng)


@component
class Mirrored(Dots):
    """Draws with y upwards."""

    def draw(self, image: Image, scene: Scene, rng: Generator) -> Image:
        return super().draw(image[::-1].copy(), scene, rng)[::-1].copy()


@component
class Winding(Dots):
    """Fills regions where their outline winds around."""

    def draw(self, image: Image, scene: Scene, rng: Generator) -> Image:
        drawn = super().draw(image, scene, rng)
        for defect in scene:
            if isinstance(defect.shape, Region):
                surface = cairo.ImageSurface(cairo.FORMAT_A8, *image.shape[::-1])
                context = cairo.Context(surface)
                trace_path(context, defect.shape)
                context.set_fill_rule(cairo.FILL_RULE_WINDING)
                context.fill()
                drawn[surface_array(surface) > 0] *= np.float32(0.9)
        return drawn
