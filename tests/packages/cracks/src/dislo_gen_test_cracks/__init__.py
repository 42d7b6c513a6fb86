"""Cracks: a defect that dislo-gen itself has never heard of."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Annotated

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from dislo_gen import (
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

CRACK = "crack"
PLASTIC_ZONE = "plastic zone"


@component
class Cracks(Geometry):
    """Cracks that run in kinked steps and branch; each crack and its branches form one group."""

    cracks: Annotated[Varied[int], Range(0, 20), Help("cracks per image")] = Uniform(1, 2)
    step: Annotated[Distribution, Unit("px"), Range(1, 512), Help("distance from one kink to the next")] = (
        LogNormal(12, 0.4, 2, 60)
    )
    steps: Annotated[Distribution, Range(1, 100), Help("steps of a crack; a branch has half as many")] = Uniform(
        4, 8
    )
    kink: Annotated[Varied[float], Unit("deg"), Range(0, 90), Help("largest change of direction at a kink")] = (
        Uniform(10, 40)
    )
    branching: Annotated[Varied[float], Range(0, 1), Help("probability of a branch at a kink")] = 0.25
    zone: Annotated[
        Varied[float], Unit("px"), Range(0, 100), Help("radius of the plastic zone at the tip; 0 for none")
    ] = 6.0

    def place(self, size: Size, rng: Generator) -> Scene:
        """Place the cracks of one image, each from a point in its middle half."""
        low, high = 0.25 * np.array(size.xy), 0.75 * np.array(size.xy)
        defects: list[Defect] = []
        for group in range(self.cracks):
            steps = self.steps.draw_integer(rng)
            direction = rng.uniform(0, 2 * math.pi)
            trunk = self._path(rng.uniform(low, high), direction, steps, rng)
            if self.zone:
                defects.append(self._plastic_zone(trunk[-1], group))
            defects.append(Defect(CRACK, OpenCurve(trunk), group, style=Style(width=1.5)))
            for before, root in pairwise(trunk[:-1]):
                if rng.random() < self.branching:
                    side = math.radians(rng.choice((-60.0, 60.0)))
                    direction = math.atan2(*(root - before)[::-1]) + side
                    branch = self._path(root, direction, max(1, steps // 2), rng)
                    defects.append(Defect(CRACK, OpenCurve(branch), group))
        return Scene(defects)

    def _path(
        self, start: NDArray[np.float64], direction: float, steps: int, rng: Generator
    ) -> NDArray[np.float64]:
        """Return the kinks of one crack, (steps + 1, 2) in pixels."""
        turns = np.radians(rng.uniform(-self.kink, self.kink, steps))
        angles = direction + np.cumsum(turns)
        lengths = self.step.draw_many(rng, steps)
        moves = lengths[:, None] * np.stack((np.cos(angles), np.sin(angles)), axis=1)
        return np.concatenate((start[None], start + np.cumsum(moves, axis=0)))

    def _plastic_zone(self, tip: NDArray[np.float64], group: int) -> Defect:
        """Return the unlabelled shading around a tip."""
        angles = np.linspace(0, 2 * math.pi, 24, endpoint=False)
        outline = tip + self.zone * np.stack((np.cos(angles), np.sin(angles)), axis=1)
        return Defect(PLASTIC_ZONE, Region(outline), group, labelled=False, style=Style(contrast=0.3))
