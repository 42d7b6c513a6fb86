"""Precipitates: faceted particles of another phase in a few orientations."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Annotated, Literal

import numpy as np
from dislo_gen import (
    Choice,
    Defect,
    Distribution,
    Geometry,
    Help,
    LogNormal,
    OpenCurve,
    Range,
    Region,
    Scene,
    Size,
    Style,
    Uniform,
    Unit,
    Varied,
    component,
)
from numpy.random import Generator
from numpy.typing import NDArray

from dislo_gen_voids.interference import line_of_no_contrast, moire_stripes, strain_lobes
from dislo_gen_voids.particles import SYMMETRY, Particle, with_room

PRECIPITATE = "precipitate"
CORE = "precipitate core"
MOIRE_FRINGE = "moiré fringe"
STRAIN_LOBE = "strain lobe"
LINE_OF_NO_CONTRAST = "line of no contrast"

_MOIRE_CONTRAST, _STRAIN_CONTRAST = 0.45, 0.4
_COHERENT = 0.25  # part of its contrast that a coherent particle shows: it differs little from the matrix
_BEVEL = 0.08  # width of the inclined facets around a particle, over its thickness


@component
class Precipitates(Geometry):
    """Plates, cubes or hexagonal particles along a few crystal directions that all of an image share.

    Particles of one direction are one variant and have one contrast, dark or bright: absorption, where the phase
    is heavier or lighter than the matrix, and structure-factor contrast, where one variant is nearer to a
    diffracting condition than another (Williams and Carter, ch. 22 and 26; moiré fringes ch. 23, coffee-bean
    contrast ch. 26). Lengths are in nanometres, and ``pixel_size`` makes them pixels.
    """

    count: Annotated[Varied[int], Range(0, 2000), Help("precipitates per image, fewer where there is no room")] = (
        Uniform(6, 30)
    )
    shape: Annotated[
        Varied[Literal["plate", "cube", "hexagon"]], Help("shape that all precipitates of an image have")
    ] = Choice(("plate", "cube", "hexagon"))
    size: Annotated[
        Distribution,
        Unit("nm"),
        Range(0.5, 1000),
        Help("length of a plate, side of a cube, distance between opposite sides of a hexagon"),
    ] = LogNormal(14, 0.35, 3, 80)
    aspect_ratio: Annotated[Distribution, Range(1, 100), Help("length over thickness of a plate seen edge-on")] = (
        LogNormal(6, 0.3, 2, 20)
    )
    directions: Annotated[
        Varied[int], Range(1, 12), Help("orientations, evenly spread over the shape's symmetry")
    ] = Uniform(1, 3)
    misalignment: Annotated[
        Varied[float], Unit("deg"), Range(0, 90), Help("standard deviation from the shared directions")
    ] = Uniform(0, 2)
    contrast: Annotated[
        Distribution,
        Range(-5, 5),
        Help("contrast of each variant over the renderer's: positive dark, negative bright"),
    ] = Choice((-0.7, 0.6, 0.9, 1.2))
    pattern: Annotated[
        Varied[Literal["plain", "moire", "coffee-bean"]],
        Help("even contrast, moiré fringes, or the strain lobes and line of no contrast of coherent particles"),
    ] = Choice(("plain", "moire", "coffee-bean"), weights=(4, 2, 1))
    moire_spacing: Annotated[
        Varied[float], Unit("nm"), Range(0.2, 200), Help("distance between moiré fringes")
    ] = Uniform(1.5, 3.5)
    pixel_size: Annotated[
        Varied[float], Unit("nm"), Range(0.01, 100), Help("side of a pixel; halve it to double the magnification")
    ] = 0.5

    def place(self, size: Size, rng: Generator) -> Scene:
        """Scatter the precipitates of one image; a precipitate and what is drawn on it make one group."""
        centres = rng.uniform((0, 0), size.xy, (self.count, 2))
        lengths = self.size.draw_many(rng, self.count) / self.pixel_size
        plates = self.shape == "plate"
        thicknesses = lengths / self.aspect_ratio.draw_many(rng, self.count) if plates else lengths
        variants = rng.integers(self.directions, size=self.count)
        tilts = math.radians(self.misalignment) * rng.standard_normal(self.count)
        angles = rng.uniform(0, 2 * math.pi) + SYMMETRY[self.shape] / self.directions * variants + tilts
        contrasts = [float(self.contrast.draw(rng)) for _ in range(self.directions)]
        strained = rng.uniform(0, 2 * math.pi)
        g = np.array((math.cos(strained), math.sin(strained)))  # the diffraction vector, along which strain shows
        defects: list[Defect] = []
        for group, n in enumerate(with_room(centres, np.sqrt(lengths * thicknesses / math.pi))):
            particle = Particle(self.shape, centres[n], float(lengths[n]), float(thicknesses[n]), float(angles[n]))
            defects += self._precipitate(particle, contrasts[int(variants[n])], g, group)
        return Scene(defects)

    def _precipitate(
        self, particle: Particle, contrast: float, g: NDArray[np.float64], group: int
    ) -> Iterator[Defect]:
        """One precipitate, from what lies lowest upwards."""

        def unlabelled(kind: str, shape: OpenCurve | Region, style: Style) -> Defect:
            return Defect(kind, shape, group, labelled=False, style=style)

        if self.pattern == "coffee-bean":
            contrast *= _COHERENT
            for lobe in strain_lobes(particle, g):
                yield unlabelled(STRAIN_LOBE, Region(lobe), Style(_STRAIN_CONTRAST))
        half = Style(contrast / 2)  # in two steps: facets inclined to the beam make the rim thinner
        yield Defect(PRECIPITATE, Region(particle.outline()), group, style=half)
        yield unlabelled(CORE, Region(particle.outline(_BEVEL * particle.thickness)), half)
        if self.pattern == "coffee-bean":
            line = OpenCurve(line_of_no_contrast(particle, g))
            yield unlabelled(LINE_OF_NO_CONTRAST, line, Style(-_STRAIN_CONTRAST, 0.7))
        elif self.pattern == "moire":
            for stripe in moire_stripes(particle, self.moire_spacing / self.pixel_size):
                yield unlabelled(MOIRE_FRINGE, Region(stripe), Style(math.copysign(_MOIRE_CONTRAST, contrast)))
