"""Rows of captioned pictures on a page."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage
from PIL import ImageDraw, ImageFont

from dislo_gen.interfaces import Image

_GAP, _TEXT, _LABEL = 6, 13, 190
_PAPER, _INK, _SOFT_INK = 255, 20, 110
_MOST_ROWS = 7  # in one stack; more are laid out in two
_SPELLED = {"ξ": "xi", "×": "x"}  # letters that Pillow's own font has not


@attrs.frozen(eq=False)
class Tile:
    """A picture, (H, W) float32, or None where it could not be drawn; and what is written below it."""

    caption: str
    picture: Image | None


@attrs.frozen(eq=False)
class Row:
    """What changes in a row, in a word and in a line, and its pictures."""

    name: str
    about: str
    tiles: list[Tile]


def compose(rows: Sequence[Row], tile: int) -> NDArray[np.uint8]:
    """Lay rows out on a page: at the left what changes, then a picture for each value with the value below it.

    Args:
        rows: at least one.
        tile: side of a picture on the page, in pixels.

    Returns:
        (H, W) uint8 grey.
    """
    width = _LABEL + max(len(row.tiles) for row in rows) * (tile + _GAP) + _GAP
    step = tile + _TEXT + 2 * _GAP
    stacks = 2 if len(rows) > _MOST_ROWS else 1
    height = -(-len(rows) // stacks)
    page = PillowImage.new("L", (stacks * width, height * step + _GAP), _PAPER)
    pen = ImageDraw.Draw(page)
    name_font, font = ImageFont.load_default(size=_TEXT + 1), ImageFont.load_default(size=_TEXT - 2)
    for number, row in enumerate(rows):
        top, side = _GAP + number % height * step, _GAP + number // height * width
        pen.text((side, top), row.name, fill=_INK, font=name_font)
        for line, text in enumerate(_wrapped(row.about, pen, font)):
            pen.text((side, top + (line + 1) * (_TEXT + 5)), text, fill=_SOFT_INK, font=font)
        for column, one in enumerate(row.tiles):
            left = side + _LABEL + column * (tile + _GAP)
            if one.picture is None:
                pen.rectangle((left, top, left + tile, top + tile), outline=_SOFT_INK)
                pen.text((left + _GAP, top + _GAP), "failed", fill=_INK, font=font)
            else:
                pixels = PillowImage.fromarray((one.picture * np.float32(255) + np.float32(0.5)).astype(np.uint8))
                page.paste(pixels.resize((tile, tile), PillowImage.Resampling.LANCZOS), (left, top))
            pen.text((left, top + tile + 2), one.caption, fill=_INK, font=font)
    return np.array(page)


def _wrapped(text: str, pen: ImageDraw.ImageDraw, font: ImageFont.FreeTypeFont | ImageFont.ImageFont) -> list[str]:
    for letter, spelled in _SPELLED.items():
        text = text.replace(letter, spelled)
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and pen.textlength(longer, font=font) > _LABEL - 2 * _GAP:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
