"""Outlines of loops: ellipses, a little irregular."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Points = NDArray[np.float64]
"""(N, 2) float64: x to the right, y down, in pixels."""

_STEP = 4.0  # distance between vertices, px
_FEWEST, _MOST = 14, 96


@dataclass(frozen=True)
class Outline:
    """A closed line around a centre, in polar form over an ellipse.

    Attributes:
        centre: (2,) in px.
        long: (2,) half the long axis, as a vector in px.
        short: (2,) half the short axis.
        waves: (phase, height) of the deviations of two and three lobes, heights relative to the radius.
    """

    centre: Points
    long: Points
    short: Points
    waves: tuple[tuple[float, float], tuple[float, float]] = ((0.0, 0.0), (0.0, 0.0))

    def at(self, angles: ArrayLike, scale: ArrayLike = 1.0) -> Points:
        """Return the points of parameter ``angles`` (radians, from the long axis), (N, 2), in px.

        Args:
            angles: (N,) radians.
            scale: (N,) or one number: distance from the centre over that of the outline.
        """
        t = np.asarray(angles)
        (second, height_2), (third, height_3) = self.waves
        r = (1 + height_2 * np.cos(2 * t + second) + height_3 * np.cos(3 * t + third)) * scale
        offsets: Points = (r * np.cos(t))[:, None] * self.long + (r * np.sin(t))[:, None] * self.short
        return self.centre + offsets

    def around(self, scale: float = 1.0) -> Points:
        """Return the whole outline, finely enough to look smooth, (N, 2), in px."""
        return self.at(np.linspace(0, 2 * np.pi, self.vertices(2 * np.pi, scale), endpoint=False), scale)

    def towards(self, direction: Points) -> float:
        """Return the parameter angle at which the ellipse reaches farthest along ``direction``, radians."""
        return math.atan2(float(direction @ self.short), float(direction @ self.long))

    def vertices(self, angle: float, scale: float = 1.0) -> int:
        """Return how many vertices an arc of this parameter angle wants."""
        radius = math.hypot(*self.long) * scale
        return min(max(math.ceil(radius * angle / _STEP), _FEWEST), _MOST)


def ellipse(centre: Points, diameter: float, normal: Points, thinnest: float) -> Outline:
    """Return the projection of a circular loop.

    Args:
        centre: (2,) in px.
        diameter: of the loop, px.
        normal: (3,) unit normal of its plane, z along the beam.
        thinnest: half the shortest short axis in px: an edge-on loop shows as wide as its strain field.
    """
    x, y, z = normal.tolist()
    across = math.hypot(x, y)
    unit = np.array((x, y)) / across if across > 1e-6 else np.array((0.0, 1.0))
    half = diameter / 2
    short = max(half * abs(z), min(thinnest, half))
    return Outline(centre, half * np.array((unit[1], -unit[0])), short * unit)
