"""The values in a picture file, decoded without trusting what it says about itself."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import attrs
import numpy as np
from PIL import UnidentifiedImageError

from dislo_gen.errors import DatasetError, MissingExtraError
from dislo_gen.micrographs import microscopes, video
from dislo_gen.micrographs.facts import Instrument, PixelSize, Source, Values
from dislo_gen.micrographs.limits import MAX_PIXELS, check_frame, check_pixels
from dislo_gen.micrographs.pictures.source import PictureFilm
from dislo_gen.micrographs.tiff.chain import HEADS as TIFF_HEADS
from dislo_gen.micrographs.tiff.source import TiffFilm
from dislo_gen.paths import exists, is_file

__all__ = [
    "MAX_PIXELS",
    "check_frame",
    "check_pixels",
    "check_values",
    "decode_values",
    "in_a_sentence",
    "open_source",
    "read_values",
    "refusal",
]


def read_values(path: Path, frame: int = 0) -> Values:
    """Read the values in a picture file as they are, checked to be grey or RGB values.

    Args:
        path: any file that `open_film` opens.
        frame: which picture of a stack, from 0.

    Returns:
        (H, W) or (H, W, 3), of the file's own type; in floating point ones NaN stands where there is no value.

    Raises:
        DatasetError: it is broken, too large, not a picture, or has fewer frames.
        MissingExtraError: files of this kind need an extra that is not installed; the message names it.
    """
    source = open_source(path)
    try:
        with in_a_sentence(path):
            return _one(source, frame)
    finally:
        source.close()


def open_source(path: Path) -> Source:
    """Open a file of frames.

    What a file is, its first bytes say before its name does: a TIFF that was named .png is read as one.

    Raises:
        DatasetError: it is missing, broken, too large, or of a kind that is not read.
        MissingExtraError: files of this kind need an extra that is not installed.
    """
    if exists(path) and not is_file(path):
        raise DatasetError(f"{path}: is not a file")
    with in_a_sentence(path):
        return _Checked(_open(path))


def decode_values(data: BinaryIO, where: object, frame: int = 0) -> Values:
    """Decode a picture that is in memory as it is stored, not turned; else as `read_values`.

    Args:
        data: what would be in the file; it is closed.
        where: what to call it in messages.
        frame: which picture of a stack, from 0.
    """
    try:
        with in_a_sentence(where):
            return _one(_Checked(_of_content(data, turn=False)), frame)
    finally:
        data.close()


@contextlib.contextmanager
def in_a_sentence(where: object) -> Iterator[None]:
    """Turn whatever a decoder raises at a broken file into one sentence; that an extra is missing is one already.

    Raises:
        DatasetError, MissingExtraError: something was raised.
    """
    try:
        yield
    except MissingExtraError:
        raise
    except Exception as error:  # decoders raise whatever they like
        raise refusal(error, where) from error


def refusal(error: Exception, where: object) -> DatasetError:
    """Return one sentence about what kept a picture from being read."""
    if isinstance(error, DatasetError):
        return DatasetError(f"{where}: {error}")
    if isinstance(error, UnidentifiedImageError):
        return DatasetError(f"{where}: is not a picture that can be read")
    if isinstance(error, FileNotFoundError):
        return DatasetError(f"{where}: there is no such file")
    if isinstance(error, MemoryError):
        return DatasetError(f"{where}: there is not enough memory for this picture")
    if isinstance(error, OSError):
        return DatasetError(f"{where}: cannot be read as a picture: {error.strerror or error}")
    return DatasetError(f"{where}: is not a picture that can be read: {microscopes.reason(error)}")


def check_values(pixels: Values) -> Values:
    """Return a frame's values.

    Raises:
        DatasetError: they are no grey or RGB values.
    """
    if (
        pixels.ndim not in (2, 3)
        or not pixels.size
        or not (pixels.dtype == np.bool_ or pixels.dtype.kind in "uif")
    ):
        raise DatasetError("is not a picture of grey or RGB values")
    return pixels


@attrs.define
class _Checked:
    """A source whose frames are what `Values` says."""

    source: Source
    count: int = attrs.field(init=False)
    pixel_size: PixelSize | None = attrs.field(init=False)
    instrument: Instrument = attrs.field(init=False)
    taken: str = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.count, self.taken = self.source.count, self.source.taken
        self.pixel_size, self.instrument = self.source.pixel_size, self.source.instrument

    def values(self, index: int) -> Values:
        return check_values(self.source.values(index))

    def time(self, index: int) -> float | None:
        return self.source.time(index)

    def close(self) -> None:
        self.source.close()


def _one(source: Source, frame: int) -> Values:
    check_frame(frame, source.count)
    return source.values(frame)


def _open(path: Path) -> Source:
    suffix = path.suffix.lower()
    with path.open("rb") as file:
        is_tiff = file.read(4) in TIFF_HEADS
    if not is_tiff and suffix in microscopes.READERS:
        return microscopes.open_signal(path)
    if not is_tiff and suffix in video.SUFFIXES:
        return video.open_video(path)
    return _of_content(path.open("rb"))


def _of_content(file: BinaryIO, turn: bool = True) -> Source:
    try:
        head = file.read(4)
        file.seek(0)
        return TiffFilm(file, turn) if head in TIFF_HEADS else PictureFilm(file, turn)
    except BaseException:
        file.close()
        raise
