"""The pages of a TIFF file, from their heads alone: a file whose list of pages is a trap ends here."""

from __future__ import annotations

import os
import struct
from typing import BinaryIO

import attrs

from dislo_gen.errors import DatasetError

HEADS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
"""How TIFF files begin: both byte orders; the last two are those of BigTIFF."""

MAX_PAGES = 300_000
_MAX_TAGS = 4096
_TYPES = {1: "B", 3: "H", 4: "I", 16: "Q"}  # the kinds of number that sizes and flags are written as
_SUBFILE, _WIDTH, _HEIGHT, _OLD_SUBFILE, _SAMPLES, _PHOTOMETRIC, _BITS = 254, 256, 257, 255, 277, 262, 258
_WANTED = {_SUBFILE, _WIDTH, _HEIGHT, _OLD_SUBFILE, _SAMPLES, _PHOTOMETRIC, _BITS}
_REDUCED, _MASK = 1, 4
_OLD_REDUCED = 2
_TRANSPARENCY_MASK = 4


@attrs.frozen
class Page:
    """What the head of a page says.

    Attributes:
        offset: where its head is in the file.
        width, height: px.
        samples: numbers a pixel.
        bits: of each of these; 0 where a pixel has so many that the head does not hold it.
        aside: it says itself that it is a preview or a mask of another page.
    """

    offset: int
    width: int
    height: int
    samples: int
    bits: int
    aside: bool


@attrs.frozen
class Chain:
    """The pages of a file, in its order.

    Attributes:
        pages: at least one.
        breaks_off: the list leads out of the file or in a circle, as in a file that was cut short.
    """

    pages: list[Page]
    breaks_off: bool


def read_chain(file: BinaryIO) -> Chain:
    """Read the heads of all pages.

    Raises:
        DatasetError: there is no page, or there are more than are read.
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    head = file.read(16)
    order = "<" if head[:2] == b"II" else ">"
    is_big = head[2:4] in (b"+\0", b"\0+")
    try:
        (offset,) = struct.unpack_from(order + ("Q" if is_big else "I"), head, 8 if is_big else 4)
    except struct.error:
        raise DatasetError("breaks off within its first 16 bytes") from None
    pages: list[Page] = []
    seen: set[int] = set()
    budget = 2 * size  # bytes of heads that are read; those of an honest file lie side by side in it
    while offset:
        if offset in seen or offset >= size or budget < 0:
            break
        if len(pages) == MAX_PAGES:
            raise DatasetError(f"has more than the {MAX_PAGES} pages that are read")
        seen.add(offset)
        found = _read_page(file, offset, order, is_big)
        if found is None:
            break
        page, offset, length = found
        budget -= length
        pages.append(page)
    if not pages:
        raise DatasetError("there is no page in this TIFF file, or it breaks off before the first")
    return Chain(pages, breaks_off=bool(offset))


def _read_page(file: BinaryIO, at: int, order: str, is_big: bool) -> tuple[Page, int, int] | None:
    counted, entry, place = ("Q", 20, "Q") if is_big else ("H", 12, "I")
    file.seek(at)
    start = struct.calcsize(order + counted)
    data = file.read(start)
    if len(data) < start:
        return None
    (count,) = struct.unpack(order + counted, data)
    after = struct.calcsize(order + place)
    if not 0 < count <= _MAX_TAGS:
        return None
    data = file.read(count * entry + after)
    if len(data) < count * entry:
        return None
    tags = _numbers(data[: count * entry], order, is_big)
    rest = data[count * entry :]
    following = struct.unpack(order + place, rest)[0] if len(rest) == after else 0
    aside = bool(tags.get(_SUBFILE, 0) & (_REDUCED | _MASK)) or tags.get(_OLD_SUBFILE) == _OLD_REDUCED
    aside = aside or tags.get(_PHOTOMETRIC) == _TRANSPARENCY_MASK
    samples = tags.get(_SAMPLES, 1)
    bits = tags.get(_BITS, 0 if samples > 1 else 1)
    page = Page(at, tags.get(_WIDTH, 0), tags.get(_HEIGHT, 0), samples, bits, aside)
    return page, following, start + len(data)


def _numbers(data: bytes, order: str, is_big: bool) -> dict[int, int]:
    """Return the first number of each wanted tag that holds it in its entry."""
    found = {}
    room = 8 if is_big else 4
    for tag, kind, count, value in struct.iter_unpack(f"{order}HH{'Q' if is_big else 'I'}{room}s", data):
        code = _TYPES.get(kind)
        if tag in _WANTED and code and count and count * struct.calcsize("=" + code) <= room:
            found[tag] = struct.unpack_from(order + code, value)[0]
    return found
