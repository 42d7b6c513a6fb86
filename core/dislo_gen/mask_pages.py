"""Masks as a TIFF: one page of one bit per pixel for each, overlaps kept apart."""

from __future__ import annotations

import io

import numpy as np
import tifffile

from dislo_gen.errors import DatasetError
from dislo_gen.interfaces import Masks


def encode_masks(masks: Masks) -> bytes:
    """Return (M, H, W) bool masks, M >= 1, as a TIFF file."""
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, masks, photometric="minisblack", compression="zlib", metadata=None, software=False)
    return buffer.getvalue()


def decode_masks(data: bytes, shape: tuple[int, ...], name: str) -> Masks:
    """Return the masks of a TIFF file, (M, H, W) bool.

    Args:
        data: the file.
        shape: (H, W) that its pages must have; checked before they are decoded.
        name: what to call it in messages.

    Raises:
        DatasetError: a page has another shape.
    """
    with tifffile.TiffFile(io.BytesIO(data)) as tiff:
        for page in tiff.pages:
            if page.shape != shape:
                raise DatasetError(f"{name}: a page of {page.shape} px does not fit the image's {shape}")
        return np.stack([np.asarray(page.asarray(), dtype=np.bool_) for page in tiff.pages])
