"""Broken effects."""

from __future__ import annotations

import itertools
from typing import Any, ClassVar

import attrs
import numpy as np
from dislo_gen_test_good.effect import Noise, Shift
from numpy.random import Generator

from dislo_gen import Image, Scene, Size, component
from dislo_gen_test_broken import declarations
from dislo_gen_test_broken.misbehaviour import Misbehaves


@component
class Misbehaving(Misbehaves, Noise):
    """Misbehaves as it is told to."""

    def apply(self, image: Image, scene: Scene, rng: Generator) -> Image:
        return super().apply(image, scene, rng) * np.float32(1 - 0.1 * self.disturbance(image.shape))


@component
class Unpublished(Noise):
    """No entry point leads to it."""


@component
class Undocumented(Noise):
    pass


@component
class Unexplained(declarations.Unexplained, Noise):
    """Has a parameter without Help."""


@component
class Unbounded(declarations.Unbounded, Noise):
    """Has a number without Range."""


@component
class Converted(declarations.Converted, Noise):
    """Is not read back as it was written."""


@component
class Validated(declarations.Validated, Noise):
    """Demands what no schema knows."""


@component
class Misplaced(Noise):
    """Acts on the lens."""

    acts_on: ClassVar[Any] = "lens"


@component
class Idle(Noise):
    """Changes nothing."""

    def apply(self, image: Image, scene: Scene, rng: Generator) -> Image:
        return image.copy()


@component
class Double(Noise):
    """Returns float64."""

    def apply(self, image: Image, scene: Scene, rng: Generator) -> Any:
        return super().apply(image, scene, rng).astype(np.float64)


@component
class Loses(Shift):
    """Loses the last defect where it moves a scene."""

    def move(self, scene: Scene, size: Size) -> Scene:
        return Scene(super().move(scene, size).defects[:-1])


@component
class Relabels(Shift):
    """Labels everything where it moves a scene."""

    def move(self, scene: Scene, size: Size) -> Scene:
        return Scene(attrs.evolve(defect, labelled=True) for defect in scene)


@component
class Wanders(Shift):
    """Moves a scene farther each time."""

    times: ClassVar[Any] = itertools.count(1)

    def move(self, scene: Scene, size: Size) -> Scene:
        for _ in range(next(self.times) % 3):
            scene = super().move(scene, size)
        return scene


@component
class Keeps(Noise):
    """Keeps the pictures that it returned."""

    kept: ClassVar[dict[bytes, Image]] = {}

    def apply(self, image: Image, scene: Scene, rng: Generator) -> Image:
        picture = super().apply(image, scene, rng)
        return self.kept.setdefault(picture.tobytes(), picture)


@component
class InPlace(Noise):
    """Changes the picture that it is given."""

    def apply(self, image: Image, scene: Scene, rng: Generator) -> Image:
        image *= np.float32(0.5)
        return super().apply(image, scene, rng)


@component
class Returns(Noise):
    """Returns the very picture that it is given where there is no noise."""

    def apply(self, image: Image, scene: Scene, rng: Generator) -> Image:
        return image


@component
class LeavesTruth(Shift):
    """Moves pixels and leaves the truth where it was."""

    def move(self, scene: Scene, size: Size) -> Scene:
        return scene
