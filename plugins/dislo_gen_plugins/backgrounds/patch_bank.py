"""Pictures to cut backgrounds from: frames read once, turned to grey, their margins known."""

from __future__ import annotations

import functools
from pathlib import Path

import attrs
import numpy as np
from numpy.typing import NDArray

from dislo_gen import Image, open_film
from dislo_gen_plugins.backgrounds.bank_files import split_name

__all__ = ["Patch", "few_bytes", "load_patch"]


@attrs.frozen(eq=False)
class Patch:
    """One picture of a bank.

    Attributes:
        name: its path inside the bank, with the number of its frame if it is one of a film: ``film.tif#12``.
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
        DatasetError: it is broken, too large, or not a picture, or there is no such frame.
        MissingExtraError: files of this kind need an extra that is not installed.
    """
    file, index = split_name(name)
    with open_film(folder / file) as film:
        frame = film.frame(index)
    return Patch(name, sha256, few_bytes(frame.image), frame.box)


def few_bytes(image: Image) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """Return an image's grey values as the whole numbers they were read from, which lose nothing."""
    grey = np.round(image * 255).astype(np.uint8)
    if np.array_equal(grey.astype(np.float32) * np.float32(1 / 255), image):
        return grey
    return np.round(image * np.float32(65535)).astype(np.uint16)
