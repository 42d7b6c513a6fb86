"""PNG, JPEG, BMP and GIF files, through Pillow."""

from __future__ import annotations

import os
from typing import Any, BinaryIO

import attrs
import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage

from dislo_gen.micrographs.facts import Instrument, PixelSize, Values
from dislo_gen.micrographs.limits import check_pixels
from dislo_gen.micrographs.orientation import UPRIGHT, turned, turned_size
from dislo_gen.micrographs.pictures.animation import Animation, gif_frames, png_frames
from dislo_gen.micrographs.pictures.transparency import without_transparent
from dislo_gen.micrographs.quiet import quiet
from dislo_gen.micrographs.resolution import from_resolution

FORMATS = ("PNG", "JPEG", "BMP", "GIF")
_ORIENTATION = 274
_AS_THEY_ARE = ("L", "I", "F", "I;16", "I;16B", "I;16L", "I;16N")
_WITH_ALPHA = ("LA", "La", "PA", "RGBA", "RGBa")
_DEEP = {"RGB;16B": 3, "RGBA;16B": 4, "LA;16B": 2}  # how Pillow names 16 bits in a PNG's colours, and their number


class PictureFilm:
    """An open picture file; a `Source`.

    Args:
        file: open for reading, and closed with the film.
        turn: turn pictures as the file says.
    """

    def __init__(self, file: BinaryIO, turn: bool = True) -> None:
        self._file = file
        self._size = file.seek(0, os.SEEK_END)
        self._turn = turn
        self.taken = ""
        self.instrument = Instrument()
        with quiet():
            self._opened = self._open()
            animation = self._animation()
            self.count = len(animation.durations)
            self._first = animation.first
            self._times = animation.times()
            self.pixel_size = turned_size(self._resolution(), self._orientation())

    def values(self, index: int) -> Values:
        """Decode one frame."""
        with quiet():
            try:
                return self._decode(index)
            except Exception:
                self._opened = self._open()  # a frame that is broken leaves Pillow somewhere in the file
                raise

    def time(self, index: int) -> float | None:
        """Return when a frame is first shown, s since the first one."""
        return self._times[index] if self._times else None

    def close(self) -> None:
        """Close the file."""
        self._opened.close()
        self._file.close()

    def _open(self) -> Any:
        self._file.seek(0)
        opened = PillowImage.open(self._file, formats=FORMATS)
        check_pixels(*opened.size)
        return opened

    def _animation(self) -> Animation:
        place = self._file.tell()
        try:
            if self._opened.format == "GIF":
                return gif_frames(self._file)
            if self._opened.format == "PNG":
                found = png_frames(self._file)
                there = getattr(self._opened, "n_frames", 1) - found.first  # as its own head counts them
                return attrs.evolve(found, durations=found.durations[: max(1, there)])
        finally:
            self._file.seek(place)
        if self._opened.format == "MPO":
            self.taken = "the first of its pictures is taken; the others are its previews or another eye's"
        return Animation([0.0])

    def _decode(self, index: int) -> Values:
        if self.count > 1 or self._first:
            if self._opened.tell() > index + self._first:
                self._opened = self._open()  # Pillow loses its way in an animated PNG when it goes back
            self._opened.seek(index + self._first)
        elif self._opened.format != "GIF":
            self._opened = self._open()  # nothing of a picture is kept in memory
        check_pixels(*self._opened.size)
        deep = _deep_colours(self._opened)
        if deep:
            values = _sixteen_bits(self._opened, deep, self._open())
        else:
            self._opened.load()
            values = _plain(self._opened)
        return turned(values, self._orientation())

    def _orientation(self) -> int:
        """Return how the file says that it is to be turned, where labelme looks for it."""
        info = self._opened.info
        if not self._turn or self._opened.format not in ("JPEG", "MPO", "PNG"):
            return UPRIGHT
        if "exif" not in info and self._opened.format == "PNG" and self.count == 1 and not self._first:
            self._opened.load()  # may stand behind the pixels
            info = self._opened.info
        if "exif" not in info and "Raw profile type exif" not in info:
            return UPRIGHT
        try:
            found = self._opened.getexif().get(_ORIENTATION, UPRIGHT)
        except Exception:  # whatever it raises at a broken EXIF; the picture is whole without it
            return UPRIGHT
        return found if isinstance(found, int) else UPRIGHT

    def _resolution(self) -> PixelSize | None:
        across, down = 0.0, 0.0
        dpi = self._opened.info.get("dpi")
        if isinstance(dpi, tuple) and len(dpi) == 2:
            across, down = dpi
        return from_resolution(across, down, "inch")


def _plain(opened: Any) -> Values:
    """Return the values of a loaded picture, colours as red, green and blue."""
    if opened.mode in _AS_THEY_ARE and "transparency" not in opened.info:
        values = np.asarray(opened)
        return values.astype(values.dtype.newbyteorder("="))
    if opened.mode in _WITH_ALPHA or ("transparency" in opened.info and opened.mode in ("1", "L", "P", "RGB")):
        is_grey = opened.mode in ("LA", "La", "L", "1")
        both = np.asarray(opened.convert("LA" if is_grey else "RGBA"))
        return without_transparent(both[..., 0] if is_grey else both[..., :3], both[..., -1])
    if opened.mode in ("1", *_AS_THEY_ARE):
        return np.asarray(opened if opened.mode != "1" else opened.convert("L"))
    return np.asarray(opened.convert("RGB"))


def _deep_colours(opened: Any) -> str:
    """Return how Pillow names the colours of a PNG of 16 bits each, of which it keeps eight; else nothing."""
    if opened.format != "PNG" or not opened.tile or getattr(opened, "is_animated", False):
        return ""
    arguments = opened.tile[0][3]
    name = arguments if isinstance(arguments, str) else ""
    return name if name in _DEEP else ""


def _sixteen_bits(opened: Any, name: str, again: Any) -> Values:
    """Decode the upper eight bits of each number, then the lower ones, as Pillow decodes eight bits of colours."""
    colours = _DEEP[name]
    if colours == 2:  # grey and alpha, two bytes each, are four bytes in a row
        both = _load_as(opened, "RGBA")
        samples = both[..., ::2] << 8 | both[..., 1::2]
    else:
        upper, lower = _load_as(opened, name), _load_as(again, name.replace("16B", "16L"))
        samples = upper << 8 | lower
    values = samples[..., 0] if colours == 2 else samples[..., :3]
    return values if colours == 3 else without_transparent(values, samples[..., -1])


def _load_as(opened: Any, name: str) -> NDArray[np.uint16]:
    opened.tile = [part._replace(args=name) for part in opened.tile]
    opened.load()
    return np.asarray(opened).astype(np.uint16)
