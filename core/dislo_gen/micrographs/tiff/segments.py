"""The strips and tiles of a TIFF page, looked at before they are decoded."""

from __future__ import annotations

import io
import lzma
import math
import struct
import zlib
from typing import Any, BinaryIO

import tifffile
from PIL import Image as PillowImage

from dislo_gen.errors import DatasetError
from dislo_gen.micrographs.limits import check_bytes

_MAX_SEGMENTS = 400_000
_NONE, _JPEG, _WEBP = 1, 7, (34927, 50001)
_FAX, _DEFLATE, _JPEG2000 = (2, 3, 4), (8, 32946), (33003, 33004, 33005, 34712)
PACKBITS, _LZMA = 32773, 34925
_OTHERS = (5, 6, PACKBITS, _LZMA, 50000, 34926)  # LZW, old JPEG, ..., Zstandard (two numbers)
_PACKINGS = (_NONE, _JPEG, *_WEBP, *_FAX, *_DEFLATE, *_JPEG2000, *_OTHERS)
_CODESTREAM = b"\xff\x4f\xff\x51"
_HEAD = 64 * 1024
_SLACK, _STEP = 2**22, 2**22


def check_segments(page: Any, file: BinaryIO, size: int) -> None:
    """Raise a DatasetError if a page's strips or tiles are not whole, or would grow into more than the page is.

    Args:
        page: the page's head.
        file: what it is in.
        size: of the file, bytes.
    """
    if page.compression not in _PACKINGS:
        raise DatasetError(f"is packed in a way that is not read (Compression {page.compression!s})")
    offsets, counts = page.dataoffsets, page.databytecounts
    if not len(offsets):
        raise DatasetError("says of no pixel where it is in the file")
    if len(offsets) > _MAX_SEGMENTS:
        raise DatasetError(f"is cut into {len(offsets)} pieces; up to {_MAX_SEGMENTS} are read")
    whole = _segment_bytes(page)
    for offset, count in zip(offsets, counts, strict=False):
        length = min(count, whole) if page.compression == _NONE else count
        if count and offset + length > size:
            raise DatasetError("breaks off before the end of this picture")
        if count:
            _check_growth(page, file, int(offset), int(count))
    if page.compression == _NONE and len(offsets) == 1 and counts[0] < page.nbytes and not _fits(page, size):
        raise DatasetError("breaks off before the end of this picture")


def _fits(page: Any, size: int) -> bool:
    packed = math.ceil(page.imagewidth * page.samplesperpixel * _bits(page) / 8) * page.imagelength
    return bool(page.dataoffsets[0] + packed <= size)


def _bits(page: Any) -> int:
    return int(page.bitspersample) if isinstance(page.bitspersample, int) else 8


def _segment_bytes(page: Any) -> int:
    """Return how many bytes a strip or tile has at most once it is unpacked."""
    samples = page.samplesperpixel if page.planarconfig == 1 else 1
    width, height = (
        (page.tilewidth, page.tilelength)
        if page.is_tiled
        else (page.imagewidth, page.rowsperstrip or page.imagelength)
    )
    return math.ceil(int(width) * int(samples) * max(8, _bits(page)) / 8) * int(height)


def _check_growth(page: Any, file: BinaryIO, offset: int, count: int) -> None:
    """Look into pieces that say themselves how large they are, or that may grow a thousandfold."""
    room = 2 * _segment_bytes(page) + _SLACK
    if count > room and page.compression != _NONE:
        raise DatasetError(f"holds a piece of {count} bytes, which is larger than the picture")
    if page.compression in (_JPEG, *_JPEG2000, *_WEBP):
        file.seek(offset)
        width, height, samples = _stated_size(file.read(min(count, _HEAD)))
        if max(width, height) > 4 * max(page.imagewidth, page.imagelength, page.tilewidth, page.tilelength, 64):
            raise DatasetError(f"holds a piece of {width} x {height} px, which is larger than the picture")
        check_bytes(width * height * samples)
    elif page.compression in (*_DEFLATE, _LZMA) and not has_imagecodecs():
        file.seek(offset)
        _check_unpacked(zlib.decompressobj() if page.compression != _LZMA else None, file.read(count), room)


def has_imagecodecs() -> bool:
    """Say whether imagecodecs unpacks, which is told where to stop; Python's own modules are not."""
    return not hasattr(tifffile, "_imagecodecs")


def _check_unpacked(inflate: Any, packed: bytes, room: int) -> None:
    decoder: Any = inflate or lzma.LZMADecompressor()
    unpacked, rest = 0, packed
    while not decoder.eof and (rest or (inflate is None and not decoder.needs_input)):
        unpacked += len(decoder.decompress(rest, _STEP))
        if unpacked > room:
            raise DatasetError("holds a piece that unpacks into more than the picture")
        rest = inflate.unconsumed_tail if inflate else b""


def _stated_size(head: bytes) -> tuple[int, int, int]:
    """Return width, height and samples that a JPEG, JPEG 2000 or WebP picture says it has; zeros if it is none."""
    at = head.find(_CODESTREAM)
    if at >= 0 and len(head) >= at + 42:
        right, bottom, left, top = struct.unpack_from(">4I", head, at + 8)
        (samples,) = struct.unpack_from(">H", head, at + 40)
        return max(0, right - left), max(0, bottom - top), samples
    if head[:2] == b"\xff\xd8":
        try:
            _, height, width, samples = tifffile.tifffile.jpeg_shape(head)
        except (ValueError, IndexError, struct.error):
            return 0, 0, 0
        return width, height, samples
    if head[:4] == b"RIFF":
        try:
            with PillowImage.open(io.BytesIO(head), formats=("WEBP",)) as opened:
                return (*opened.size, len(opened.getbands()))
        except (OSError, ValueError, SyntaxError):
            return 0, 0, 0
    return 0, 0, 0
