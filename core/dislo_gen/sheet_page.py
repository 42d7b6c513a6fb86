"""Rows of captioned pictures on a page, laid out as a manual would print them."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage
from PIL import ImageDraw

from dislo_gen.interfaces import Image
from dislo_gen.lettering import font_of, wrapped, write_line

_MARGIN, _GUTTER, _GAP = 28, 40, 6
_PER_LINE = 3
_LONGEST_COLUMN = 4  # rows; a page with more of them has two columns
_TITLE, _TEXT, _SMALL = 22, 13, 12  # font sizes
_HEADING, _HELP, _CAPTION, _BELOW_LINE, _BELOW_ROW = 19, 21, 17, 6, 16  # heights
_DARK, _GREY, _PALE, _WHITE = 45, 120, 236, 255


@attrs.frozen(eq=False)
class Tile:
    """A picture, (H, W) float32, or None where it could not be drawn; and what is written below it."""

    caption: str
    picture: Image | None


@attrs.frozen(eq=False)
class Row:
    """What changes in a row, its unit and a line on it, its pictures, and what was set besides."""

    name: str
    unit: str
    about: str
    tiles: Sequence[Tile]
    beside: str = ""


def compose(title: str, texts: Sequence[str], rows: Sequence[Row], note: str, tile: int) -> NDArray[np.uint8]:
    """Lay rows out on a page: what changes, below that a picture for each value, below that the value.

    A page is three pictures wide, or twice that when there are many rows; rows of more pictures are broken.

    Args:
        title: stands at the top.
        texts: a few words on the whole, each on a line of its own.
        rows: at least one.
        note: stands at the bottom, if there is one.
        tile: side of a picture on the page, in pixels.

    Returns:
        (H, W) uint8 grey.
    """
    block = _PER_LINE * tile + (_PER_LINE - 1) * _GAP
    columns = _columns(rows, tile)
    width = len(columns) * block + (len(columns) - 1) * _GUTTER
    lines = [line for text in texts for line in wrapped(text, font_of(_TEXT), width)]
    notes = wrapped(note, font_of(_SMALL), width)
    under_title = _MARGIN + _TITLE + 12
    top = under_title + _HEADING * len(lines) + 14
    bottom = top + max(sum(_height(row, tile) for row in column) for column in columns)
    height = bottom + _HEADING * len(notes) + _MARGIN - (0 if notes else _BELOW_ROW)
    page = PillowImage.new("L", (width + 2 * _MARGIN, height), _WHITE)
    pen = ImageDraw.Draw(page)
    write_line(pen, (_MARGIN, _MARGIN), title, _TITLE, _DARK, width)
    for number, line in enumerate(lines):
        write_line(pen, (_MARGIN, under_title + _HEADING * number), line, _TEXT, _GREY, width)
    for number, column in enumerate(columns):
        y = top
        for row in column:
            _draw_row(page, pen, row, (_MARGIN + number * (block + _GUTTER), y), tile)
            y += _height(row, tile)
    for number, line in enumerate(notes):
        write_line(pen, (_MARGIN, bottom + _HEADING * number), line, _SMALL, _GREY, width)
    return np.array(page)


def _columns(rows: Sequence[Row], tile: int) -> list[Sequence[Row]]:
    """Split the rows, in order, into one column or into two that end as evenly as possible."""
    if len(rows) <= _LONGEST_COLUMN:
        return [rows]
    heights = [_height(row, tile) for row in rows]
    # A left column that is the longer one looks right, the other way round does not.
    split = min(
        (n for n in range(1, len(rows)) if sum(heights[:n]) >= sum(heights[n:])),
        key=lambda n: sum(heights[:n]),
        default=len(rows) - 1,
    )
    return [rows[:split], rows[split:]]


def _height(row: Row, tile: int) -> int:
    lines = -(-len(row.tiles) // _PER_LINE)
    return _HEADING + _HELP + lines * (tile + _CAPTION) + (lines - 1) * _BELOW_LINE + _BELOW_ROW


def _draw_row(
    sheet: PillowImage.Image, pen: ImageDraw.ImageDraw, row: Row, corner: tuple[int, int], tile: int
) -> None:
    left, top = corner
    width = _PER_LINE * tile + (_PER_LINE - 1) * _GAP
    used = write_line(pen, (left, top), row.name, _TEXT, _DARK, width)
    more = f"({row.unit}) {row.beside}" if row.unit else row.beside
    if more:
        write_line(pen, (left + used + 6, top), more, _TEXT, _GREY, max(width - used - 6, 0))
    write_line(pen, (left, top + _HEADING), row.about, _SMALL, _GREY, width)
    for number, part in enumerate(row.tiles):
        line, place = divmod(number, _PER_LINE)
        x = left + place * (tile + _GAP)
        y = top + _HEADING + _HELP + line * (tile + _CAPTION + _BELOW_LINE)
        if part.picture is None:
            pen.rectangle((x, y, x + tile - 1, y + tile - 1), fill=_PALE)
            pen.text((x + tile / 2, y + tile / 2), "failed", fill=_GREY, font=font_of(_TEXT), anchor="mm")
        else:
            pixels = PillowImage.fromarray((part.picture * np.float32(255) + np.float32(0.5)).astype(np.uint8))
            sheet.paste(pixels.resize((tile, tile), PillowImage.Resampling.LANCZOS), (x, y))
        write_line(pen, (x, y + tile + 3), part.caption, _SMALL, _GREY, tile)
