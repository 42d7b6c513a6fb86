"""Particles: the polygon that each shape of a precipitate shows, where it is, and which have room."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SYMMETRY = {"plate": math.pi, "cube": math.pi / 2, "hexagon": math.pi / 3}
"""Smallest rotation, in radians, that leaves each shape as it was."""


@dataclass(frozen=True)
class Particle:
    """One particle, in px and radians.

    Attributes:
        shape: "plate" (a rectangle, seen edge-on), "cube" (a square), or "hexagon" (regular).
        centre: (2,) float64.
        length: of a plate, side of a square, distance between opposite sides of a hexagon.
        thickness: of a plate; of the other shapes, their length.
        angle: of the length to the x axis, from x to y.
    """

    shape: str
    centre: NDArray[np.float64]
    length: float
    thickness: float
    angle: float

    @property
    def direction(self) -> NDArray[np.float64]:
        """Unit vector along the length, (2,) float64."""
        return np.array((math.cos(self.angle), math.sin(self.angle)))

    def outline(self, inset: float = 0.0) -> NDArray[np.float64]:
        """Return the corners, (4, 2) or (6, 2) float64, of the outline or of the line ``inset`` px inside it."""
        length, thickness = self.length - 2 * inset, self.thickness - 2 * inset
        if self.shape == "hexagon":
            angles = np.pi / 3 * (np.arange(6) + 0.5)
            corners = length / math.sqrt(3) * np.stack((np.cos(angles), np.sin(angles)), axis=1)
        else:
            corners = 0.5 * np.array(
                ((length, thickness), (-length, thickness), (-length, -thickness), (length, -thickness))
            )
        along, across = self.direction, np.array((-self.direction[1], self.direction[0]))
        points: NDArray[np.float64] = self.centre + corners[:, :1] * along + corners[:, 1:] * across
        return points


def with_room(centres: NDArray[np.float64], radii: NDArray[np.float64]) -> list[int]:
    """Say which of some discs to keep so that none overlaps one before it, as particles of a solid must not.

    Args:
        centres: (N, 2) float64.
        radii: (N,) float64.

    Returns:
        Their indices, ascending.
    """
    kept: list[int] = []
    for n, (centre, radius) in enumerate(zip(centres, radii, strict=True)):
        gaps = np.hypot(*(centres[kept] - centre).T) - radii[kept] - radius
        if (gaps >= 0).all():
            kept.append(n)
    return kept
