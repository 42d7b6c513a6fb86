"""Series of FEI's TIA program (.ser): a table of places, and at each a frame with its calibration."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

import attrs
import numpy as np

from dislo_gen.errors import DatasetError
from dislo_gen.micrographs.facts import Instrument, PixelSize, Values
from dislo_gen.micrographs.limits import check_pixels
from dislo_gen.micrographs.microscopes.raw import cut_off, opened, take
from dislo_gen.micrographs.microscopes.signal_metadata import number, seconds, time_at, times_since_first

_PICTURES = 0x4122
_HEAD = struct.Struct("<3H4I")
_ABOUT = struct.Struct("<ddiddiHII")  # calibration of both sides, type, width, height
_TYPES = {1: "<u1", 2: "<u2", 3: "<u4", 4: "<i1", 5: "<i2", 6: "<i4", 7: "<f4", 8: "<f8"}


def open_ser(path: Path) -> _Series:
    """Open a series of pictures.

    Raises:
        DatasetError: it is no such file, is broken, holds spectra, or its pictures are too large.
    """
    with opened(path) as (file, size):
        return _open(file, size)


@attrs.define(eq=False)
class _Series:
    file: BinaryIO
    places: list[int]
    count: int
    pixel_size: PixelSize | None
    taken: str
    times: list[float] | None
    seconds: float | None
    instrument: Instrument = attrs.Factory(Instrument)

    def values(self, index: int) -> Values:
        width, height, kind, start, _ = _about(self.file, self.places[index])
        data = take(self.file, start, width * height * kind.itemsize)
        stored = np.frombuffer(data, dtype=kind).reshape(height, width)
        return stored[::-1].astype(kind.newbyteorder("="))  # rows are stored from the bottom to the top

    def time(self, index: int) -> float | None:
        return time_at(index, self.seconds, self.count) if self.times is None else self.times[index]

    def close(self) -> None:
        self.file.close()


def _open(file: BinaryIO, size: int) -> _Series:
    order, series, version, holds, _, _, valid = _HEAD.unpack(take(file, 0, _HEAD.size))
    if (order, series) != (0x4949, 0x0197):
        raise DatasetError("is not a picture that can be read: this is no SER file")
    if holds != _PICTURES:
        raise DatasetError("there is no picture in this file, but spectra")
    place = "<Q" if version >= 0x0220 else "<I"
    width = struct.calcsize(place)
    table, dimensions = struct.unpack("<QI" if width == 8 else "<II", take(file, _HEAD.size, width + 4))
    said = min(valid, max(0, size - table) // width, size // _ABOUT.size)
    cut_off(said, valid)
    places = [int(each) for each in np.frombuffer(take(file, table, said * width), dtype=place)]
    held = [each for each in places if _fits(file, each, size)]
    taken = cut_off(len(held), valid)
    steps = _about(file, held[0])[-1]
    step = _seconds_of(file, _HEAD.size + width + 4, dimensions, valid)
    times = None
    if step is None and table + 2 * said * width <= size:
        behind = np.frombuffer(take(file, table + said * width, said * width), dtype=place)
        times = _times(file, [int(each) for each in behind], size) if len(held) == said else None
    return _Series(file, held, len(held), _pixel_size(steps), taken, times, step)


def _about(file: BinaryIO, place: int) -> tuple[int, int, np.dtype[np.generic], int, tuple[float, float]]:
    """Return width, height, type, place of the values, and the calibration of the frame at a place."""
    _, across, _, _, down, _, kind, width, height = _ABOUT.unpack(take(file, place, _ABOUT.size))
    if kind in (9, 10):
        raise DatasetError("its values are complex numbers (a transform), and grey values are wanted")
    if kind not in _TYPES:
        raise DatasetError(f"is not a picture that can be read: its values are of an unknown type, {kind}")
    check_pixels(width, height)
    return width, height, np.dtype(_TYPES[kind]), place + _ABOUT.size, (across, down)


def _fits(file: BinaryIO, place: int, size: int) -> bool:
    """Say whether the file goes on to the end of the frame at a place."""
    if place + _ABOUT.size > size:
        return False
    width, height, kind, start, _ = _about(file, place)
    return start + width * height * kind.itemsize <= size


def _pixel_size(steps: tuple[float, float]) -> PixelSize | None:
    """Return what the calibration says: in metres, or per metre, as its size tells; the file does not."""
    across, down = steps
    return PixelSize.of(across, down, "m" if abs(across) < 1 else "1/m")


def _seconds_of(file: BinaryIO, start: int, dimensions: int, count: int) -> float | None:
    """Return the time from frame to frame, where the one dimension of the series is time."""
    if dimensions != 1:
        return None
    try:
        size, _, step, _, length = struct.unpack("<IddII", take(file, start, 28))
        if length > 1000:
            return None
        words = struct.unpack("<I", take(file, start + 28 + length, 4))[0]
        unit = take(file, start + 32 + length, words).decode("latin-1") if words < 100 else ""
    except DatasetError:
        return None
    factor = seconds(unit)
    length_of_one = number(step)
    return factor * length_of_one if factor and length_of_one and size >= count > 1 else None


def _times(file: BinaryIO, places: list[int], size: int) -> list[float] | None:
    """Return the frames' times from the tags behind them, which know whole seconds only."""
    stamps = []
    for place in places:
        if place + 8 > size:
            return None
        stamps.append(float(struct.unpack("<HHI", take(file, place, 8))[2]))
    return times_since_first(stamps)
