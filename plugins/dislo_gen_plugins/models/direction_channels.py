"""Channels that are directions: what a network is taught that tells lines apart by where they run."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter

from dislo_gen import Masks

_WINDOW = 15  # px that a line's direction is measured over: more than its width, less than a tight bend


def direction_channels(masks: Masks, directions: int) -> NDArray[np.uint8]:
    """Return a channel for each direction: where a line runs along it, or at most a whole step beside it.

    The directions are k/N of a half turn, from the x axis clockwise (y points down). A pixel of a line is in the
    two channels its direction lies between, so that a line that bends goes over from one channel to the next
    without a gap, and lines that cross at more than two steps share none. This is the orientation score of Duits
    (Duits et al., IEEE Transactions on Image Processing 16, 2007), learnt instead of filtered.

    Args:
        masks: (M, H, W) bool, one line each.
        directions: N.

    Returns:
        (N, H, W) uint8, 0 or 1.
    """
    channels = np.zeros((directions, *masks.shape[1:]), dtype=np.uint8)
    step = math.pi / directions
    centres = step * np.arange(directions)
    for mask in masks:
        rows, columns, angles = _directions(mask)
        apart = np.abs((angles - centres[:, None] + math.pi / 2) % math.pi - math.pi / 2)
        for channel, near in zip(channels, apart <= step, strict=True):
            channel[rows[near], columns[near]] = 1
    return channels


def _directions(mask: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    """Return a mask's pixels and the direction of the line at each: the long axis of what lies around it."""
    rows, columns = np.nonzero(mask)
    if not len(rows):
        return rows, columns, np.zeros(0)
    top, left = rows.min(), columns.min()
    part = mask[top : rows.max() + 1, left : columns.max() + 1].astype(np.float64)
    own = rows - top, columns - left
    y = np.arange(part.shape[0])[:, None] - part.shape[0] / 2
    x = np.arange(part.shape[1])[None] - part.shape[1] / 2

    def around(values: NDArray[np.float64]) -> NDArray[np.float64]:
        means: NDArray[np.float64] = uniform_filter(values, _WINDOW, mode="constant")[own]
        return means

    weight = around(part)
    mean_x, mean_y = around(part * x) / weight, around(part * y) / weight
    xx = around(part * x * x) / weight - mean_x**2
    yy = around(part * y * y) / weight - mean_y**2
    xy = around(part * x * y) / weight - mean_x * mean_y
    angles: NDArray[np.float64] = np.arctan2(2 * xy, xx - yy) / 2 % math.pi
    return rows, columns, angles
