"""The shape that the lines of a pileup share, as support points between two slip traces.

Coordinates are in units of the slip width: u along the slip direction, v across it, from 0 on the trace where
the line begins to 1 on the trace where it ends.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dislo_gen import arc_length

STRAIGHT, BOW, S, HOOK = "straight", "bow", "s", "hook"
SHAPES = (STRAIGHT, BOW, S, HOOK)

# A hook leaves one trace steeply, runs nearly along the slip direction, and bends into the other trace.
_HOOK_U = np.array([0.0, 0.03, 0.16, 0.5, 0.84, 0.97, 1.0])
_HOOK_V = np.array([0.0, 0.24, 0.38, 0.5, 0.62, 0.76, 1.0])


def support_points(shape: str, count: int, bend: float, run: float) -> NDArray[np.float64]:
    """Return support points of one of the named shapes.

    Args:
        shape: "straight", "bow", "s" or "hook".
        count: how many points, at least 3.
        bend: height of a bow over the slip width (of each half of an S: 0.6 of it); negative bends the other way.
        run: how far the end lies along the slip direction from the start, over the slip width.

    Returns:
        (count, 2) float64: u, v.
    """
    t = np.linspace(0, 1, count)
    if shape == HOOK:
        at = np.linspace(0, 1, len(_HOOK_U))
        return np.stack((run * np.interp(t, at, _HOOK_U), np.interp(t, at, _HOOK_V)), axis=1)
    u = run * t
    if shape == BOW:
        u = u + 4 * bend * t * (1 - t)
    elif shape == S:
        u = u + 0.6 * bend * np.sin(2 * np.pi * t)
    return np.stack((u, t), axis=1)


def normalise(points: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Turn a labelled curve into support points: its chord becomes v, its deviation from the chord u.

    Args:
        points: (N, 2) pixel coordinates of the curve, from one end to the other.
        count: how many support points to take from it, evenly along its length.

    Returns:
        (count, 2) float64: u, v.

    Raises:
        ValueError: both ends are the same point.
    """
    chord = points[-1] - points[0]
    length = float(np.hypot(*chord))
    if length == 0:
        raise ValueError("a curve that ends where it begins has no chord")
    along = arc_length(points)
    at = np.linspace(0, along[-1], count)
    x, y = (np.interp(at, along, points[:, axis]) - points[0, axis] for axis in (0, 1))
    cosine, sine = chord / length
    return np.stack((x * sine - y * cosine, x * cosine + y * sine), axis=1) / length
