"""Microscopes' own formats, through RosettaSciIO, which is imported when a file of theirs is read."""

from __future__ import annotations

import contextlib
import logging
import warnings
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dislo_gen.errors import DatasetError
from dislo_gen.extras import require

EXTRA = "microscopes"

# Of RosettaSciIO's readers only these are ever called: none of them unpickles or evaluates what a file says.
READERS = {
    ".dm3": "rsciio.digitalmicrograph",
    ".dm4": "rsciio.digitalmicrograph",
    ".emd": "rsciio.emd",
    ".mrc": "rsciio.mrc",
    ".ser": "rsciio.tia",
    ".tvips": "rsciio.tvips",
}
"""The reader for each kind of file."""

_MAX_BYTES = 2 * 1024**3
_IN_MEMORY = (".ser",)  # read as a whole, however large a series it is


def read_signal(path: Path, frame: int, check_pixels: Callable[[int, int], None]) -> NDArray[np.generic]:
    """Read one picture of a microscope's file: a frame of the largest picture or stack in it.

    Args:
        path: the file.
        frame: which picture of a stack, from 0.
        check_pixels: called with width and height before the pixels are read.

    Returns:
        (H, W), or (H, W, 3) for RGB.

    Raises:
        DatasetError: it is broken, holds no picture, or no frame of this number.
        MissingExtraError: RosettaSciIO is not installed.
    """
    suffix = path.suffix.lower()
    purpose = f"Reading {suffix} files"
    require("rsciio", purpose, EXTRA)
    if suffix == ".emd":
        require("h5py", purpose, EXTRA)
    if suffix in _IN_MEMORY:
        _check_bytes(path)
    problem: DatasetError
    with _quiet():
        try:
            pictures = [_Picture(signal) for signal in _signals(path, suffix)]
            pictures = [picture for picture in pictures if picture.pixels]
            if not pictures:
                raise DatasetError("there is no picture in this file")
            largest = max(pictures, key=lambda picture: picture.pixels)
            check_pixels(*largest.size)
            return largest.frame(frame)
        except DatasetError as error:
            problem = DatasetError(str(error))
        except MemoryError:
            problem = DatasetError("there is not enough memory for this picture")
        except Exception as error:  # readers raise whatever they like at broken files
            problem = DatasetError(f"is not a picture that can be read: {reason(error)}")
    raise problem  # without what caused it, which would hold the file open


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep to itself what the readers say about metadata, of which nothing is used, and about files left open."""
    logger = logging.getLogger("rsciio")
    level = logger.level
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        logger.setLevel(logging.CRITICAL)
        try:
            yield
        finally:
            logger.setLevel(level)


def reason(error: Exception) -> str:
    """Return what an error of a decoder says, on one line."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= 200 else f"{text[:200]}…"


def _check_bytes(path: Path) -> None:
    size = path.stat().st_size
    if size > _MAX_BYTES:
        raise DatasetError(f"{size} bytes are more than the {_MAX_BYTES} that are read of such a file")


def _signals(path: Path, suffix: str) -> list[dict[str, Any]]:
    reader = import_module(READERS[suffix])
    try:
        found: list[dict[str, Any]] = reader.file_reader(str(path), lazy=True)
    except ValueError as error:
        if "lazy" not in str(error).lower():
            raise
        _check_bytes(path)
        found = reader.file_reader(str(path), lazy=False)  # the RGB pictures of Digital Micrograph
    return found


class _Picture:
    """One signal of a file: a picture, a stack of pictures, or something else."""

    def __init__(self, signal: dict[str, Any]) -> None:
        self.data = signal["data"]
        shape = self.data.shape
        across = [not axis.get("navigate", False) for axis in signal["axes"]]
        # Old EMD files do not say which axes are those of a picture; the reader then says that all are.
        if len(across) != len(shape) or (all(across) and len(across) > 2):
            across = [False] * max(0, len(shape) - 2) + [True] * 2
        self.sides = [n for n, side in enumerate(across) if side]
        self.stack = [n for n, side in enumerate(across) if not side]
        self.shape = tuple(int(length) for length in shape)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in px."""
        rows, columns = self.sides
        return self.shape[columns], self.shape[rows]

    @property
    def pixels(self) -> int:
        """Pixels of one frame; 0 for spectra and whatever else is no picture of numbers."""
        if len(self.sides) != 2 or self.data.dtype.kind not in "buifV" or 0 in self.shape:
            return 0
        width, height = self.size
        return width * height

    def frame(self, number: int) -> NDArray[np.generic]:
        """Read one frame's values."""
        lengths = tuple(self.shape[n] for n in self.stack)
        count = int(np.prod(lengths, dtype=np.int64))
        if not 0 <= number < count:
            raise DatasetError(f"there is no frame {number}; frames are numbered from 0, and there are {count}")
        at: list[Any] = [slice(None)] * len(self.shape)
        for axis, index in zip(self.stack, np.unravel_index(number, lengths) if lengths else (), strict=True):
            at[axis] = int(index)
        part = self.data[tuple(at)]
        if hasattr(part, "compute"):
            part = part.compute(scheduler="synchronous")
        values = np.asarray(part)
        if values.dtype.names:
            values = np.stack([values[name] for name in values.dtype.names[:3]], axis=-1)
        return values
