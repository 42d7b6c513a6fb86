"""Grey values, whatever a picture's colours and depth."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dislo_gen.interfaces import Image
from dislo_gen.micrographs.facts import Values
from dislo_gen.micrographs.values import read_values

LUMINANCE = np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)  # ITU-R BT.709
"""Weights of red, green and blue in a grey value, (3,) float32."""

Grey = NDArray[np.uint8] | NDArray[np.uint16]


def read_grey(path: Path, frame: int = 0) -> Grey:
    """Read a picture as grey values.

    Eight bits stay as they are, uint8. Deeper pictures become uint16, stretched from their 0.1st to their
    99.9th percentile, because cameras seldom use their whole range.

    Args:
        path: PNG, JPEG, BMP, GIF, TIFF, or a microscope's own format.
        frame: which picture of a stack, from 0.

    Returns:
        (H, W) uint8 or uint16.

    Raises:
        DatasetError: it is broken, too large, not a picture, or has fewer frames.
        MissingExtraError: it is of a microscope's format, and the library that reads those is not installed.
    """
    return to_grey(read_values(path, frame))


def to_grey(pixels: Values) -> Grey:
    """Return the grey values of a picture's values; see `read_grey`."""
    if pixels.dtype == np.bool_:
        pixels = pixels.astype(np.uint8) * np.uint8(255)
    eight_bits = bool(pixels.dtype == np.uint8)
    if eight_bits and pixels.ndim == 2:
        return pixels.astype(np.uint8)
    grey = pixels.astype(np.float32)
    if grey.ndim == 3:
        grey = np.asarray(grey[..., :3] @ LUMINANCE if grey.shape[2] >= 3 else grey[..., 0])
    if eight_bits:
        return np.round(grey).astype(np.uint8)
    low, high = np.percentile(grey, (0.1, 99.9))
    stretched: NDArray[np.float64] = ((grey - low) / max(high - low, 1e-12)).clip(0, 1)
    return np.round(stretched * 65535).astype(np.uint16)


def as_image(grey: Grey) -> Image:
    """Return grey values as float32 from 0 to 1."""
    image = grey.astype(np.float32)
    image *= np.float32(1 / np.iinfo(grey.dtype).max)
    return image
