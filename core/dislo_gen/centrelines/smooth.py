"""Smoothing: a curve through points that are known to a fraction of a pixel each."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dislo_gen.shapes import arc_length

_DIFFERENCE = np.array((-1.0, 3.0, -3.0, 1.0))
_LEAST = 1e-3
"""Smallest weight of a point: the smoothest curve through nothing is not defined."""


def smoothed(
    points: NDArray[np.float64], weights: NDArray[np.float64], wavelength: float, closed: bool
) -> NDArray[np.float64]:
    """Return the smooth curve near points that follow each other in even steps.

    It minimises the weighted sum of squared distances plus a multiple of the sum of squared third differences
    (Whittaker 1923; Eilers 2003), which is the discrete form of a smoothing spline of fifth degree. Unlike a
    moving average it leaves arcs as wide as they are, and it needs no guess of the noise.

    Args:
        points: (N, 2), px.
        weights: (N,), 0 to 1.
        wavelength: waves of this many points are halved; much longer ones stay, much shorter ones go.
        closed: whether the last point is followed by the first.
    """
    count = len(points)
    if closed:
        overlap = min(count, 3 * round(wavelength))
        around = np.arange(-overlap, count + overlap) % count
        return smoothed(points[around], weights[around], wavelength, closed=False)[overlap : overlap + count]
    if count < 4:
        return points.copy()
    from scipy.linalg import solveh_banded

    penalty = (wavelength / (2 * np.pi)) ** 6
    weights = np.maximum(weights, _LEAST)
    banded = np.zeros((4, count))
    banded[3] = weights
    for first in range(4):
        for second in range(first, 4):
            term = penalty * _DIFFERENCE[first] * _DIFFERENCE[second]
            banded[3 - (second - first), second : count - 3 + second] += term
    result: NDArray[np.float64] = solveh_banded(banded, weights[:, None] * points, check_finite=False)
    return result


def evenly(points: NDArray[np.float64], closed: bool, step: float = 1.0) -> NDArray[np.float64]:
    """Return points in even steps of about ``step`` px along a polyline, both its ends among them.

    A closed one has at least three, and its first is not repeated at the end.
    """
    line = np.concatenate((points, points[:1])) if closed else points
    s = arc_length(line)
    count = max(3 if closed else 1, round(float(s[-1]) / step))
    at = np.linspace(0, s[-1], count + 1)[: count if closed else count + 1]
    return np.stack([np.interp(at, s, along) for along in line.T], axis=1)
