"""Lines: single dislocations and bundles of them, of many shapes."""

from __future__ import annotations

import math
from typing import Annotated

import attrs
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from dislo_gen import (
    DISLOCATION,
    Choice,
    Defect,
    Distribution,
    Geometry,
    Help,
    LogNormal,
    OneOf,
    OnSheet,
    OpenCurve,
    Range,
    Scene,
    Size,
    Uniform,
    Unit,
    Varied,
    Whole,
    component,
    visible_fraction,
)
from dislo_gen_plugins.geometries.line_bundles import ROOM, side_by_side
from dislo_gen_plugins.geometries.line_ends import (
    LARGEST_CURL,
    curl,
    fit,
    in_image,
    inside,
    points_outwards,
    pull,
    shift_inside,
)
from dislo_gen_plugins.geometries.line_shapes import LineShape, path

_STEP = 3.0  # distance between the vertices of a line, px
_NEARLY = 0.1  # what is left of its bend in a straight line: none is as straight as a ruler
_SHAPES = ("straight", "curved", "wavy", "kinked", "bowed")
_NODE_REACH = 60.0  # length over which a line gives way to one that meets it, px


@component
class Lines(Geometry):
    """Single dislocation lines: straight, curved, wavy, kinked, or bowed out between pinning points.

    Their ends lie at the surfaces of the foil, where some curl up, or outside the image; a few lines end in a node
    on another one. Some come in bundles of subparallel lines. All lengths are in pixels of the image times
    ``scale``.
    """

    lines: Annotated[
        Varied[int], Range(0, 200), Help("lines per image, those of bundles included"), OnSheet(3)
    ] = Uniform(1, 8)
    max_dislocations: Annotated[Varied[int], Range(0, 1000), Help("most dislocations in one image")] = 20
    shape: Annotated[
        Distribution, OneOf(*_SHAPES), Help("shape of a line; those of a bundle share it"), OnSheet("wavy")
    ] = Choice(_SHAPES, weights=(1, 2, 3, 3, 3))
    direction: Annotated[
        Varied[float],
        Unit("deg"),
        Range(-360, 360),
        Help("mean direction of the lines to the x axis, clockwise"),
        OnSheet(20),
    ] = Uniform(0, 360)
    direction_spread: Annotated[
        Varied[float], Unit("deg"), Range(0, 180), Help("standard deviation of a line's direction"), OnSheet(15)
    ] = Uniform(5, 60)
    surface_ends: Annotated[
        Varied[float],
        Range(0, 1),
        Help(
            "probability that an end lies inside the image, at a surface of the foil; other ends leave the image"
        ),
        OnSheet(1),
    ] = 0.5
    length: Annotated[
        Distribution,
        Unit("px"),
        Range(1, 8192),
        Help("length of a line with both ends inside the image, as far as it fits there"),
    ] = LogNormal(200, 0.5, 50, 700)
    bend: Annotated[
        Distribution,
        Unit("deg"),
        Range(0, 120),
        Help("how far a line turns, in an arc or an S, on its way; a straight one turns a tenth of it"),
    ] = Uniform(5, 50)
    amplitude: Annotated[
        Distribution, Unit("px"), Range(0, 1000), Help("amplitude of the waves of a wavy or kinked line")
    ] = Uniform(2, 10)
    wavelength: Annotated[Distribution, Unit("px"), Range(4, 8192), Help("wavelength of these waves")] = Uniform(
        80, 260
    )
    spacing: Annotated[
        Distribution,
        Unit("px"),
        Range(1, 8192),
        Help("distance between neighbouring kinks (kinked) or pinning points (bowed)"),
        OnSheet(60, shape="kinked"),
    ] = Uniform(25, 180)
    kink_angle: Annotated[
        Distribution,
        Unit("deg"),
        Range(0, 75),
        Help("angle by which a kinked line turns at each kink"),
        OnSheet(shape="kinked"),
    ] = Uniform(20, 55)
    bowing: Annotated[
        Distribution,
        Range(0, 1),
        Help("stress on a bowed line over that at which its widest segment would be a half circle"),
        OnSheet(shape="bowed"),
    ] = Uniform(0.25, 0.8)
    pin_scatter: Annotated[
        Varied[float],
        Unit("deg"),
        Range(0, 45),
        Help("standard deviation of the direction from pinning point to pinning point"),
        OnSheet(0, shape="bowed"),
    ] = 12.0
    curls: Annotated[
        Varied[float],
        Range(0, 1),
        Help("probability that a single line is curled up where it meets a surface"),
        OnSheet(0),
    ] = 0.15
    curl_radius: Annotated[
        Distribution,
        Unit("px"),
        Range(0.5, 1000),
        Help("radius of a curled end, at most 4 % of the image's side"),
        OnSheet(curls=1),
    ] = Uniform(5, 16)
    curl_angle: Annotated[
        Distribution, Unit("deg"), Range(0, 270), Help("how far a curled end turns"), OnSheet(curls=1)
    ] = Uniform(40, 200)
    nodes: Annotated[
        Varied[float],
        Range(0, 1),
        Help("probability that another line ends in a node on a single line"),
        OnSheet(0),
    ] = 0.15
    bundles: Annotated[
        Varied[float],
        Range(0, 1),
        Help("probability that the next lines come as a bundle and not as one"),
        OnSheet(0, lines=8),
    ] = 0.15
    bundle_lines: Annotated[
        Distribution, Whole(), Range(2, 50), Help("lines in a bundle"), OnSheet(3, bundles=1, lines=5)
    ] = Uniform(2, 5)
    bundle_spacing: Annotated[
        Distribution,
        Unit("px"),
        Range(2, 2048),
        Help("mean distance between neighbours in a bundle"),
        OnSheet(bundles=1),
    ] = Uniform(12, 45)
    min_visible: Annotated[
        Varied[float],
        Range(0, 1),
        Help("smallest part of a line inside the image; shorter ones are left out"),
        OnSheet(surface_ends=0),
    ] = 0.35
    scale: Annotated[
        Varied[float], Range(0.01, 100), Help("factor on every length: 0.25 makes a 512 px recipe fit 128 px")
    ] = 1.0

    def place(self, size: Size, rng: Generator) -> Scene:
        """Place the lines of one image."""
        defects: list[Defect] = []
        left, group = self.lines, 0
        while left > 0 and len(defects) < self.max_dislocations:
            count = 1
            if rng.random() < self.bundles:
                count = min(left, self.bundle_lines.draw_integer(rng))
            curves = self._family(count, size, rng)
            left -= count
            if left > 0 and count == len(curves) == 1 and rng.random() < self.nodes:
                curves = self._meet(curves[0], size, rng)
                left -= 1
            seen = (curve for curve in curves if visible_fraction(curve, size) >= self.min_visible)
            defects += [Defect(DISLOCATION, curve, group) for curve in seen]
            group += 1
        return Scene(defects[: self.max_dislocations])

    def _family(self, count: int, size: Size, rng: Generator) -> list[OpenCurve]:
        """A single line, or the lines of a bundle, in the image; those that miss it are left out."""
        surfaces = int((rng.random(2) < self.surface_ends).sum())
        direction = math.radians(self.direction + self.direction_spread * rng.standard_normal())
        points, step = self._line(surfaces, direction, size, rng)
        if count == 1:
            points = self._curled(points, surfaces, step, size, rng)
        chord = points[-1] - points[0] if surfaces == 2 else np.zeros(2)
        place = shift_inside(chord, size, rng)
        if surfaces == 1 and points_outwards(place, direction, size):
            points = -points
        points += place - points[0 if surfaces else len(points) // 2]
        gaps = self.scale * self.bundle_spacing.draw_many(rng, count - 1)
        begin = float(rng.random() < 0.5)
        first, last = (begin if surfaces else None), (1 - begin if surfaces == 2 else None)
        lines = side_by_side(points, gaps, direction, step, rng)
        curves = (in_image(line, step, size, first, last, rng) for line in lines)
        return [curve for curve in curves if curve]

    def _line(
        self, surfaces: int, direction: float, size: Size, rng: Generator
    ) -> tuple[NDArray[np.float64], float]:
        """A line from the origin, (N, 2) px, that has ``surfaces`` ends in the image; the length of its steps."""
        across = math.hypot(*size.xy)
        shape = self._shape(rng)
        if surfaces == 2:
            length = min(across, self.scale * float(self.length.draw(rng)))
            step = min(_STEP, across / 16, length / 16)
            points = path(shape.headings(math.ceil(length / step), step, length, rng), step, direction)
            return fit(points, size), step
        # However steep it is, it gets out of the image from wherever in it it starts.
        length = (1 + 2 * ROOM) * (2 - surfaces) * across / math.cos(shape.steepest)
        step = min(_STEP, across / 16)
        return path(shape.headings(math.ceil(length / step), step, across, rng), step, direction), step

    def _shape(self, rng: Generator) -> LineShape:
        """Draw the shape that the lines of a bundle share."""
        name = self.shape.draw(rng)
        bend = math.radians(self.bend.draw(rng)) / 2
        shape = LineShape(self.spacing, self.scale, _NEARLY * bend if name == "straight" else bend)
        if name in ("wavy", "kinked"):
            wavelength = float(self.wavelength.draw(rng))
            steepest = math.atan(2 * math.pi * self.amplitude.draw(rng) / wavelength)  # heading of a sine
            shape = attrs.evolve(shape, wave=steepest, wavelength=self.scale * wavelength)
        if name == "kinked":
            shape = attrs.evolve(shape, kink=math.radians(self.kink_angle.draw(rng)))
        elif name == "bowed":
            bow = math.asin(self.bowing.draw(rng))
            shape = attrs.evolve(shape, bow=bow, scatter=math.radians(self.pin_scatter))
        return shape.bounded()

    def _curled(
        self, points: NDArray[np.float64], surfaces: int, step: float, size: Size, rng: Generator
    ) -> NDArray[np.float64]:
        """The line with its ends at surfaces curled up, as often as ``curls`` says."""
        for flip in (-1, 1)[:surfaces]:
            if rng.random() < self.curls:
                radius = min(LARGEST_CURL * min(size.xy), self.scale * float(self.curl_radius.draw(rng)))
                angle = (2 * rng.integers(2) - 1) * math.radians(self.curl_angle.draw(rng))
                points = curl(points[::flip], radius, angle, step)[::flip]
        return points

    def _meet(self, line: OpenCurve, size: Size, rng: Generator) -> list[OpenCurve]:
        """The line, pulled into a cusp where a second one meets it, and that second one."""
        assert line.depth is not None
        seen = np.flatnonzero(inside(line.points, size))
        at = int(seen[int(rng.uniform(0.25, 0.75) * len(seen))])
        if not 2 <= at < len(line.points) - 2:
            return [line]
        slope = (2 * rng.integers(2) - 1) * rng.uniform(0.5, 1) / math.sqrt(3)
        points, direction = pull(line.points, at, self.scale * _NODE_REACH, slope)
        ends = rng.random() < self.surface_ends
        other, step = self._line(2 if ends else 1, direction, size, rng)
        surface = float(rng.random() < 0.5) if ends else None
        second = in_image(points[at] + other, step, size, float(line.depth[at]), surface, rng)
        pulled = attrs.evolve(line, points=points)
        return [pulled, second] if second else [pulled]
