"""Pictures to cut backgrounds from: files read once, turned to grey, their frames trimmed."""

from __future__ import annotations

import functools
import io
from pathlib import Path

import attrs
import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import Image as PillowImage
from PIL import UnidentifiedImageError
from scipy.ndimage import maximum_filter1d, minimum_filter1d

from dislo_gen import DatasetError, Image

MAX_PIXELS = 128 * 1024 * 1024
LUMINANCE = np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)  # ITU-R BT.709
_FLAT_SPAN = 9


Grey = NDArray[np.uint8] | NDArray[np.uint16]


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
    grey: Grey
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


def read_grey(path: Path) -> Grey:
    """Read a picture as grey values, (H, W).

    Eight bits stay as they are, uint8. Deeper pictures become uint16, stretched from their 0.1st to their
    99.9th percentile, because cameras seldom use their whole range. The first page of a stack is taken.

    Raises:
        DatasetError: it is broken, too large, or not a picture.
    """
    return _to_grey(read_values(path))


def read_values(path: Path) -> NDArray[np.generic]:
    """Read a picture's values, (H, W) or (H, W, colours), and check that `read_grey` can use them.

    Raises:
        DatasetError: it is broken, too large, or not a picture.
    """
    try:
        data = path.read_bytes()
        pixels = _decode_tiff(data) if path.suffix.lower() in (".tif", ".tiff") else _decode(data)
        _check_values(pixels)
    except DatasetError as error:
        raise DatasetError(f"{path}: {error}") from None
    except UnidentifiedImageError:
        raise DatasetError(f"{path}: is not a picture that can be read") from None
    except OSError as error:
        raise DatasetError(f"{path}: cannot be read as a picture: {error.strerror or error}") from error
    except Exception as error:  # decoders raise whatever they like at broken files
        raise DatasetError(f"{path}: is not a picture that can be read: {error}") from error
    return pixels


def _decode(data: bytes) -> NDArray[np.generic]:
    with PillowImage.open(io.BytesIO(data), formats=["PNG", "JPEG", "BMP"]) as opened:
        _check_pixels(opened.width, opened.height)
        if opened.mode in ("I;16", "I;16B", "I", "F", "L"):
            return np.asarray(opened)
        if opened.mode in ("LA", "1"):
            return np.asarray(opened.convert("L"))
        return np.asarray(opened.convert("RGB"))


def _decode_tiff(data: bytes) -> NDArray[np.generic]:
    with tifffile.TiffFile(io.BytesIO(data)) as tiff:
        page = tiff.pages[0]
        shape = page.shape
        _check_pixels(shape[0], int(np.prod(shape[1:], dtype=np.int64)))
        pixels = np.asarray(page.asarray())
    return np.moveaxis(pixels, 0, -1) if pixels.ndim == 3 and pixels.shape[0] in (3, 4) else pixels


def _check_pixels(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise DatasetError(f"{width} x {height} px are more than the {MAX_PIXELS} px that are read")


def _check_values(pixels: NDArray[np.generic]) -> None:
    of_numbers = pixels.dtype == np.bool_ or pixels.dtype.kind in "uif"
    if pixels.ndim not in (2, 3) or not pixels.size or not of_numbers or not np.isfinite(pixels).all():
        raise DatasetError("is not a picture of finite grey or RGB values")


def _to_grey(pixels: NDArray[np.generic]) -> Grey:
    if pixels.dtype == np.bool_:
        pixels = pixels.astype(np.uint8) * np.uint8(255)
    eight_bits = bool(pixels.dtype == np.uint8)
    if eight_bits and pixels.ndim == 2:
        return pixels.astype(np.uint8)
    grey = pixels.astype(np.float32)
    if grey.ndim == 3:
        grey = np.asarray(grey[..., :3] @ LUMINANCE if grey.shape[2] >= 3 else grey[..., 0])
    if eight_bits:
        return np.round(grey).astype(np.uint8)
    low, high = np.percentile(grey, (0.1, 99.9))
    stretched: NDArray[np.float64] = ((grey - low) / max(high - low, 1e-12)).clip(0, 1)
    return np.round(stretched * 65535).astype(np.uint16)


def content_box(grey: Grey) -> tuple[int, int, int, int]:
    """Find the part of a picture inside title bars, scale bars and frames: (left, top, right, bottom) in px.

    Such margins hardly vary along their rows (columns), text apart, and a micrograph's grain does. From each
    side, rows (columns) are trimmed while more than half of their pixels equal their neighbours. If little
    would be left, the picture is flat by nature and nothing is trimmed.
    """
    step = np.iinfo(grey.dtype).max // 255
    flat_down, flat_along = (
        maximum_filter1d(grey, _FLAT_SPAN, axis) - minimum_filter1d(grey, _FLAT_SPAN, axis) <= step
        for axis in (0, 1)
    )
    height, width = grey.shape
    left, top, right, bottom = 0, 0, width, height
    for _ in range(3):  # trimming one side can uncover that another one is flat, too
        rows = flat_along[top:bottom, left:right].mean(axis=1) > 0.5
        lead, trail = _margins(rows)
        top, bottom = top + lead, bottom - trail
        if bottom - top < height / 4:
            return 0, 0, width, height
        columns = flat_down[top:bottom, left:right].mean(axis=0) > 0.5
        lead, trail = _margins(columns)
        left, right = left + lead, right - trail
        if right - left < width / 4:
            return 0, 0, width, height
    return left, top, right, bottom


def _margins(flat: NDArray[np.bool_]) -> tuple[int, int]:
    """Length of the flat margins at both ends; up to a third of it may be text, which is not flat."""
    lead = _margin(flat)
    return (lead, _margin(flat[::-1])) if lead < len(flat) else (0, 0)


def _margin(flat: NDArray[np.bool_]) -> int:
    if not flat[: max(1, _FLAT_SPAN // 2)].any():
        return 0
    share = np.cumsum(flat) / np.arange(1, len(flat) + 1)
    ends = np.flatnonzero(flat & (share > 0.6))
    return int(ends[-1]) + 1 if len(ends) else 0
