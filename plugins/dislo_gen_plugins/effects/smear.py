"""Averages of a picture over a symmetric path of small displacements."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from dislo_gen import Image

_SHORT = 2.0  # px; a path too short to be sampled at whole pixels
_LEAST_SHARE = 1e-4  # of the whole; a copy with less cannot be seen and costs as much as any


def even_path(length: float, reach: float = 0.0) -> NDArray[np.float64]:
    """Return the weights of an even path at whole pixels along it, (2 N + 1,) float64, symmetric.

    Args:
        length: of the path, in pixels.
        reach: how much farther on either side there are weights, of 0.
    """
    steps = max(1, math.ceil(length / 2 + reach))
    if length < _SHORT:  # weights that have its variance, a twelfth of its square
        side = length**2 / 24
        weights = np.zeros(2 * steps + 1)
        weights[steps - 1 : steps + 2] = side, 1 - 2 * side, side
        return weights
    weights = np.clip(length / 2 + 0.5 - np.abs(np.arange(-steps, steps + 1)), 0, 1)
    weights /= weights.sum()
    return weights


def smear(image: Image, weights: NDArray[np.float64], direction: float) -> Image:
    """Return the weighted mean of displaced copies, float32; displacements between pixels are interpolated.

    Args:
        image: (H, W) float32.
        weights: (2 N + 1,), adding up to 1, at every pixel of a path from -N to N.
        direction: of the path, in degrees from x towards y.
    """
    height, width = image.shape
    steps = np.arange(len(weights)) - len(weights) // 2
    turn = math.radians(direction)
    shares: dict[tuple[int, int], float] = {}
    for step, weight in zip(steps.tolist(), weights.tolist(), strict=True):
        x, y = step * math.cos(turn), step * math.sin(turn)
        left, top = math.floor(x), math.floor(y)
        # Rounded to whole pixels, a short path along a diagonal would be up to 1.7 times as long as asked for.
        for column, across in ((left, 1 - (x - left)), (left + 1, x - left)):
            for row, down in ((top, 1 - (y - top)), (top + 1, y - top)):
                if (share := weight * across * down) > _LEAST_SHARE:
                    shares[column, row] = shares.get((column, row), 0.0) + share
    total = sum(shares.values())
    margin_x, margin_y = (max(abs(place[axis]) for place in shares) for axis in (0, 1))
    padded = np.pad(image, ((margin_y, margin_y), (margin_x, margin_x)), mode="edge")
    result = np.zeros_like(image)
    for (x, y), weight in shares.items():
        top, left = margin_y - y, margin_x - x
        result += padded[top : top + height, left : left + width] * np.float32(weight / total)
    return result
