"""PNG files, as bytes."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage


def encode_png(pixels: NDArray[np.uint8] | NDArray[np.uint16], compress_level: int = 6) -> bytes:
    """Encode grey (8 or 16 bit) or RGB pixels as PNG."""
    buffer = io.BytesIO()
    PillowImage.fromarray(pixels).save(buffer, "png", compress_level=compress_level)
    return buffer.getvalue()
