"""How large a picture may be, and which of its frames there are: looked at before memory is taken."""

from __future__ import annotations

from dislo_gen.errors import DatasetError
from dislo_gen.size import MAX_SIDE

MAX_PIXELS = 128 * 1024 * 1024
MAX_BYTES = 1024**3
"""Bytes that one decoded frame may take, all its colours and extra samples together."""


def check_frame(frame: int, count: int) -> None:
    """Raise a DatasetError unless there is a frame of this number."""
    if not 0 <= frame < count:
        raise DatasetError(f"there is no frame {frame}; frames are numbered from 0, and there are {count}")


def check_pixels(width: int, height: int) -> None:
    """Raise a DatasetError if a picture is too large to be read, or empty."""
    if max(width, height) > MAX_SIDE:
        raise DatasetError(f"{width} x {height} px: a side may have at most {MAX_SIDE} px; scale the picture down")
    if width * height > MAX_PIXELS:
        raise DatasetError(f"{width} x {height} px are more than the {MAX_PIXELS} px that are read")
    if min(width, height) < 1:
        raise DatasetError(f"{width} x {height} px: there is no pixel in this picture")


def check_bytes(count: int) -> None:
    """Raise a DatasetError if a decoded frame would take more memory than is given to one."""
    if count > MAX_BYTES:
        raise DatasetError(f"a frame of {count} bytes is more than the {MAX_BYTES} bytes that are read of one")
