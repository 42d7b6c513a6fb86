"""Channels that are directions: what a network is taught that tells lines apart by where they run."""

from __future__ import annotations

import itertools
import math

import numpy as np
import scipy
from numpy.typing import NDArray

from dislo_gen import Masks

_WINDOW = 15  # px that a line's direction is measured over: more than its width, less than a tight bend
_MIDDLE_WINDOW = 7  # px that its middle is measured over
_REACH = 1.2
"""What is farther than so many places from a line's middle is not taught: lines side by side keep room between."""


def direction_channels(masks: Masks, directions: int, oversampling: int = 1) -> NDArray[np.uint8]:
    """Return a channel for each direction: where the middle of a line runs along it, or at most a step beside it.

    The directions are k/N of a half turn, from the x axis clockwise (y points down). A place on a line is in the
    two channels its direction lies between, so that a line that bends goes over from one channel to the next
    without a gap, and lines that cross at more than two steps share none. This is the orientation score of Duits
    (Duits et al., IEEE Transactions on Image Processing 16, 2007), learnt instead of filtered.

    Args:
        masks: (M, H, W) bool, one line each.
        directions: N.
        oversampling: K, how many places there are along a pixel's side.

    Returns:
        (N, K H, K W) uint8, 0 or 1.
    """
    height, width = (side * oversampling for side in masks.shape[1:])
    channels = np.zeros((directions, height, width), dtype=np.uint8)
    step = math.pi / directions
    centres = step * np.arange(directions)
    within = (np.arange(oversampling) + 0.5) / oversampling - 0.5
    for mask in masks:
        rows, columns, angles, beside = _directions(mask)
        apart = np.abs((angles - centres[:, None] + math.pi / 2) % math.pi - math.pi / 2)
        for (down, y), (right, x) in itertools.product(enumerate(within), repeat=2):
            middle = np.abs(beside + y * np.cos(angles) - x * np.sin(angles)) * oversampling <= _REACH
            for channel, near in zip(channels, (apart <= step) & middle, strict=True):
                channel[rows[near] * oversampling + down, columns[near] * oversampling + right] = 1
    return channels


def _directions(
    mask: NDArray[np.bool_],
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64], NDArray[np.float64]]:
    """Return a mask's pixels, the direction of the line at each, and how far it is beside the line's middle.

    The direction is the long axis of what lies around a pixel, the middle its centre of mass.
    """
    rows, columns = np.nonzero(mask)
    if not len(rows):
        return rows, columns, np.zeros(0), np.zeros(0)
    top, left = rows.min(), columns.min()
    part = mask[top : rows.max() + 1, left : columns.max() + 1].astype(np.float64)
    own = rows - top, columns - left
    y = np.arange(part.shape[0])[:, None] - part.shape[0] / 2
    x = np.arange(part.shape[1])[None] - part.shape[1] / 2

    def around(values: NDArray[np.float64], window: int) -> NDArray[np.float64]:
        means: NDArray[np.float64] = scipy.ndimage.uniform_filter(values, window, mode="constant")[own]
        return means

    weight, part_x, part_y = around(part, _WINDOW), part * x, part * y
    mean_x, mean_y = around(part_x, _WINDOW) / weight, around(part_y, _WINDOW) / weight
    xx = around(part_x * x, _WINDOW) / weight - mean_x**2
    yy = around(part_y * y, _WINDOW) / weight - mean_y**2
    xy = around(part_x * y, _WINDOW) / weight - mean_x * mean_y
    angles: NDArray[np.float64] = np.arctan2(2 * xy, xx - yy) / 2 % math.pi
    weight = around(part, _MIDDLE_WINDOW)
    right = x[0, own[1]] - around(part_x, _MIDDLE_WINDOW) / weight
    down = y[own[0], 0] - around(part_y, _MIDDLE_WINDOW) / weight
    beside: NDArray[np.float64] = down * np.cos(angles) - right * np.sin(angles)
    return rows, columns, angles, beside
