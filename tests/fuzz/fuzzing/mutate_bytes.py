"""Changing bytes: what damaged disks, broken downloads and people with bad intentions do to files."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Sequence

from numpy.random import Generator

LARGEST = 200_000  # bytes; a mutation never makes more of a file
_NUMBERS = (0, 1, 2, 3, 7, 8, 16, 64, 127, 128, 255, 256, 1000, 4096, 10_000, 20_000, 32767, 32768, 65535, 65536,
            1 << 20, 1 << 24, (1 << 30) - 1, (1 << 31) - 1, 1 << 31, (1 << 32) - 1, 1 << 32, (1 << 40) + 5,
            (1 << 63) - 1, 1 << 63, (1 << 64) - 1)  # fmt: skip
_FLOATS = (0.0, -0.0, 1e-300, 1e300, -1.0, float("inf"), float("-inf"), float("nan"), 1e10)

Mutation = Callable[[bytes, Generator, Sequence[bytes]], bytes]


def mutate_bytes(data: bytes, rng: Generator, others: Sequence[bytes] = ()) -> bytes:
    """Return a file changed in one to six places.

    Args:
        data: a valid file.
        rng: decides what is changed.
        others: files of the same kind, pieces of which may be put into this one.
    """
    for _ in range(min(6, int(rng.geometric(0.5)))):
        data = _MUTATIONS[rng.integers(len(_MUTATIONS))](data, rng, others)[:LARGEST]
    if data.startswith(_PNG) and rng.random() < 0.7:
        data = with_checksums(data)
    return data


def _place(data: bytes, rng: Generator) -> int:
    """Return a place in the file, at its beginning or its end more often than not: there the sizes stand."""
    which = rng.random()
    if which < 0.5:
        return int(rng.integers(min(len(data), 600) + 1))
    if which < 0.6:
        return len(data) - int(rng.integers(min(len(data), 400) + 1))
    return int(rng.integers(len(data) + 1))


def _span(data: bytes, rng: Generator) -> tuple[int, int]:
    start = _place(data, rng)
    return start, min(len(data), start + int(min(rng.geometric(0.03), 5000)))


def _truncate(data: bytes, rng: Generator, _: Sequence[bytes]) -> bytes:
    return data[: _place(data, rng)]


def _flip(data: bytes, rng: Generator, _: Sequence[bytes]) -> bytes:
    changed = bytearray(data)
    for _again in range(int(rng.integers(1, 9)) if changed else 0):
        changed[min(_place(data, rng), len(changed) - 1)] ^= 1 << int(rng.integers(8))
    return bytes(changed)


def _number(data: bytes, rng: Generator, _: Sequence[bytes]) -> bytes:
    at, size = _place(data, rng), int(rng.choice([1, 2, 4, 8]))
    if rng.random() < 0.7:
        at -= at % min(size, 4)
    value = int(_NUMBERS[rng.integers(len(_NUMBERS))]) & ((1 << 8 * size) - 1)
    return data[:at] + value.to_bytes(size, "little" if rng.random() < 0.6 else "big") + data[at + size :]


def _float(data: bytes, rng: Generator, _: Sequence[bytes]) -> bytes:
    at, value = _place(data, rng), _FLOATS[rng.integers(len(_FLOATS))]
    piece = struct.pack("<d", value)
    if rng.random() < 0.5 and abs(value) < 1e38:
        piece = struct.pack("<f", value)
    return data[:at] + piece + data[at + len(piece) :]


def _length(data: bytes, rng: Generator, _: Sequence[bytes]) -> bytes:
    """Change a number that may be a length or an offset, because it is smaller than the file."""
    size, order = int(rng.choice([2, 4])), "little" if rng.random() < 0.6 else "big"
    for _again in range(40):
        at = _place(data, rng)
        value = int.from_bytes(data[at : at + size], order)  # type: ignore[arg-type]
        if 1 < value <= len(data) and at + size <= len(data):
            changed = (value + 1, value - 1, value * 2, value * 1000, value // 2, at, 0, len(data))[
                rng.integers(8)
            ]
            piece = (changed & ((1 << 8 * size) - 1)).to_bytes(size, order)  # type: ignore[arg-type]
            return data[:at] + piece + data[at + size :]
    return data


def _remove(data: bytes, rng: Generator, _: Sequence[bytes]) -> bytes:
    start, end = _span(data, rng)
    return data[:start] + data[end:]


def _repeat(data: bytes, rng: Generator, _: Sequence[bytes]) -> bytes:
    start, end = _span(data, rng)
    return data[:end] + data[start:end] * int(min(rng.geometric(0.2), 200)) + data[end:]


def _noise(data: bytes, rng: Generator, _: Sequence[bytes]) -> bytes:
    start, end = _span(data, rng)
    return data[:start] + rng.bytes(end - start) + data[end:]


def _fill(data: bytes, rng: Generator, _: Sequence[bytes]) -> bytes:
    start, end = _span(data, rng)
    return data[:start] + bytes([int(rng.choice([0, 255, 1, 127, 128]))]) * (end - start) + data[end:]


def _splice(data: bytes, rng: Generator, others: Sequence[bytes]) -> bytes:
    if not others:
        return _noise(data, rng, others)
    other = others[rng.integers(len(others))]
    start, end = _span(other, rng)
    at = _place(data, rng)
    if rng.random() < 0.3:  # the head of one and the body of the other
        return data[:at] + other[at:]
    return data[:at] + other[start:end] + data[at + (end - start) * int(rng.integers(2)) :]


def _swap(data: bytes, rng: Generator, _: Sequence[bytes]) -> bytes:
    a, b = sorted((_place(data, rng), _place(data, rng)))
    size = int(rng.integers(1, 64))
    if a + size > b:
        return data
    return data[:a] + data[b : b + size] + data[a + size : b] + data[a : a + size] + data[b + size :]


_MUTATIONS: tuple[Mutation, ...] = (
    _truncate, _flip, _flip, _number, _number, _number, _float, _length, _length,
    _remove, _repeat, _noise, _fill, _splice, _swap,
)  # fmt: skip

_PNG = b"\x89PNG\r\n\x1a\n"


def with_checksums(data: bytes) -> bytes:
    """Return a PNG file whose chunks have the right checksums, without which nothing in them is looked at."""
    out, at = [data[:8]], 8
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        if at + 12 + length > len(data):
            break
        kind_and_content = data[at + 4 : at + 8 + length]
        out += [data[at : at + 4], kind_and_content, zlib.crc32(kind_and_content).to_bytes(4, "big")]
        at += 12 + length
    return b"".join(out) + data[at:]
