"""Bundles: lines that run beside each other."""

from __future__ import annotations

import math

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

_VARIATION = 0.25  # largest change of a gap along a bundle of a few lines, over the gap itself
_SLIDE = 0.6  # how much of the rest of a gap sliding may take up: 1 lets lines touch
ROOM = 0.2
"""How far the outer lines slide along the direction at most, over the length of the line in the middle."""


def side_by_side(
    points: NDArray[np.float64], gaps: NDArray[np.float64], direction: float, step: float, rng: Generator
) -> NDArray[np.float64]:
    """Return copies of a line, shifted sideways by gaps that vary slowly along it but never close.

    The line is a graph over its direction: copies shifted sideways cannot cross. Each copy also slides along the
    direction, so that kinks and ends do not stand in a row; it slides so little that a gap stays even where the
    line is steepest.

    Args:
        points: (N, 2) of the line in the middle, px.
        gaps: (n - 1,) mean distances between neighbours, px.
        direction: mean direction of the line, rad from x towards y.
        step: distance between its points, px.
        rng: where the draws come from.

    Returns:
        (n, N, 2) float64, px.
    """
    if not len(gaps):
        return points[None]
    along = np.array((math.cos(direction), math.sin(direction)))
    across = np.array((-along[1], along[0]))
    dx, dy = (np.abs((np.diff(points, axis=0) * axis).sum(axis=1)) for axis in (along, across))
    s = step * np.arange(len(points))
    turns = 2 * math.pi / (gaps * rng.uniform(8, 16, len(gaps)))
    phases = rng.uniform(0, 2 * math.pi, len(gaps))
    # Variations add up from gap to gap; in wide bundles they would fold the outer lines.
    variation = _VARIATION * min(1.0, 2 / math.sqrt(len(gaps)))
    varied = gaps[:, None] * (1 + variation * np.sin(turns[:, None] * s + phases[:, None]))
    sideways = np.concatenate((np.zeros((1, len(points))), np.cumsum(varied, axis=0))) - gaps.sum() / 2
    steepest = float((dy / dx).max())
    slide = min(_SLIDE * (1 - _VARIATION) / max(steepest, 0.6), 2 * ROOM * float(dx.sum()) / float(gaps.sum()))
    slid = rng.uniform(-slide, slide) * (np.concatenate(([0.0], np.cumsum(gaps))) - gaps.sum() / 2)
    copies: NDArray[np.float64] = points + sideways[:, :, None] * across + slid[:, None, None] * along
    return copies
