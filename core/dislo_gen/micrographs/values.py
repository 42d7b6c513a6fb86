"""The values in a picture file, decoded without trusting what it says about itself."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import BinaryIO

import numpy as np
import tifffile
from PIL import Image as PillowImage
from PIL import UnidentifiedImageError

from dislo_gen.errors import DatasetError, MissingExtraError
from dislo_gen.micrographs import microscopes
from dislo_gen.micrographs.facts import Instrument, PixelSize, Source, Values
from dislo_gen.micrographs.limits import check_frame, check_pixels

_FORMATS = ("PNG", "JPEG", "BMP", "GIF")
_TIFF_HEADS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")  # both byte orders; the last two are those of BigTIFF


def read_values(path: Path, frame: int = 0) -> Values:
    """Read the values in a picture file as they are, checked to be grey or RGB values; NaN may be among them.

    Args:
        path: PNG, JPEG, BMP, GIF, TIFF, or a microscope's own format.
        frame: which picture of a stack, from 0.

    Returns:
        (H, W) or (H, W, colours), of the file's own type.

    Raises:
        DatasetError: it is broken, too large, not a picture, or has fewer frames.
        MissingExtraError: it is of a microscope's format, and the library that reads those is not installed.
    """
    try:
        if path.suffix.lower() in microscopes.READERS:
            with contextlib.closing(microscopes.open_signal(path)) as source:
                check_frame(frame, source.count)
                values = source.values(frame)
        else:
            with path.open("rb") as file:
                values = _decode(file, frame)
        _check_values(values)
    except MissingExtraError:
        raise
    except Exception as error:  # decoders raise whatever they like at broken files
        raise refusal(error, path) from error
    return values


class _FirstFrame:
    """Stands for every kind of file until each has a source of its own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 1
        self.pixel_size: PixelSize | None = None
        self.instrument = Instrument()
        self.taken = ""

    def values(self, index: int) -> Values:
        return read_values(self.path, index)

    def time(self, index: int) -> float | None:  # noqa: ARG002 - other sources know it
        return None

    def close(self) -> None: ...


def open_source(path: Path) -> Source:
    """Open a file of frames.

    Raises:
        DatasetError: it is missing, broken, too large, or of a kind that is not read.
        MissingExtraError: files of this kind need an extra that is not installed.
    """
    if path.suffix.lower() in microscopes.READERS:
        try:
            return microscopes.open_signal(path)
        except MissingExtraError:
            raise
        except Exception as error:
            raise refusal(error, path) from error
    read_values(path)
    return _FirstFrame(path)


def decode_values(data: BinaryIO, where: object, frame: int = 0) -> Values:
    """Decode a picture that is in memory; as `read_values`, with ``where`` to call it by in messages."""
    try:
        values = _decode(data, frame)
        _check_values(values)
    except Exception as error:
        raise refusal(error, where) from error
    return values


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


def _decode(data: BinaryIO, frame: int) -> Values:
    head = data.read(4)
    data.seek(0)
    if head not in _TIFF_HEADS:
        return _decode_with_pillow(data, frame, _FORMATS)
    try:
        return _decode_tiff(data, frame)
    except ValueError as error:
        if "imagecodecs" not in str(error):
            raise
        # A compression that tifffile leaves to another library, such as LZW; Pillow brings its own.
        data.seek(0)
        return _decode_with_pillow(data, frame, ("TIFF",))


def _decode_with_pillow(data: BinaryIO, frame: int, formats: tuple[str, ...]) -> Values:
    with PillowImage.open(data, formats=formats) as opened:
        if frame:
            check_frame(frame, getattr(opened, "n_frames", 1))
            opened.seek(frame)
        check_pixels(opened.width, opened.height)
        if opened.mode in ("I;16", "I;16B", "I", "F", "L"):
            return np.asarray(opened)
        if opened.mode in ("LA", "1"):
            return np.asarray(opened.convert("L"))
        return np.asarray(opened.convert("RGB"))


def _decode_tiff(data: BinaryIO, frame: int) -> Values:
    with tifffile.TiffFile(data) as tiff:
        if frame:  # counting them would read every page's head
            check_frame(frame, len(tiff.pages))
        page = tiff.pages[frame]
        shape = page.shape
        check_pixels(shape[0], int(np.prod(shape[1:], dtype=np.int64)))
        pixels = np.asarray(page.asarray())
    return np.moveaxis(pixels, 0, -1) if pixels.ndim == 3 and pixels.shape[0] in (3, 4) else pixels


def _check_values(pixels: Values) -> None:
    of_numbers = pixels.dtype == np.bool_ or pixels.dtype.kind in "uif"
    if pixels.ndim not in (2, 3) or not pixels.size or not of_numbers:
        raise DatasetError("is not a picture of grey or RGB values")
