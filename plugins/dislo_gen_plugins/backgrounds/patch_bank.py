"""Pictures to cut backgrounds from: files read once, turned to grey, their frames trimmed."""

from __future__ import annotations

import functools
from pathlib import Path

import attrs
import numpy as np
from numpy.typing import NDArray

from dislo_gen import LUMINANCE, Image, content_box, read_grey, read_values

__all__ = ["LUMINANCE", "Patch", "content_box", "load_patch", "read_grey", "read_values"]


@attrs.frozen(eq=False)
class Patch:
    """One picture of a bank.

    Attributes:
        name: its path inside the bank.
        sha256: SHA-256 of its file.
        grey: (H, W) uint8 or uint16, the whole picture; kept in few bytes, because many patches are.
        box: left, top, right, bottom of the part without title bars, scale bars and black frames.
    """

    name: str
    sha256: str
    grey: NDArray[np.uint8] | NDArray[np.uint16]
    box: tuple[int, int, int, int]

    def cut(self, left: int, top: int, right: int, bottom: int) -> Image:
        """Return part of it as float32 from 0 to 1."""
        part = self.grey[top:bottom, left:right].astype(np.float32)
        part *= np.float32(1 / np.iinfo(self.grey.dtype).max)
        return part


# A few patches are kept, so that memory is bounded by the largest pictures and not by the size of the bank.
@functools.lru_cache(maxsize=48)
def load_patch(folder: Path, name: str, sha256: str) -> Patch:
    """Read one picture of a bank.

    Raises:
        DatasetError: it is broken, too large, or not a picture.
    """
    grey = read_grey(folder / name)
    return Patch(name, sha256, grey, content_box(grey))
