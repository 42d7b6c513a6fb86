"""What happens to a line where it stops: it curls up at a surface, leaves the image, or ends in a node."""

from __future__ import annotations

import math

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from dislo_gen import OpenCurve, Size, arc_length

_BEYOND = 12.0  # how far a line runs on outside the image, px: more than its mask is wide
_INSET = 0.02  # ends keep this part of the image's sides away from its border
_ROOM = 0.8  # a line with both ends inside spans at most this part of the sides; its curls need the rest
_TIGHTENING = 1.4  # a curl starts gently and gets tighter towards its end; 1 would be an arc of a circle
LARGEST_CURL = 0.04
"""Largest radius of a curl over the shorter side of the image."""


def curl(points: NDArray[np.float64], radius: float, angle: float, step: float) -> NDArray[np.float64]:
    """Return a line with its end curled up, or as it is where the curl would come too near to the line.

    Args:
        points: (N, 2) px.
        radius: of the curl, px: its length over its angle.
        angle: how far it turns, rad; negative turns the other way.
        step: largest distance of its points, px.

    Returns:
        (M, 2) float64, px, M >= N.
    """
    count = math.ceil(abs(angle) * radius / min(step, radius / 3))
    if count == 0:
        return points
    ahead = points[-1] - points[-2]
    turned = abs(angle) * (np.arange(1, count + 1) / count) ** _TIGHTENING
    headings = math.atan2(ahead[1], ahead[0]) + math.copysign(1.0, angle) * turned
    steps = abs(angle) * radius / count * np.stack((np.cos(headings), np.sin(headings)), axis=1)
    arc = points[-1] + np.cumsum(steps, axis=0)
    near = points[-math.ceil(8 * radius / step) - 2 :]
    distances = ((arc[:, None] - near) ** 2).sum(axis=2)
    # Points that follow each other along the line are near each other anyway.
    on, back = abs(angle) * radius * np.arange(1, count + 1) / count, step * np.arange(len(near))[::-1]
    meets = (distances < (radius / 2) ** 2) & (on[:, None] + back > 1.6 * radius)
    if meets.any():
        return points
    return np.concatenate((points, arc))


def fit(points: NDArray[np.float64], size: Size) -> NDArray[np.float64]:
    """Return the longest beginning of a line whose two ends fit into the image at once, (M, 2) px, M >= 2."""
    fits = (np.abs(points - points[0]) <= _ROOM * np.array(size.xy)).all(axis=1)
    return points[: max(2, int(np.flatnonzero(fits)[-1]) + 1)]


def shift_inside(chord: NDArray[np.float64], size: Size, rng: Generator) -> NDArray[np.float64]:
    """Draw where a line begins so that it begins and ends inside the image.

    Args:
        chord: (2,) from its beginning to its end, px; zeros for a line of which one point shall lie inside.
        size: of the image.
        rng: where the draws come from.

    Returns:
        (2,) float64, px.
    """
    sides = np.array(size.xy, dtype=np.float64)
    low = _INSET * sides + np.maximum(0, -chord)
    return low + rng.random(2) * np.maximum(0, (1 - 2 * _INSET) * sides - np.abs(chord))


def points_outwards(begin: NDArray[np.float64], direction: float, size: Size) -> bool:
    """Whether a line that begins there heads away from the middle of the image, so that little of it shows."""
    x, y = begin - np.array(size.xy) / 2
    return bool(x * math.cos(direction) + y * math.sin(direction) > 0)


def inside(points: NDArray[np.float64], size: Size) -> NDArray[np.bool_]:
    """Which points lie inside the image, (N,) bool."""
    found: NDArray[np.bool_] = np.all((points >= 0) & (points <= size.xy), axis=1)
    return found


def in_image(
    points: NDArray[np.float64],
    step: float,
    size: Size,
    first: float | None,
    last: float | None,
    rng: Generator,
) -> OpenCurve | None:
    """Return a line, cut off a little outside the image, with its depth; None if it misses the image.

    Args:
        points: (N, 2) px.
        step: distance between them, px.
        size: of the image.
        first: depth where the line begins, 0 or 1 at a surface; None where it comes from outside the image.
        last: the same where it ends.
        rng: where the draws come from.
    """
    seen = np.flatnonzero(inside(points, size))
    if not len(seen):
        return None
    beyond = max(1, math.ceil(min(_BEYOND, max(size.xy) / 8) / step))
    begin, end = max(0, int(seen[0]) - beyond), min(len(points), int(seen[-1]) + beyond + 1)
    # A surface where the line ends counts only if that end is not cut off.
    depth = depths(end - begin, None if begin else first, None if end < len(points) else last, rng)
    return OpenCurve(points[begin:end], depth)


def depths(count: int, first: float | None, last: float | None, rng: Generator) -> NDArray[np.float64]:
    """Return the depth at each point of a line: it changes evenly, as that of a line in an inclined plane does.

    Args:
        count: how many points.
        first: depth where the line begins, 0 or 1 at a surface; None where it comes from outside the image.
        last: the same where it ends.
        rng: where the draws come from.

    Returns:
        (count,) float64, fractions of the foil's thickness; strictly between 0 and 1 where it is not given.
    """
    if first is None and last is None:
        first, last = rng.uniform(0.1, 0.9) + rng.uniform(-0.08, 0.08, 2)
    elif first is None or last is None:
        given = first if last is None else last
        assert given is not None
        # From a surface it must go into the foil; from a node inside it hardly changes.
        reached = abs(given - rng.uniform(0.15, 0.85)) if given in (0, 1) else given
        reached = min(0.95, max(0.05, reached + rng.uniform(-0.08, 0.08)))
        first, last = (given, reached) if last is None else (reached, given)
    return np.linspace(first, last, count)


def pull(points: NDArray[np.float64], at: int, reach: float, slope: float) -> tuple[NDArray[np.float64], float]:
    """Pull a line sideways into a cusp, as another line does that meets it in a node.

    Three lines of one tension meet at 120 degrees (Hirth and Lothe, Theory of Dislocations, on nodes): ``slope``
    is then 1 / sqrt(3).

    Args:
        points: (N, 2) px.
        at: which point the other line meets, neither end.
        reach: distance over which the line gives way, px; it is cut short before the line's nearer end.
        slope: tangent of the angle by which the line turns on either side; negative pulls to the other side.

    Returns:
        The line, (N, 2) px, and the direction of the pull, rad from x towards y.
    """
    s = arc_length(points)
    s = np.abs(s - s[at])
    reach = min(reach, 0.9 * float(s[0]), 0.9 * float(s[-1]))
    along = points[at + 1] - points[at - 1]
    across = math.copysign(1.0, slope) * np.array((-along[1], along[0])) / math.hypot(*along)
    height = abs(slope) * reach / 2 * np.maximum(0, 1 - s / reach) ** 2
    return points + height[:, None] * across, math.atan2(across[1], across[0])
