"""Averages of a picture over a symmetric path of small displacements."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from dislo_gen import Image


def even_path(length: float, reach: float = 0.0) -> NDArray[np.float64]:
    """Return the weights of an even path at whole pixels along it, (2 N + 1,) float64, symmetric.

    Args:
        length: of the path, in pixels.
        reach: how much farther on either side there are weights, of 0.
    """
    steps = math.ceil(length / 2 + reach)
    weights: NDArray[np.float64] = np.clip(length / 2 + 0.5 - np.abs(np.arange(-steps, steps + 1)), 0, 1)
    weights /= weights.sum()
    return weights


def smear(image: Image, weights: NDArray[np.float64], direction: float) -> Image:
    """Return the weighted mean of displaced copies, float32; each is displaced by whole pixels.

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
        place = round(step * math.cos(turn)), round(step * math.sin(turn))
        shares[place] = shares.get(place, 0.0) + weight
    margin_x, margin_y = (max(abs(place[axis]) for place in shares) for axis in (0, 1))
    padded = np.pad(image, ((margin_y, margin_y), (margin_x, margin_x)), mode="edge")
    result = np.zeros_like(image)
    for (x, y), weight in shares.items():
        top, left = margin_y - y, margin_x - x
        result += padded[top : top + height, left : left + width] * np.float32(weight)
    return result
