"""Diffraction contrast from the two-beam equations."""

from __future__ import annotations

import math
from typing import Annotated, Literal

import attrs
import numpy as np
from numpy.random import Generator

from dislo_gen import (
    Choice,
    Defect,
    Distribution,
    Help,
    Image,
    LogNormal,
    OnSheet,
    OpenCurve,
    Range,
    Region,
    Renderer,
    Scene,
    Uniform,
    Unit,
    Varied,
    component,
)
from dislo_gen_plugins.renderers.contrast_table import contrast_table
from dislo_gen_plugins.renderers.displacement import StraightDislocation
from dislo_gen_plugins.renderers.foil_lines import (
    inclination,
    lie_of_group,
    track_at_one_depth,
    track_through_foil,
)
from dislo_gen_plugins.renderers.howie_whelan import TwoBeam as Foil
from dislo_gen_plugins.renderers.modulation import Modulation

# Kinds of curve that displace the crystal around them, by a word in their name.
_LINE_DEFECTS = ("dislocation", "loop")
_HIGHLIGHTS, _SAMPLE = 0.995, 2  # part of the pixels that must not be white, and which of them are looked at
_LINE_WIDTH = 0.35  # usual width of an image over the extinction distance: Hirsch et al. 1977, chapter 10


@component
class TwoBeam(Renderer):
    """Bright- and dark-field images of dislocations, calculated: dots, zigzags, double and one-sided lines.

    The Howie-Whelan two-beam equations in the column approximation, with anomalous absorption and isotropic
    elasticity (Hirsch et al., Electron Microscopy of Thin Crystals, 1977; Williams and Carter, Transmission
    Electron Microscopy, 2009, chapters 24 to 27). A line climbs from one surface of the foil to the other as its
    depth in the scene says, and its inclination follows from that. The intensity is calculated once for each set
    of parameters, over the distance from the line and its depth, and looked up along the curve. It multiplies what
    is there, so that the background keeps its grain. Lines without a depth lie at a depth of their own; regions
    are places where the foil is thinner or thicker, as at a void; other curves are faint soft lines.
    """

    extinction_distance: Annotated[
        Varied[float],
        Unit("px"),
        Range(1, 64),
        Help("extinction distance ξ_g; a line's image is about a third of it wide"),
    ] = LogNormal(15, 0.35, 6, 32)
    thickness: Annotated[
        Varied[float], Unit("ξ_g"), Range(0.2, 15), Help("thickness t of the foil in extinction distances")
    ] = Uniform(2.5, 6.5)
    deviation: Annotated[
        Varied[float], Range(-5, 5), Help("deviation parameter w = s ξ_g: 0 at the Bragg angle")
    ] = Uniform(-0.3, 1.0)
    absorption: Annotated[
        Varied[float], Range(0, 0.3), Help("anomalous absorption ξ_g/ξ'_g, and the mean absorption as well")
    ] = Uniform(0.06, 0.13)
    field: Annotated[
        Varied[Literal["bright", "dark"]], Help("bright field: the direct beam; dark field: the diffracted one")
    ] = "bright"
    diffuse: Annotated[
        Varied[float],
        Range(0, 2),
        Help("diffusely scattered intensity over the incident one; it fogs contrast"),
    ] = Uniform(0.0, 0.25)
    g_dot_b: Annotated[
        Distribution, Range(-6, 6), Help("g·b of each pileup, a whole number; lines with 0 may be invisible")
    ] = Choice((1, -1, 2, -2, 3, -3), weights=(6, 6, 3, 3, 1, 1))
    character: Annotated[
        Distribution, Unit("deg"), Range(0, 90), Help("angle of line and Burgers vector: 0 screw, 90 edge")
    ] = Uniform(0, 90)
    g_dot_b_cross_u: Annotated[
        Distribution,
        Range(-6, 6),
        Help("g·(b×u) of an edge dislocation; a mixed one has the sine of its character of it"),
    ] = Uniform(-0.6, 0.6)
    poisson: Annotated[Varied[float], Range(0, 0.49), Help("Poisson's ratio of the crystal")] = Uniform(0.28, 0.36)
    reach: Annotated[
        Varied[float],
        Unit("ξ_g"),
        Range(0.5, 3.2),
        Help("how far from a line its strain shows; the surfaces screen it farther off"),
    ] = 1.5
    region_step: Annotated[
        Distribution, Unit("ξ_g"), Range(-2, 2), Help("how much thinner the foil is in a region, a void say")
    ] = Uniform(-0.3, 0.3)
    line_contrast: Annotated[
        Distribution, Range(-1, 1), Help("contrast of curves that are no dislocations: positive dark")
    ] = Uniform(0.2, 0.5)
    dark_level: Annotated[
        Varied[float],
        Range(0, 1),
        Help("brightness that a dark field leaves of the background"),
        OnSheet(field="dark"),
    ] = Uniform(0.25, 0.5)

    def draw(self, image: Image, scene: Scene, rng: Generator) -> Image:
        """Draw a scene into a picture."""
        picture = image.copy()
        if not len(scene):
            return picture
        if self.field == "dark":
            picture *= np.float32(self.dark_level)
        canvas = Modulation(picture)
        groups: dict[int, _GroupLook] = {}
        for defect in scene:
            if defect.group not in groups:
                groups[defect.group] = self._group_look(defect.group, scene, rng)
            look = groups[defect.group]
            own_depth = float(rng.uniform(0.2, 0.8))
            if isinstance(defect.shape, Region):
                canvas.fill(defect, self._thinner(look.step))
            elif any(word in defect.kind for word in _LINE_DEFECTS):
                self._draw_line(canvas, defect, look, own_depth)
            else:
                width = defect.style.line_width(_LINE_WIDTH * self.extinction_distance)
                track = track_at_one_depth(defect.shape, 0.0, width / 2)
                canvas.add_profile(track, width, -look.contrast * defect.style.contrast)
        picture = canvas.picture
        # Where the foil itself is dark, lines are many times as bright: expose for them, as at the microscope.
        highlights = float(np.quantile(picture[::_SAMPLE, ::_SAMPLE], _HIGHLIGHTS))
        if highlights > 1:
            picture *= np.float32(1 / highlights)
        return np.clip(picture, 0, 1, out=picture)

    @property
    def _foil(self) -> Foil:
        return Foil(self.thickness, self.deviation, self.absorption)

    def _group_look(self, group: int, scene: Scene, rng: Generator) -> _GroupLook:
        order = round(float(self.g_dot_b.draw(rng)))
        edge_share = math.sin(math.radians(float(self.character.draw(rng))))
        lines = [d.shape for d in scene if d.group == group and isinstance(d.shape, OpenCurve)]
        tilt, slip_plane = lie_of_group([s for s in lines if s.depth is not None], self._thickness_px)
        return _GroupLook(
            dislocation=StraightDislocation(
                g_dot_b=order,
                g_dot_b_edge=order * edge_share**2,
                g_dot_b_cross_u=float(self.g_dot_b_cross_u.draw(rng)) * edge_share,
                inclination=tilt,
                slip_plane=slip_plane,
                poisson=self.poisson,
            ),
            step=float(self.region_step.draw(rng)),
            contrast=float(self.line_contrast.draw(rng)),
        )

    @property
    def _thickness_px(self) -> float:
        return self.thickness * self.extinction_distance

    def _thinner(self, step: float) -> float:
        """Relative change of the intensity where the foil is thinner."""
        both = attrs.evolve(self._foil, thickness=max(self.thickness - step, 0.0)).perfect()
        usual = self._foil.perfect()
        dark = self.field == "dark"
        return (both[dark] + self.diffuse) / max(usual[dark] + self.diffuse, 1e-3) - 1

    def _draw_line(self, canvas: Modulation, defect: Defect, look: _GroupLook, own_depth: float) -> None:
        dislocation, shape = look.dislocation, defect.shape
        if isinstance(shape, OpenCurve) and shape.depth is not None:
            tilt = inclination(shape, self._thickness_px, near=dislocation.inclination)
            track = track_through_foil(shape, self.thickness, self.extinction_distance)
        else:
            tilt = 90.0
            track = track_at_one_depth(shape, own_depth * self.thickness, 0.8 * self.extinction_distance)
        table = contrast_table(
            self._foil,
            attrs.evolve(dislocation, inclination=tilt),
            self.field,
            self.diffuse,
            1 / self.extinction_distance,
            self.reach,
        )
        usual = _LINE_WIDTH * self.extinction_distance
        scale = self.extinction_distance * defect.style.line_width(usual) / usual
        if scale > 0:
            canvas.add_line(track, table, scale, defect.style.contrast)


@attrs.frozen
class _GroupLook:
    """What the lines of one group have in common."""

    dislocation: StraightDislocation
    step: float
    contrast: float
