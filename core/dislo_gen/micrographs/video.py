"""Video films, through PyAV: decoded as they are asked for, so that memory does not grow with the film."""

from __future__ import annotations

import bisect
import math
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import attrs
import numpy as np

from dislo_gen.errors import DatasetError
from dislo_gen.extras import require
from dislo_gen.micrographs.facts import Instrument, PixelSize, Values
from dislo_gen.micrographs.limits import MAX_PIXELS, check_pixels
from dislo_gen.micrographs.microscopes.raw import opened, reason
from dislo_gen.micrographs.microscopes.signal_metadata import chosen

SUFFIXES = (".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm", ".mpg", ".mpeg", ".wmv")
"""How names of films end."""

_MOST_THREADS = 4
_FULL_RANGE = 2
_MATRIX = "DISPLAYMATRIX"
_REORDERED = ("h264", "hevc", "mpeg4")  # what is packed so is not stored in the order in which it is shown
_AHEAD = 12  # so many frames are decoded on rather than looked for anew


def open_video(path: Path) -> _Film:
    """Open a film; of several pictures in it the largest is taken, and covers and thumbnails are none.

    The film's packets are gone through once, without decoding, because what files say of their number of frames
    is often wrong. The file is read through one that is open already: no film makes FFmpeg open another.

    Raises:
        DatasetError: it is no film of a kind that is read, is broken, holds no picture, or is too large.
        MissingExtraError: PyAV is not installed.
    """
    require("av", "Reading films", "films")
    with opened(path) as (file, _):
        layout = _layout(file)
        taken, number, stamps = _look_through(file, layout)
        return _Film(file, layout, number, stamps, taken)


def _layout(file: BinaryIO) -> str:
    """Return what FFmpeg calls a film's layout, by how it begins; its name says nothing reliable.

    None of those that are lists of other files is among them.
    """
    head = file.read(12)
    file.seek(0)
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"):
        return "mov"
    if head[:4] == b"RIFF" and head[8:12] in (b"AVI ", b"AVIX", b"AVI\x19"):
        return "avi"
    starts = {
        b"\x1a\x45\xdf\xa3": "matroska",
        b"\x00\x00\x01\xba": "mpeg",
        b"\x00\x00\x01\xb3": "mpegvideo",
        b"\x30\x26\xb2\x75": "asf",
    }
    if head[:4] not in starts:
        raise DatasetError("is not a film that can be read; MP4, MOV, AVI, MKV, WebM, MPEG and WMV are")
    return starts[head[:4]]


def _open(file: BinaryIO, layout: str) -> Any:
    import av

    file.seek(0)
    try:
        return av.open(_Door(file), format=layout, metadata_errors="replace")
    except MemoryError:  # FFmpeg's answer, without taking any, to sizes that no film has
        why = "it says that it holds more than any film can"
    except Exception as error:  # FFmpeg's errors are of many kinds
        why = getattr(error, "strerror", None) or reason(error)
    raise DatasetError(f"is not a film that can be read: {why}")


class _Door:
    """What FFmpeg sees of a file: a place that is none gets the answer that FFmpeg knows, and no traceback."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def read(self, size: int) -> bytes:
        return self._file.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        try:
            return self._file.seek(offset, whence)
        except (OSError, ValueError, OverflowError):
            return -1

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True


def _look_through(file: BinaryIO, layout: str) -> tuple[str, int, list[int | None]]:
    """Return what is taken, as a clause, its number in the file, and its frames' times in a unit of its own."""
    container = _open(file, layout)
    try:
        streams = [stream for stream in container.streams.video if stream.codec_context and not _is_still(stream)]
        stamps: dict[int, list[int | None]] = {stream.index: [] for stream in streams}
        if not streams:
            raise DatasetError("there is no film in this file, or one that is packed in a way that is not read")
        broken = False
        try:
            for packet in container.demux(streams):
                if packet.size and not packet.is_discard:
                    stamps[packet.stream.index].append(packet.pts)
        except Exception:  # FFmpeg's errors are of many kinds; what is there so far is a film
            broken = True
        said = {stream.index: stream.frames if layout == "avi" else 0 for stream in streams}
        sizes = {stream.index: (stream.codec_context.width, stream.codec_context.height) for stream in streams}
    finally:
        container.close()
    best = max(stamps, key=lambda index: (math.prod(sizes[index]) * len(stamps[index]), -index))
    if not stamps[best]:
        raise DatasetError("there is no frame in this film")
    check_pixels(*sizes[best])
    labels = {index: f"number {index} ({width} x {height} px)" for index, (width, height) in sizes.items()}
    clauses = [chosen(labels.pop(best), list(labels.values()))]
    held = len(stamps[best])
    if broken or said[best] > held:
        clauses.append(f"the film is cut off, or broken, after {held} frames")
    return "; ".join(clause for clause in clauses if clause), best, stamps[best]


def _is_still(stream: Any) -> bool:
    """Say whether this is a cover or a thumbnail."""
    import av.stream

    stills = av.stream.Disposition.attached_pic | av.stream.Disposition.timed_thumbnails
    return bool(stream.disposition & stills)


@attrs.define(eq=False)
class _Film:
    """An open film.

    Attributes:
        number: of the stream in the file.
        stamps: when each packet's frame is shown, in the stream's unit of time.
    """

    file: BinaryIO
    layout: str
    number: int
    stamps: list[int | None]
    taken: str
    pixel_size: PixelSize | None = None
    instrument: Instrument = attrs.Factory(Instrument)
    count: int = attrs.field(init=False)
    _shown: list[int] = attrs.field(init=False)
    _container: Any = attrs.field(init=False, default=None)
    _stream: Any = attrs.field(init=False, default=None)
    _frames: Iterator[tuple[int, Any]] = attrs.field(init=False)
    _next: int = attrs.field(init=False, default=0)
    _held: tuple[int, Any] | None = attrs.field(init=False, default=None)
    _matrix: bytes | None = attrs.field(init=False, default=None)

    def __attrs_post_init__(self) -> None:
        self.count = len(self.stamps)
        known = sorted({stamp for stamp in self.stamps if stamp is not None})
        self._shown = known if len(known) == self.count else []
        self._restart()

    def values(self, index: int) -> Values:
        """Decode one frame; the next one is at hand then."""
        jumped = not self._next <= index <= self._next + _AHEAD
        if jumped:
            self._go_to(index)
        found = self._decode_to(index)
        if found is None and jumped:  # the place that was looked for lies behind the frame
            self._restart()
            found = self._decode_to(index)
        if found is None:
            raise DatasetError("this frame cannot be decoded")
        if self._matrix is None:  # asked once: to ask each frame keeps it in memory until Python tidies up
            self._matrix = next((bytes(data) for data in found.side_data if data.type.name == _MATRIX), b"")
        return turned(_values(found), self._matrix)

    def time(self, index: int) -> float | None:
        """Return when a frame is shown, s since the first one."""
        if self.count < 2 or not self._shown or self._stream is None or self._stream.time_base is None:
            return None
        return float(f"{float((self._shown[index] - self._shown[0]) * self._stream.time_base):.9g}")

    def close(self) -> None:
        """Close the file."""
        if self._container is not None:
            self._container.close()
        self.file.close()

    @property
    def _in_order(self) -> bool:
        """Whether frames are counted: AVI has no times, and FFmpeg guesses wrong for those stored out of turn."""
        return self.layout == "avi" and self._stream.codec_context.name in _REORDERED

    def _restart(self) -> None:
        """Begin with the first frame."""
        if self._container is not None:
            self._container.close()
        self._container = _open(self.file, self.layout)
        self._stream = next(stream for stream in self._container.streams.video if stream.index == self.number)
        context = self._stream.codec_context
        context.options = {"max_pixels": str(MAX_PIXELS)}
        context.thread_type = "SLICE"  # several frames at once would lose those beside a broken one
        context.thread_count = min(_MOST_THREADS, os.cpu_count() or 1)
        self._begin()

    def _begin(self) -> None:
        self._frames, self._next, self._held = self._decoded(), 0, None

    def _go_to(self, index: int) -> None:
        """Go to the last place before a frame from which it can be decoded; to the beginning if none is known."""
        if not self._shown or index <= _AHEAD:
            self._restart()
            return
        try:
            self._container.seek(self._shown[index], stream=self._stream, backward=True)
        except Exception:  # FFmpeg's errors are of many kinds
            self._restart()
        else:
            self._begin()

    def _decode_to(self, index: int) -> Any:
        """Return a frame, or None if it is not among those that are decoded; later ones are kept."""
        while True:
            if self._held is None:
                self._held = next(self._frames, None)
            if self._held is None or self._held[0] > index:
                self._next = index + 1
                return None
            number, frame = self._held
            self._held = None
            if number == index:
                self._next = index + 1
                return frame

    def _decoded(self) -> Iterator[tuple[int, Any]]:
        """Yield frames with their numbers, as they are decoded; broken ones are passed over."""
        last = -1
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets, None)
            except Exception:  # FFmpeg's errors are of many kinds
                return
            if packet is None:
                return
            try:
                frames = packet.decode()
            except Exception:  # a broken frame: those that follow may be whole
                frames = []
                last += 1 if self._in_order and last >= 0 else 0
            for frame in frames:
                number = last + 1 if self._in_order and last >= 0 else self._number(frame, last)
                if number > last:
                    last = number
                    yield number, frame

    def _number(self, frame: Any, last: int) -> int:
        """Return a frame's number: by when it is shown, else the one after the last."""
        if self._shown and frame.pts is not None:
            place = bisect.bisect_left(self._shown, frame.pts)
            if place < self.count and self._shown[place] == frame.pts:
                return place
            return -1  # shown by none of the packets: from before the beginning
        return last + 1


def _values(frame: Any) -> Values:
    """Return a frame in the whole range of brightness, as every viewer shows it; deep ones in 16 bits."""
    check_pixels(frame.width, frame.height)
    deep = max(component.bits for component in frame.format.components) > 8
    is_grey = len(frame.format.components) == 1 and not frame.format.has_palette
    layout = ("gray16le" if deep else "gray") if is_grey else ("rgb48le" if deep else "rgb24")
    values: Values = frame.to_ndarray(
        format=layout, src_color_range=frame.color_range or None, dst_color_range=_FULL_RANGE
    )
    return values


def turned(values: Values, matrix: bytes) -> Values:
    """Turn and mirror a picture as a film's matrix of nine numbers says; anything but quarter turns is left.

    Args:
        values: (H, W) or (H, W, 3).
        matrix: nine int32, in the machine's byte order.
    """
    if len(matrix) < 36:
        return values
    a, b, _, c, d = (int(each) for each in np.frombuffer(matrix[:20], dtype=np.int32))
    if b == c == 0 and a and d:
        across, down = a < 0, d < 0
    elif a == d == 0 and b and c:
        values = values.swapaxes(0, 1)
        across, down = c < 0, b < 0
    else:
        return values
    return np.ascontiguousarray(values[:: -1 if down else 1, :: -1 if across else 1])
