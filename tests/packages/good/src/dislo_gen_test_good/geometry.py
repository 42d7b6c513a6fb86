"""Straight scratches."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.random import Generator

from dislo_gen import Defect, Distribution, Geometry, Help, OpenCurve, Range, Scene, Size, Uniform, Unit, component


@component
class Scratches(Geometry):
    """Straight lines, each a group of its own; they may leave the picture."""

    count: Annotated[int, Range(0, 50), Help("scratches per image")] = 4
    length: Annotated[Distribution, Unit("px"), Range(1, 500), Help("length of each")] = Uniform(10, 60)

    def place(self, size: Size, rng: Generator) -> Scene:
        """Place the scratches of one image."""
        starts = rng.uniform((0, 0), size.xy, (self.count, 2))
        angles = rng.uniform(0, 2 * np.pi, self.count)
        directions = np.stack((np.cos(angles), np.sin(angles)), axis=1)
        steps = self.length.draw_many(rng, self.count)[:, None] * directions
        return Scene(
            Defect("scratch", OpenCurve((start, start + step)), group)
            for group, (start, step) in enumerate(zip(starts, steps, strict=True))
        )
