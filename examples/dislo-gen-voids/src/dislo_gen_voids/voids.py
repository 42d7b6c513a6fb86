"""Voids: cavities that show by what is missing and by their Fresnel fringes."""

from __future__ import annotations

import itertools
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

from dislo_gen_voids.boundaries import Boundary
from dislo_gen_voids.fringes import fringe_bands, fringe_width
from dislo_gen_voids.outlines import Outline, void_outline
from dislo_gen_voids.polygons import ring

VOID = "void"
FRESNEL_FRINGE = "Fresnel fringe"
GRAIN_BOUNDARY = "grain boundary"

_REFERENCE_RADIUS = 5.0  # nm; of the void that "mass_contrast" speaks of
_FAINT = 0.02  # a fringe of less contrast than this is not drawn
_TOLERANCE = 0.04  # how far a drawn outline may lie from the true one, px
_FEWEST_POINTS, _MOST_POINTS = 24, 192

_BOUNDARY_STYLE = Style(0.7, 0.7)


@component
class Voids(Geometry):
    """Voids, round or faceted, with the Fresnel fringes of one defocus.

    Through-focus contrast as in Jenkins and Kirk, Characterization of Radiation Damage by Transmission Electron
    Microscopy, ch. 7: underfocus shows bright discs with a dark fringe around each, overfocus dark ones with a
    bright fringe. The label is the true outline of the void, neither the fringe's inner edge nor its outer one.
    All voids of an image lie in one crystal: they have one outline, in one orientation, in different sizes.
    Lengths are in nanometres, and ``pixel_size`` makes them pixels.
    """

    count: Annotated[Varied[int], Range(0, 5000), Help("voids per image, before a denuded zone is cleared")] = (
        Uniform(20, 90)
    )
    radius: Annotated[
        Distribution, Unit("nm"), Range(0.2, 500), Help("radius of the circle of the same area, for each void")
    ] = LogNormal(3, 0.3, 0.8, 40)
    zone_axis: Annotated[
        Varied[Literal["100", "110", "111"]],
        Help("direction of view on the truncated octahedron: 8, 6 or 12 corners"),
    ] = Choice(("100", "110", "111"), weights=(2, 3, 1))
    faceting: Annotated[
        Varied[float], Range(0, 1), Help("0: round; 1: sharp {111} and {100} facets; between: rounded corners")
    ] = Uniform(0, 0.9)
    defocus: Annotated[
        Varied[float],
        Unit("nm"),
        Range(-10000, 10000),
        Help("defocus: negative underfocus, positive overfocus, 0 without fringes"),
    ] = Choice((-2000, -1500, -1000, 1000, 1500), weights=(2, 3, 3, 1, 1))
    voltage: Annotated[
        Varied[float], Unit("kV"), Range(20, 3000), Help("acceleration voltage, which gives the wavelength")
    ] = 200.0
    fringe_contrast: Annotated[
        Varied[float], Range(0, 5), Help("contrast of the first Fresnel fringe, over the renderer's contrast")
    ] = Uniform(0.4, 0.8)
    mass_contrast: Annotated[
        Varied[float],
        Range(0, 5),
        Help("brightness from the material missing in a void of 5 nm, over the renderer's; grows with the radius"),
    ] = Uniform(0.1, 0.35)
    denuded_zone: Annotated[
        Varied[float],
        Unit("nm"),
        Range(0, 5000),
        Help("void-free width on either side of a grain boundary; 0: no boundary"),
    ] = Choice((0, 20, 40), weights=(6, 1, 1))
    pixel_size: Annotated[
        Varied[float], Unit("nm"), Range(0.01, 100), Help("side of a pixel; halve it to double the magnification")
    ] = 0.5

    def place(self, size: Size, rng: Generator) -> Scene:
        """Scatter the voids of one image; a void and its fringes make one group."""
        centres = rng.uniform((0, 0), size.xy, (self.count, 2))
        radii = self.radius.draw_many(rng, self.count) / self.pixel_size
        width = fringe_width(self.voltage, self.defocus) / self.pixel_size
        angle = rng.uniform(0, 2 * math.pi)
        defects: list[Defect] = []
        if self.denuded_zone:
            boundary = Boundary.draw(size, rng)
            inhabited = boundary.distance(centres) >= self.denuded_zone / self.pixel_size
            centres, radii = centres[inhabited], radii[inhabited]
            defects.append(
                Defect(GRAIN_BOUNDARY, OpenCurve(boundary.across(size)), labelled=False, style=_BOUNDARY_STYLE)
            )
        if not len(radii):
            return Scene(defects)
        outline = void_outline(self.zone_axis, self.faceting, angle, _points(radii.max()))
        edges, contrasts = fringe_bands(radii, width, self.defocus)
        for n, (centre, radius) in enumerate(zip(centres, radii.tolist(), strict=True)):
            style = Style(-self.mass_contrast * radius * self.pixel_size / _REFERENCE_RADIUS)
            defects.append(Defect(VOID, Region(centre + radius * outline.corners), n + 1, style=style))
            bands = _bands(outline, centre, radius, edges[n].tolist())
            for points, contrast in zip(bands, self.fringe_contrast * contrasts[n], strict=True):
                if points is not None and abs(contrast) >= _FAINT:
                    style = Style(contrast)
                    defects.append(Defect(FRESNEL_FRINGE, Region(points), n + 1, labelled=False, style=style))
        return Scene(defects)


def _bands(
    outline: Outline, centre: NDArray[np.float64], radius: float, edges: list[float]
) -> Iterator[NDArray[np.float64] | None]:
    """Yield the area between each distance from an outline and the next; None if there is nothing."""
    lines = [outline.around(centre, radius, edge) for edge in edges]
    for (low, high), (inner, outer) in zip(itertools.pairwise(edges), itertools.pairwise(lines), strict=True):
        if low < high:
            yield ring(outer, inner) if low > -radius else outer
        else:
            yield None


def _points(radius: float) -> int:
    """How many points make a circle of this radius (px) look round."""
    return min(max(_FEWEST_POINTS, math.ceil(math.pi * math.sqrt(radius / (2 * _TOLERANCE)))), _MOST_POINTS)
