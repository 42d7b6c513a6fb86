"""Blocks of rows: what is computed in several steps is done for one of them after the other.

A block stays in the processor's cache, and its temporary arrays are so small that they are not given back to the
system and asked for again, which takes longer at the usual sizes than the arithmetic does.
"""

from __future__ import annotations

from collections.abc import Iterator

from dislo_gen import Size

_PIXELS = 32768


def row_blocks(size: Size) -> Iterator[slice]:
    """Cut a picture's rows into blocks of about ``_PIXELS`` pixels."""
    rows = max(1, _PIXELS // size.width)
    for first in range(0, size.height, rows):
        yield slice(first, min(first + rows, size.height))
