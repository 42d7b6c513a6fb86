"""The tree of tags in a file of Gatan's Digital Micrograph, versions 3 and 4; large arrays stay in the file."""

from __future__ import annotations

import struct
from typing import Any, BinaryIO

import attrs

from dislo_gen.errors import DatasetError

Tags = dict[str, Any]
"""Names to numbers, texts, tuples of numbers, `Block` and more `Tags`; what has no name is called #0, #1, ..."""

_SIMPLE = {2: "h", 3: "i", 4: "H", 5: "I", 6: "f", 7: "d", 8: "B", 9: "b", 10: "B", 11: "q", 12: "Q"}
_STRUCT, _STRING, _ARRAY = 15, 18, 20
_TAG, _GROUP = 21, 20
_MOST_TAGS, _DEEPEST, _LONGEST_TEXT, _LONGEST_LIST, _MOST_WORDS = 500_000, 64, 4096, 64, 4096


@attrs.frozen
class Block:
    """An array that was passed over.

    Attributes:
        place: where it begins in the file, in bytes.
        size: its length in bytes.
    """

    place: int
    size: int


def read_tags(file: BinaryIO, size: int) -> tuple[Tags, str]:
    """Read the tree of a file of so many bytes; return it and the byte order of its values, "<" or ">".

    Raises:
        DatasetError: this is no such file, or it is broken.
    """
    reader = _Reader(file, size)
    version = reader.integers(">i")
    if version not in (3, 4):
        raise DatasetError("is not a picture that can be read: this is no file of Digital Micrograph 3 or 4")
    reader.long = ">i" if version == 3 else ">q"
    reader.integers(reader.long)
    reader.order = "<" if reader.integers(">i") else ">"
    return reader.group(0), reader.order


class _Reader:
    def __init__(self, file: BinaryIO, size: int) -> None:
        self.file = file
        self.size = size
        self.long = ">i"
        self.order = "<"
        self.seen = 0

    def bytes(self, count: int) -> bytes:
        data = self.file.read(count)
        if len(data) != count:
            raise _broken()
        return data

    def integers(self, layout: str) -> int:
        return int(struct.unpack(layout, self.bytes(struct.calcsize(layout)))[0])

    def group(self, depth: int) -> Tags:
        if depth > _DEEPEST:
            raise _broken()
        self.bytes(2)
        if depth and self.long == ">q":
            self.bytes(8)
        count = self.integers(self.long)
        tags: Tags = {}
        for number in range(count):
            self.seen += 1
            if self.seen > _MOST_TAGS:
                raise _broken()
            kind, length = struct.unpack(">bH", self.bytes(3))
            name = self.bytes(length).decode("latin-1") or f"#{number}"
            if kind == _GROUP:
                tags[name] = self.group(depth + 1)
            elif kind == _TAG:
                tags[name] = self.value(is_picture=name == "Data")
            else:
                raise _broken()
        return tags

    def value(self, is_picture: bool) -> object:
        if self.long == ">q":
            self.bytes(8)
        if self.bytes(4) != b"%%%%":
            raise _broken()
        count = self.integers(self.long)
        if not 1 <= count <= _MOST_WORDS:
            raise _broken()
        words = [self.integers(self.long) for _ in range(count)]
        kind = words[0]
        if kind in _SIMPLE and count == 1:
            return struct.unpack(self.order + _SIMPLE[kind], self.bytes(struct.calcsize("=" + _SIMPLE[kind])))[0]
        if kind == _STRING and count == 2:
            block = self.skip(words[1])
            return self.text(block, "utf-8") if block.size <= _LONGEST_TEXT else block
        if kind == _STRUCT:
            return self.numbers(self.fields(words))
        if kind == _ARRAY and count == 3:
            return self.array(words[1], words[2], is_picture)
        if kind == _ARRAY and words[1] == _STRUCT:
            layout = self.fields(words[1:-1])
            return self.skip(struct.calcsize(layout) * words[-1])
        raise _broken()

    def array(self, kind: int, count: int, is_picture: bool) -> object:
        if kind not in _SIMPLE:
            raise _broken()
        element = _SIMPLE[kind]
        block = self.skip(struct.calcsize("=" + element) * count)
        if is_picture:
            return block
        if element == "H" and block.size <= _LONGEST_TEXT:
            return self.text(block, "utf-16-le" if self.order == "<" else "utf-16-be")
        if count > _LONGEST_LIST:
            return block
        self.file.seek(block.place)
        return self.numbers(f"{self.order}{count}{element}")

    def fields(self, words: list[int]) -> str:
        """Return the layout of a struct from its definition: 15, length, count, and (length, type) of each."""
        kinds = words[4::2]
        if len(words) < 3 or words[2] != len(kinds) or not all(kind in _SIMPLE for kind in kinds):
            raise _broken()
        return self.order + "".join(_SIMPLE[kind] for kind in kinds)

    def numbers(self, layout: str) -> tuple[Any, ...]:
        return struct.unpack(layout, self.bytes(struct.calcsize(layout)))

    def skip(self, size: int) -> Block:
        place = self.file.tell()
        if size < 0 or place + size > self.size:
            raise _broken()
        self.file.seek(place + size)
        return Block(place, size)

    def text(self, block: Block, encoding: str) -> str:
        self.file.seek(block.place)
        return self.bytes(block.size).decode(encoding, errors="replace")


def _broken() -> DatasetError:
    return DatasetError("is not a picture that can be read: the tags of this file are broken, or it is cut off")
