"""PNG files, as bytes."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage

_HUFFMAN_ONLY = 2  # zlib.Z_HUFFMAN_ONLY, which zlib's Python module does not name


def encode_png(pixels: NDArray[np.uint8] | NDArray[np.uint16], *, grainy: bool = False) -> bytes:
    """Encode pixels as PNG.

    Args:
        pixels: (H, W) grey, uint8 or uint16, or (H, W, 3) uint8 RGB.
        grainy: the picture is full of noise. There are no repetitions to find in it, and not looking for any
            takes half the time and gives a smaller file.
    """
    buffer = io.BytesIO()
    # A higher level takes three times as long for a contact sheet and does not make it smaller.
    strategy = {"compress_type": _HUFFMAN_ONLY} if grainy else {"compress_level": 1}
    PillowImage.fromarray(pixels).save(buffer, "png", **strategy)
    return buffer.getvalue()
