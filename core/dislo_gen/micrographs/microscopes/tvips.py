"""Films of TVIPS cameras: ``film_000.tvips``, and its later parts beside it."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from pathlib import Path

import attrs
import numpy as np

from dislo_gen import paths
from dislo_gen.errors import DatasetError
from dislo_gen.micrographs.facts import Instrument, PixelSize, Values
from dislo_gen.micrographs.limits import check_pixels
from dislo_gen.micrographs.microscopes.raw import RawStack, cut_off, open_binary, opened, take
from dislo_gen.micrographs.microscopes.signal_metadata import instrument, times_since_first

LATER_PART = re.compile(r".*_(?!000)\d{3}\.tvips", re.IGNORECASE)
"""Names of the parts that the first one brings with it."""

_HEAD = struct.Struct("<13I")
_STAMP = struct.Struct("<3I")  # number, seconds, milliseconds
_FRAME_HEADER = {1: 12}
_IMAGE = 1
_MOST_TIMES = 1_000_000
_HYPERSPY = b"HYPERSPY"  # its writer gives the pixel of the specimen instead of that of the camera


def open_tvips(path: Path) -> _Parts:
    """Open a film: the first part and those that follow it without a gap.

    Raises:
        DatasetError: it is a later part, no such file, broken, or its pictures are too large.
    """
    if LATER_PART.fullmatch(path.name):
        first = f"{path.name[:-9]}000{path.name[-6:]}"
        raise DatasetError(f"this is a later part of a film: {first} is the one to read")
    parts: list[RawStack] = []
    try:
        film = _open(path, parts)
    except BaseException:
        for part in parts:
            part.close()
        raise
    return film


@attrs.define(eq=False)
class _Parts:
    parts: list[RawStack]
    count: int
    pixel_size: PixelSize | None
    instrument: Instrument
    taken: str
    times: list[float] | None

    def values(self, index: int) -> Values:
        for part in self.parts:
            if index < part.count:
                return part.values(index)
            index -= part.count
        raise DatasetError("there is no such frame")

    def time(self, index: int) -> float | None:
        return None if self.times is None else self.times[index]

    def close(self) -> None:
        for part in self.parts:
            part.close()


def _open(path: Path, parts: list[RawStack]) -> _Parts:
    with opened(path) as (file, size):
        head = take(file, 0, min(size, 256))
        length, version, width, height, bits, _, _, bin_x, bin_y, pixel, tension, magnification, extra = (
            _HEAD.unpack_from(head.ljust(_HEAD.size, b"\0"))
        )
        above = _FRAME_HEADER.get(version, extra)
        known = version in (1, 2) and bits in (8, 16, 32) and _HEAD.size <= length <= 1 << 16
        if not known or not _STAMP.size <= above <= 1 << 16:
            raise DatasetError("is not a picture that can be read: this is no TVIPS file")
        check_pixels(width, height)
    kind = np.dtype(f"<u{bits // 8}")
    step = above + width * height * kind.itemsize
    parts.append(RawStack(file, length + above, step, (size - length) // step, (height, width), kind))
    left_over = (size - length) % step if size > length else 1
    for later in _later_parts(path):
        if left_over:
            break
        file, size = open_binary(later)
        parts.append(RawStack(file, above, step, size // step, (height, width), kind))
        left_over = size % step
    count = sum(part.count for part in parts)
    taken = cut_off(count, count)
    if left_over:
        taken = f"the file is cut off: its first {count} frames are whole"
    first = parts[0] if parts[0].count else next(part for part in parts if part.count)
    mode = struct.unpack("<I", take(first.file, first.start - above + 24, 4))[0] if above >= 28 else _IMAGE
    is_image = mode == _IMAGE
    if head[_HEAD.size :].startswith(_HYPERSPY):
        pixel_size = PixelSize.of(pixel, pixel, "nm" if is_image else "1/nm")
    elif is_image and magnification and pixel >= 1000:
        pixel_size = PixelSize.of(
            pixel * max(1, bin_x) / magnification, pixel * max(1, bin_y) / magnification, "nm"
        )
    else:
        pixel_size = None
    about = instrument(
        volts=tension if tension > 2000 else tension * 1000,
        magnification=magnification if is_image else None,
        camera_length=None if is_image else magnification,
    )
    return _Parts(parts, count, pixel_size, about, taken, _times(parts, above))


def _later_parts(path: Path) -> Iterator[Path]:
    if not re.fullmatch(r".*_000\.tvips", path.name, re.IGNORECASE):
        return
    for number in range(1, 1000):
        later = path.with_name(f"{path.name[:-9]}{number:03d}{path.name[-6:]}")
        if not paths.is_file(later):
            return
        yield later


def _times(parts: list[RawStack], above: int) -> list[float] | None:
    stamps: list[float] = []
    if sum(part.count for part in parts) > _MOST_TIMES:
        return None
    for part in parts:
        for index in range(part.count):
            data = take(part.file, part.start - above + index * part.step, _STAMP.size)
            _, seconds, milliseconds = _STAMP.unpack(data)
            stamps.append(seconds + milliseconds / 1000)
    return times_since_first(stamps)
