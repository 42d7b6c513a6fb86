"""Polygons whose edges cross, cut into pieces that do not overlap.

Agg fills by the non-zero rule, dislo-gen's regions (and their masks) are filled by the even-odd rule. The two
differ where a polygon overlaps itself.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]


def even_odd_pieces(polygon: Points) -> list[Points]:
    """Return polygons, all of one orientation and without overlap, that cover what the even-odd rule fills.

    Args:
        polygon: (N, 2) float64, its last vertex joined to its first.

    Returns:
        The polygon itself if its edges meet nowhere else, else trapezia between the heights of its vertices and of
        its crossings.
    """
    start, end = polygon, np.roll(polygon, -1, axis=0)
    crossings = _crossing_heights(start, end)
    if not len(crossings):
        return [polygon]
    heights = np.unique(np.concatenate((polygon[:, 1], crossings)))
    pieces = []
    for low, high in zip(heights[:-1], heights[1:], strict=True):
        middle = (low + high) / 2
        spans = (start[:, 1] < middle) != (end[:, 1] < middle)
        (x0, y0), (x1, y1) = start[spans].T, end[spans].T
        slope = (x1 - x0) / (y1 - y0)
        order = np.argsort(x0 + slope * (middle - y0), kind="stable")
        at_low, at_high = (x0 + slope * (low - y0))[order], (x0 + slope * (high - y0))[order]
        for left, right in zip(range(0, len(order), 2), range(1, len(order), 2), strict=True):
            corners = (at_low[left], low), (at_low[right], low), (at_high[right], high), (at_high[left], high)
            pieces.append(np.array(corners))
    return pieces


def _crossing_heights(start: Points, end: Points) -> Points:
    """Return y of every point, (K,), where two edges that are not neighbours cross or touch."""
    along = end - start
    first, second = np.triu_indices(len(start), 2)
    turn = _cross(along[first], along[second])
    candidates = (turn != 0) & ((first > 0) | (second < len(start) - 1))  # neither parallel nor last and first
    first, second, turn = first[candidates], second[candidates], turn[candidates]
    apart = start[second] - start[first]
    on_first, on_second = _cross(apart, along[second]) / turn, _cross(apart, along[first]) / turn
    meeting = (on_first >= 0) & (on_first <= 1) & (on_second >= 0) & (on_second <= 1)
    heights: Points = (start[first, 1] + on_first * along[first, 1])[meeting]
    return heights


def _cross(a: Points, b: Points) -> Points:
    product: Points = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
    return product
