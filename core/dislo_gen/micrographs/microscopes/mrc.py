"""MRC files: a header of 1024 bytes, more words of the microscope's, and the frames one after the other.

Written by IMOD, SerialEM, RELION, EPU and many cameras; the ending is a habit, the layout is the same.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

import attrs
import numpy as np

from dislo_gen.errors import DatasetError
from dislo_gen.micrographs.facts import Instrument, PixelSize, Values
from dislo_gen.micrographs.limits import check_pixels
from dislo_gen.micrographs.microscopes.raw import RawStack, cut_off, opened, take
from dislo_gen.micrographs.microscopes.signal_metadata import instrument, times_since_first

SUFFIXES = (".mrc", ".mrcs", ".st", ".ali", ".rec")

_HEADER = 1024
_TYPES = {1: "i2", 2: "f4", 6: "u2", 12: "f2"}
_COMPLEX = (3, 4)
_COLOURS, _HALF_BYTES = 16, 101
_MODES = (0, *_TYPES, *_COMPLEX, _COLOURS, _HALF_BYTES)
_SIGNED_SINCE = 20140
_IMOD, _IMOD_SIGNED = 1146047817, 1
_OLD_FEI, _FEI_RECORD = 128 * 1024, 768  # bytes
_DIFFRACTION = 1
_LARGEST_PIXEL = 1e-3  # m
_DAY = 86400.0  # s


def open_mrc(path: Path) -> RawStack:
    """Open an MRC file: every section is a frame.

    Bytes (mode 0) are signed where the file says so: by IMOD's flag, else by its version (MRC2014), else by a
    smallest value below 0. A pixel's size is that of the cell; a cell of 0 is none, and so is one of exactly
    1 Å in all three directions, which programs write that know no better.

    Raises:
        DatasetError: it is no MRC file, is cut off before its first frame ends, holds complex numbers, or its
            pictures are too large.
    """
    with opened(path) as (file, size):
        return _open(file, size)


@attrs.define(eq=False)
class _HalfBytes(RawStack):
    """Two pixels in a byte, the left one in its lower half; an odd row ends with half a byte unused."""

    width: int = 0

    def decode(self, stored: Values) -> Values:
        packed = stored.astype(np.uint8, copy=False)
        pixels = np.empty((packed.shape[0], 2 * packed.shape[1]), dtype=np.uint8)
        pixels[:, 0::2] = packed & 15
        pixels[:, 1::2] = packed >> 4
        return pixels[:, : self.width] * np.uint8(17)  # 15 becomes 255


def _open(file: BinaryIO, size: int) -> RawStack:
    if size < _HEADER:
        raise DatasetError("is not a picture that can be read: the file ends inside the header of an MRC file")
    head = take(file, 0, _HEADER)
    order = _byte_order(head)
    width, height, sections, mode = struct.unpack_from(f"{order}4i", head)
    if mode in _COMPLEX:
        raise DatasetError("its values are complex numbers (a transform), and grey values are wanted")
    check_pixels(width, height)
    if sections < 1:
        raise DatasetError(f"{sections} sections: there is no picture in this file")
    more = struct.unpack_from(f"{order}i", head, 92)[0]
    start = _HEADER + more
    if more < 0 or start > size:
        raise DatasetError("is not a picture that can be read: its header says more than the file holds")
    shape: tuple[int, ...] = (height, width)
    kind = np.dtype(order + _TYPES.get(mode, "u1"))
    if mode == 0 and _is_signed(head, order):
        kind = np.dtype("i1")
    elif mode == _COLOURS:
        shape = (height, width, 3)
    elif mode == _HALF_BYTES:
        shape = (height, (width + 1) // 2)
    step = int(np.prod(shape, dtype=np.int64)) * kind.itemsize
    held = min(sections, (size - start) // step)
    taken = cut_off(held, sections)
    extended = take(file, _HEADER, min(more, 1 << 24))
    pixel_size, known, times = _of_microscope(head, extended, order, held)
    stack = RawStack(file, start, step, held, shape, kind, pixel_size, known, taken, None, times)
    if mode == _HALF_BYTES:
        return _HalfBytes(file, start, step, held, shape, kind, pixel_size, known, taken, None, times, width)
    return stack


def _byte_order(head: bytes) -> str:
    """Return "<" or ">": by the machine stamp where both make sense, else by which one does."""

    def makes_sense(order: str) -> bool:
        width, height, sections, mode = struct.unpack_from(f"{order}4i", head)
        return mode in _MODES and all(0 < side < 1 << 24 for side in (width, height, sections))

    orders = [order for order in "<>" if makes_sense(order)]
    if not orders:
        raise DatasetError("is not a picture that can be read: this is no MRC file of a mode that is read")
    stamped = ">" if head[212:214] == b"\x11\x11" else "<"
    return stamped if stamped in orders else orders[0]


def _is_signed(head: bytes, order: str) -> bool:
    stamp, flags = struct.unpack_from(f"{order}2i", head, 152)
    if stamp == _IMOD:
        return bool(flags & _IMOD_SIGNED)
    version = struct.unpack_from(f"{order}i", head, 108)[0]
    least, greatest = struct.unpack_from(f"{order}2f", head, 76)
    return bool(_SIGNED_SINCE <= version < 30000 or -128 <= least < 0 <= greatest <= 127)


def _of_microscope(
    head: bytes, extended: bytes, order: str, count: int
) -> tuple[PixelSize | None, Instrument, list[float] | None]:
    """Return pixel size, instrument and times, from the cell or from FEI's records in the extended header."""
    if head[104:108] in (b"FEI1", b"FEI2") and len(extended) >= _FEI_RECORD:
        return _of_fei(extended, count)
    if len(extended) == _OLD_FEI and head[104:108] == bytes(4):
        metres, magnification = struct.unpack_from(f"{order}2f", extended, 44)
        if 0 < metres < _LARGEST_PIXEL:
            exposure = struct.unpack_from(f"{order}f", extended, 32)[0]
            about = instrument(magnification=magnification, exposure=exposure)
            return PixelSize.of(metres, metres, "m"), about, None
    intervals = struct.unpack_from(f"{order}3i", head, 28)
    cell = struct.unpack_from(f"{order}3f", head, 40)
    sides = [side / steps if steps > 0 else 0.0 for side, steps in zip(cell, intervals, strict=True)]
    unknown = sides == [1.0, 1.0, 1.0]
    return None if unknown else PixelSize.of(sides[0], sides[1], "Å"), Instrument(), None


def _of_fei(extended: bytes, count: int) -> tuple[PixelSize | None, Instrument, list[float] | None]:
    """Read the records, one for each frame, that EPU and Tomography write; they are little-endian."""
    step = struct.unpack_from("<I", extended)[0]
    is_diffraction = struct.unpack_from("<i", extended, 248)[0] == _DIFFRACTION
    magnification = struct.unpack_from("<d", extended, 289)[0]
    about = instrument(
        volts=struct.unpack_from("<d", extended, 84)[0],
        magnification=None if is_diffraction else magnification,
        microscope=extended[20:36],
    )
    across, down = struct.unpack_from("<2d", extended, 156)
    in_metres = not is_diffraction and 0 < across < _LARGEST_PIXEL and 0 < down < _LARGEST_PIXEL
    size = PixelSize.of(across, down, "m") if in_metres else None
    times = None
    if step >= _FEI_RECORD and step * count <= len(extended):
        days = [struct.unpack_from("<d", extended, step * index + 12)[0] for index in range(count)]
        times = times_since_first([day * _DAY for day in days])
    return size, about, times
