"""Loops: how many, how large, on which planes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Literal

import numpy as np
from dislo_gen import (
    ClosedCurve,
    Defect,
    Distribution,
    Geometry,
    Help,
    LogNormal,
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

from dislo_gen_loops.contrast import Layers, dot, double_arc, lobes
from dislo_gen_loops.ellipses import Outline, Points, ellipse
from dislo_gen_loops.planes import seen_along

LOOP, LOOP_CONTRAST = "loop", "loop contrast"

_FAINT = Style(contrast=0.06)
_WAVINESS = 0.09  # standard deviation of the outline's deviations from an ellipse, over its radius
_CORE = 0.3  # standard deviation of the darkest place's distance from the centre, over the radius
_RESIDUAL, _FULL = 0.45, 0.5  # contrast where g.b = 0, and g.b (of unit vectors) from which it is full
_PROJECTED = 0.3  # length of the projected Burgers vector below which it does not say where the lobes lie


@component
class Loops(Geometry):
    """Prismatic dislocation loops on {111} planes: black dots, black-white lobes or double arcs, by size.

    Faulted Frank loops of face-centred cubic metals, whose Burgers vectors are normal to their planes. The defaults
    are what 316L steel shows after irradiation, in a field of view of 200 nm on 512 px.
    """

    pixel_size: Annotated[Varied[float], Unit("nm"), Range(0.02, 10), Help("side of a pixel on the specimen")] = (
        0.39
    )
    density: Annotated[Varied[float], Unit("1/um^2"), Range(0, 20000), Help("loops per area of the image")] = (
        LogNormal(260, 0.55, 60, 900)
    )
    max_loops: Annotated[Varied[int], Range(0, 10000), Help("most loops in one image")] = 500
    diameter: Annotated[Distribution, Unit("nm"), Range(0.5, 500), Help("diameter of each loop")] = LogNormal(
        14, 0.42, 4, 45
    )
    beam: Annotated[
        Varied[Literal["any", "001", "011", "111", "112"]],
        Help("crystal direction along the beam, which says how far loops are open; any: drawn for each image"),
    ] = "any"
    rotation: Annotated[
        Varied[float], Unit("deg"), Range(-360, 360), Help("rotation of the crystal about the beam")
    ] = Uniform(0, 360)
    variants: Annotated[Varied[int], Range(1, 4), Help("how many of the four {111} planes hold loops")] = Uniform(
        2, 4
    )
    g_direction: Annotated[
        Varied[float],
        Unit("deg"),
        Range(-360, 360),
        Help("direction of the diffraction vector, clockwise from the x axis"),
    ] = Uniform(0, 360)
    image_width: Annotated[
        Varied[float], Unit("nm"), Range(0.1, 50), Help("width of the image of a dislocation")
    ] = Uniform(3, 6)
    arcs_from: Annotated[
        Varied[float], Unit("nm"), Range(0, 1000), Help("diameter from which a loop shows as two arcs")
    ] = Uniform(20, 30)
    black_white: Annotated[
        Varied[float],
        Range(0, 1),
        Help("part of the smaller loops that lie near a surface and show a white lobe beside the black one"),
    ] = Uniform(0, 0.3)
    label: Annotated[
        Literal["outline", "area"], Help("what is labelled of a loop: its line, or all that it encloses")
    ] = "outline"

    def place(self, size: Size, rng: Generator) -> Scene:
        """Scatter the loops of one image; their centres lie in it, and they may reach outside."""
        normals = seen_along(self.beam, self.rotation, rng)[rng.permutation(4)[: self.variants]]
        turn = math.radians(self.g_direction)
        g = np.array((math.cos(turn), math.sin(turn)))
        area = size.width * size.height * (self.pixel_size / 1000) ** 2  # um^2
        count = min(int(rng.poisson(self.density * area)), self.max_loops)
        diameters = self.diameter.draw_many(rng, count)
        centres = rng.uniform((0, 0), size.xy, (count, 2))
        planes = rng.integers(len(normals), size=count)
        defects: list[Defect] = []
        for group, (centre, diameter, plane) in enumerate(zip(centres, diameters, planes, strict=True)):
            normal = normals[plane]
            outline = self._outline(centre, diameter, normal, rng)
            defects += self._loop(outline, self._contrast(outline, diameter, normal, g, rng), group)
        return Scene(defects)

    def _outline(self, centre: Points, diameter: float, normal: Points, rng: Generator) -> Outline:
        """Project a loop of ``diameter`` nm, and make it as irregular as loops are."""
        outline = ellipse(centre, diameter / self.pixel_size, normal, self.image_width / self.pixel_size / 3)
        phases = rng.uniform(0, 2 * np.pi, 2).tolist()
        heights = (_WAVINESS * rng.standard_normal(2)).clip(-0.25, 0.25).tolist()
        return replace(outline, waves=tuple(zip(phases, heights, strict=True)))

    def _contrast(self, outline: Outline, diameter: float, normal: Points, g: Points, rng: Generator) -> Layers:
        """Choose what is seen of a loop, by its size, its depth and its Burgers vector against ``g``."""
        burgers = normal[:2]
        strength = _RESIDUAL + (1 - _RESIDUAL) * min(1.0, abs(float(burgers @ g)) / _FULL)
        if diameter >= self.arcs_from:
            return double_arc(outline, g, strength, self.image_width / self.pixel_size)
        if rng.random() < self.black_white:
            along = math.hypot(*burgers)
            direction = burgers / along if along > _PROJECTED else g
            return lobes(outline, direction if rng.random() < 0.5 else -direction, strength)
        x, y = (_CORE * rng.standard_normal(2)).clip(-0.6, 0.6)
        return dot(outline, strength, x * outline.long + y * outline.short)

    def _loop(self, outline: Outline, layers: Layers, group: int) -> Iterator[Defect]:
        """Yield what is seen of one loop, and over it the loop itself: faint, for what is seen is drawn already."""
        for region, style in layers:
            yield Defect(LOOP_CONTRAST, region, group, labelled=False, style=style)
        shape = Region if self.label == "area" else ClosedCurve
        yield Defect(LOOP, shape(outline.around()), group, style=_FAINT)
