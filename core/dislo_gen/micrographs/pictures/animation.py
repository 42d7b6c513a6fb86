"""How many frames a GIF or an animated PNG has, and how long each is shown: from the heads of its blocks alone."""

from __future__ import annotations

import os
import struct
from typing import BinaryIO

import attrs

from dislo_gen.errors import DatasetError

MAX_FRAMES = 100_000


@attrs.frozen
class Animation:
    """The frames of an animation.

    Attributes:
        durations: how long each is shown, s; at least one.
        first: number of the first of them among the pictures that Pillow counts: an animated PNG may begin with a
            picture for programs that show no animations, which is no frame.
    """

    durations: list[float]
    first: int = 0

    def times(self) -> list[float] | None:
        """Return when each frame is first shown, s; None if the file does not say."""
        if len(self.durations) < 2 or not all(self.durations[:-1]):
            return None
        found, now = [], 0.0
        for duration in self.durations:
            found.append(round(now, 6))
            now += duration
        return found


def gif_frames(file: BinaryIO) -> Animation:
    """Count the frames of a GIF.

    Raises:
        DatasetError: there are more than are read.
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    head = file.read(13)
    if len(head) < 13:
        return Animation([0.0])
    file.seek(_colours(head[10]), os.SEEK_CUR)
    durations: list[float] = []
    delay = 0.0
    while file.tell() < size:
        match file.read(1):
            case b"!":  # an extension
                kind = file.read(1)
                block = _blocks(file)
                if kind == b"\xf9" and len(block) >= 4:
                    delay = int.from_bytes(block[1:3], "little") / 100
            case b",":  # a picture
                about = file.read(9)
                if len(about) < 9:
                    break
                file.seek(_colours(about[8]) + 1, os.SEEK_CUR)
                _blocks(file)
                durations.append(delay)
                _check_count(len(durations))
            case b";":
                break
            case _:
                continue  # as Pillow does: whatever lies between blocks is skipped
    return Animation(durations or [0.0])


def png_frames(file: BinaryIO) -> Animation:
    """Count the frames of a PNG, of which there is one unless it is animated.

    Raises:
        DatasetError: there are more than are read.
    """
    file.seek(8)
    animated, before_pixels = False, True
    durations: list[float] = []
    first = 0
    while len(head := file.read(8)) == 8:
        length, kind = struct.unpack(">I4s", head)
        if kind == b"acTL" and before_pixels:
            animated = True
        elif kind == b"IDAT" and before_pixels:
            before_pixels = False
            first = 1 if animated and not durations else 0
            if not animated:
                break
        elif kind == b"fcTL" and length == 26:
            control = file.read(26)
            if len(control) < 26:
                break
            part, whole = struct.unpack_from(">HH", control, 20)
            durations.append(part / (whole or 100))
            _check_count(len(durations))
            length = 0
        elif kind == b"IEND":
            break
        file.seek(length + 4, os.SEEK_CUR)
    return Animation(durations, first) if animated and durations else Animation([0.0])


def _colours(flags: int) -> int:
    """Return how many bytes the table of colours takes that a GIF's flags announce."""
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _blocks(file: BinaryIO) -> bytes:
    """Skip a chain of a GIF's blocks; return the first."""
    first = b""
    while length := int.from_bytes(file.read(1), "little"):
        if first:
            file.seek(length, os.SEEK_CUR)
        else:
            first = file.read(length)
    return first


def _check_count(count: int) -> None:
    if count > MAX_FRAMES:
        raise DatasetError(f"has more than the {MAX_FRAMES} frames that are read")
