"""Fitting: a path of pixels becomes a curve in the middle of the mask."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dislo_gen.centrelines.ends import extended
from dislo_gen.centrelines.paths import Path
from dislo_gen.centrelines.sections import Plane, middles, tangents
from dislo_gen.centrelines.smooth import evenly, smoothed

_FIRST, _FINAL = 12.0, 12.0
"""Wavelengths that are halved, px: of the steps of a skeleton, and of what the pixels do to the middles."""

_UNSEEN = 0.02
"""Weight of a pixel of the skeleton where a line crosses another and its middle is not seen."""


def fitted(plane: Plane, path: Path, width: float) -> NDArray[np.float64]:
    """Return the curve of a path, (N, 2) px in the box, in steps of about a pixel.

    Args:
        plane: the mask.
        path: through its skeleton.
        width: about the width of the line, px.
    """
    points = smoothed(path.points, np.ones(len(path.points)), _FIRST, path.closed)
    points = evenly(points, path.closed)
    middle, widths, seen = middles(plane, points, tangents(points, path.closed), width)
    if seen.any():
        seen &= widths <= 1.5 * float(np.median(widths[seen])) + 0.5
    begin, end = (0, len(points)) if path.closed else _kept(seen, path.free, width)
    if seen[begin:end].any():
        width = float(widths[begin:end][seen[begin:end]].mean())
    at = np.where(seen[:, None], middle, points)[begin:end]
    weights = np.where(seen, 1.0, _UNSEEN)[begin:end]
    curve = smoothed(at, weights, _FINAL, path.closed)
    if path.closed or len(curve) < 2:
        return curve
    before, after = [], []
    if path.free[0]:
        before = [extended(plane, curve[::-1], width, begin + 2 * width + 2)]
    if path.free[1]:
        after = [extended(plane, curve, width, len(points) - end + 2 * width + 2)]
    return np.concatenate((*(p[None] for p in before), curve, *(p[None] for p in after)))


def _kept(seen: NDArray[np.bool_], free: tuple[bool, bool], width: float) -> tuple[int, int]:
    """From where to where a line is known: not in its round ends, and not where the image's border cuts it."""
    count, cap = len(seen), round(width / 2)
    first, last = cap if free[0] else 0, count - (cap if free[1] else 0)
    known = np.flatnonzero(seen[first:last]) if last > first else np.array([], dtype=np.int64)
    if len(known) < 3:
        spare = min(cap, max(0, (count - 3) // 2))
        return spare if free[0] else 0, count - (spare if free[1] else 0)
    return (first + int(known[0]) if free[0] else 0), (first + int(known[-1]) + 1 if free[1] else count)
