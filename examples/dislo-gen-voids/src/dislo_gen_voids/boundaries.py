"""Grain boundaries: sinks of vacancies, beside which no void grows."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from dislo_gen import Size
from numpy.random import Generator
from numpy.typing import NDArray


@dataclass(frozen=True)
class Boundary:
    """A straight boundary seen edge-on.

    Attributes:
        point: (2,) float64, somewhere on it, px.
        direction: (2,) float64, a unit vector along it.
    """

    point: NDArray[np.float64]
    direction: NDArray[np.float64]

    @classmethod
    def draw(cls, size: Size, rng: Generator) -> Boundary:
        """Draw a boundary through the middle half of an image, in any direction."""
        point = rng.uniform(0.25, 0.75, 2) * size.xy
        angle = rng.uniform(0, math.pi)
        return cls(point, np.array((math.cos(angle), math.sin(angle))))

    def distance(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Distance of points (N, 2) from the boundary, (N,) px."""
        along = points - self.point
        distance: NDArray[np.float64] = np.abs(along[:, 0] * self.direction[1] - along[:, 1] * self.direction[0])
        return distance

    def across(self, size: Size) -> NDArray[np.float64]:
        """The two ends of a piece that reaches across the whole image, (2, 2) px."""
        reach = math.hypot(*size.xy)
        return np.stack((self.point - reach * self.direction, self.point + reach * self.direction))
