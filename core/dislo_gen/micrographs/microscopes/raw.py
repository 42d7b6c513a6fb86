"""Frames that lie in a file as they are: each is read when it is asked for, and nothing else."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import attrs
import numpy as np

from dislo_gen.errors import DatasetError
from dislo_gen.micrographs.facts import Instrument, PixelSize, Values
from dislo_gen.micrographs.microscopes.signal_metadata import time_at


def open_binary(path: Path) -> tuple[BinaryIO, int]:
    """Open a file and say how many bytes it has.

    Raises:
        DatasetError: it is a device or a pipe, which have no end.
    """
    file = path.open("rb")
    try:
        if not file.seekable():
            raise DatasetError("this is not a regular file")
        size = file.seek(0, 2)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file, size


@contextlib.contextmanager
def opened(path: Path) -> Iterator[tuple[BinaryIO, int]]:
    """Open a file as `open_binary` does, for a source that is made of it; closed only if none comes of it."""
    file, size = open_binary(path)
    try:
        yield file, size
    except BaseException:
        file.close()
        raise


def reason(error: Exception) -> str:
    """Return what an error of a decoder says, on one line."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= 200 else f"{text[:200]}…"


def unreadable(error: Exception) -> DatasetError:
    """Return the sentence for a file that a decoder cannot read."""
    if isinstance(error, DatasetError):
        return DatasetError(str(error))
    if isinstance(error, MemoryError):
        return DatasetError("there is not enough memory for this picture")
    return DatasetError(f"is not a picture that can be read: {reason(error)}")


def take(file: BinaryIO, start: int, size: int) -> bytes:
    """Read exactly so many bytes from a place in a file.

    Raises:
        DatasetError: the file ends before.
    """
    file.seek(start)
    data = file.read(size)
    if len(data) != size:
        raise DatasetError("the file is cut off: it ends before this picture does")
    return data


def cut_off(held: int, said: int) -> str:
    """Return the clause for a file that holds fewer frames than it says; raise if it holds none."""
    if held < 1:
        raise DatasetError("the file is cut off: it ends before its first picture does")
    return "" if held >= said else f"the file is cut off: {held} of its {said} frames are in it"


@attrs.define(eq=False)
class RawStack:
    """Frames of one size and type, at equal distances in a file; a `Source`.

    Attributes:
        file: open for reading.
        start: where the first frame begins, in bytes.
        step: bytes from one frame to the next.
        shape: of what is stored of a frame, such as (height, width) or (height, width, 3).
        dtype: of what is stored, with its byte order.
        seconds: from one frame to the next; None if the file does not say.
        times: of every frame, s since the first one; None if the file does not say.
    """

    file: BinaryIO
    start: int
    step: int
    count: int
    shape: tuple[int, ...]
    dtype: np.dtype[np.generic]
    pixel_size: PixelSize | None = None
    instrument: Instrument = attrs.Factory(Instrument)
    taken: str = ""
    seconds: float | None = None
    times: list[float] | None = None

    def values(self, index: int) -> Values:
        """Read one frame."""
        size = int(np.prod(self.shape, dtype=np.int64)) * self.dtype.itemsize
        data = take(self.file, self.start + index * self.step, size)
        stored = np.frombuffer(data, dtype=self.dtype).reshape(self.shape)
        return self.decode(stored.astype(self.dtype.newbyteorder("="), copy=False))

    def decode(self, stored: Values) -> Values:
        """Return a frame's values from what is stored."""
        return stored

    def time(self, index: int) -> float | None:
        """Return when a frame was taken, s since the first one."""
        if self.times is not None:
            return self.times[index] if index < len(self.times) else None
        return time_at(index, self.seconds, self.count)

    def close(self) -> None:
        """Close the file."""
        self.file.close()
