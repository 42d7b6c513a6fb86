"""NumPy's own format."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from dislo_gen import Image, Masks, Sample, SampleFiles, Writer, component


@component
class Arrays(Writer):
    """NNNNNN.image.npy and NNNNNN.masks.npy, exactly as they are."""

    def write(self, sample: Sample, files: SampleFiles) -> None:
        """Write image and masks."""
        files.put(f"{files.stem}.image.npy", encode(sample.image))
        files.put(f"{files.stem}.masks.npy", encode(sample.masks))

    def read(self, files: SampleFiles) -> tuple[Image, Masks]:
        """Read them back."""
        return decode(files.get(f"{files.stem}.image.npy")), decode(files.get(f"{files.stem}.masks.npy"))


def encode(array: Any) -> bytes:
    """Return the bytes of an array in NumPy's format."""
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()


def decode(data: bytes) -> Any:
    """Return the array."""
    return np.load(io.BytesIO(data), allow_pickle=False)
