"""Lines with no more points than they need.

The rule of scikit-image's ``approximate_polygon``, which would bring scipy.signal and scipy.stats with it: two
thirds of a second at the start of a command that otherwise takes one or two.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]


def thinned(points: Points, tolerance: float, *, closed: bool) -> Points:
    """Leave out points that a line does not need (Douglas and Peucker 1973).

    Args:
        points: (N, 2), px; of a closed line the first is not repeated.
        tolerance: how far a point that is left out may lie from what is left, px.
        closed: whether the last point leads back to the first.

    Returns:
        (M, 2) of the points, at least two, of a closed line three where there are as many.
    """
    if not closed:
        return points[_needed(points, tolerance)]
    # In two halves: the line from a point to itself has no direction to measure distances from.
    far = int(np.argmax(np.hypot(*(points - points[0]).T)))
    if far == 0:
        return points
    there, back = points[: far + 1], np.concatenate((points[far:], points[:1]))
    left = np.concatenate((there[_needed(there, tolerance)][:-1], back[_needed(back, tolerance)][:-1]))
    return left if len(left) >= 3 else points


def _needed(points: Points, tolerance: float) -> NDArray[np.bool_]:
    """Return which points stay: the ends, and on each part the one farthest from it while it is too far."""
    stay = np.zeros(len(points), bool)
    stay[[0, -1]] = True
    parts = [(0, len(points) - 1)]
    while parts:
        start, end = parts.pop()
        if end - start < 2:
            continue
        distances = _distances(points[start + 1 : end], points[start], points[end])
        if distances.max() > tolerance:
            middle = start + 1 + int(distances.argmax())
            stay[middle] = True
            parts += [(middle, end), (start, middle)]
    return stay


def _distances(points: Points, start: Points, end: Points) -> Points:
    """Return how far points lie from a straight piece: from its ends where they lie beyond these, px."""
    along = end - start
    length = float(np.hypot(*along))
    from_start, from_end = points - start, points - end
    from_ends: Points = np.minimum(np.hypot(*from_start.T), np.hypot(*from_end.T))
    if length == 0:
        return from_ends
    beside = np.abs(from_start[:, 0] * along[1] - from_start[:, 1] * along[0]) / length
    distances: Points = np.where((from_start @ along > 0) & (from_end @ along < 0), beside, from_ends)
    return distances
