"""Plain geometry of polygons, each (N, 2) float64 without its first point repeated at the end."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def polygon_area(points: NDArray[np.float64]) -> float:
    """Area of a polygon (shoelace formula)."""
    x, y = points.T
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2)


def without_repeats(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Leave out points equal to the one before."""
    return points[(np.abs(points - np.roll(points, 1, axis=0)) > 1e-9).any(axis=1)]


def ring(outer: NDArray[np.float64], inner: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the area between two outlines as one polygon, (N + M + 2, 2).

    It runs along the outer one, over a bridge of no width to the inner one, around that backwards, and back.
    """
    return np.concatenate((outer, outer[:1], inner[:1], inner[:0:-1], inner[:1]))


def strip(
    points: NDArray[np.float64], across: NDArray[np.float64], low: float, high: float
) -> NDArray[np.float64]:
    """Cut the part of a convex polygon out whose coordinate along ``across`` lies between two numbers.

    Args:
        points: (N, 2) float64.
        across: (2,) float64, a unit vector.
        low: the smaller number.
        high: the larger one.

    Returns:
        (M, 2) float64; empty if nothing is left.
    """
    for sign, limit in ((1.0, low), (-1.0, high)):
        points = _keep(points, sign * (points @ across - limit))
    return points


def _keep(points: NDArray[np.float64], distance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Keep the side of a straight line where the distance is positive (Sutherland and Hodgman 1974)."""
    if len(points) < 3:
        return points[:0]
    following, next_distance = np.roll(points, -1, axis=0), np.roll(distance, -1)
    crossing = (distance < 0) != (next_distance < 0)
    part = np.divide(distance, distance - next_distance, out=np.zeros_like(distance), where=crossing)
    cut = points + (following - points) * part[:, None]
    kept = np.stack((distance >= 0, crossing), axis=1).ravel()
    corners: NDArray[np.float64] = np.stack((points, cut), axis=1).reshape(-1, 2)[kept]
    return corners
