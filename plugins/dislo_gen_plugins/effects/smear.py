"""Averages of a picture over small symmetric displacements."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dislo_gen import Image


def average_over(image: Image, displacements: Sequence[tuple[float, float]], weights: Sequence[float]) -> Image:
    """Return the weighted mean of displaced copies, float32; each is displaced by whole pixels.

    Args:
        image: (H, W) float32.
        displacements: (x, y) in pixels, rounded to whole ones.
        weights: as many, adding up to 1.
    """
    height, width = image.shape
    shares: dict[tuple[int, int], float] = {}
    for (x, y), weight in zip(displacements, weights, strict=True):
        place = round(x), round(y)
        shares[place] = shares.get(place, 0.0) + weight
    margin_x, margin_y = (max(abs(place[axis]) for place in shares) for axis in (0, 1))
    padded = np.pad(image, ((margin_y, margin_y), (margin_x, margin_x)), mode="edge")
    result = np.zeros_like(image)
    for (x, y), weight in shares.items():
        top, left = margin_y - y, margin_x - x
        result += padded[top : top + height, left : left + width] * np.float32(weight)
    return result
