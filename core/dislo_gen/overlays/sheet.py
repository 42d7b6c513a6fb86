"""An overview: many pictures with their lines on one sheet."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage
from PIL import ImageDraw

from dislo_gen.lettering import write_line

_GAP = 8
_TEXT, _LINE = 12, 16
_DARK, _GREY, _WHITE = (45, 45, 45), (120, 120, 120), (255, 255, 255)


@attrs.frozen(eq=False)
class Tile:
    """A picture, (H, W, 3) uint8, and two lines that stand below it."""

    picture: NDArray[np.uint8]
    name: str
    note: str


def draw_sheet(tiles: Sequence[Tile], columns: int, width: int) -> NDArray[np.uint8]:
    """Arrange pictures in a grid, each with its texts below it.

    Args:
        tiles: at least one.
        columns: in a row, at most.
        width: of a column, px; no picture is wider.

    Returns:
        (H, W, 3) uint8 RGB.
    """
    rows = [tiles[start : start + columns] for start in range(0, len(tiles), columns)]
    heights = [max(tile.picture.shape[0] for tile in row) + 2 * _LINE + 3 for row in rows]
    across = min(columns, len(tiles)) * (width + _GAP) + _GAP
    sheet = PillowImage.new("RGB", (across, sum(heights) + (len(rows) + 1) * _GAP), _WHITE)
    pen = ImageDraw.Draw(sheet)
    top = _GAP
    for row, height in zip(rows, heights, strict=True):
        for place, tile in enumerate(row):
            left, below = _GAP + place * (width + _GAP), top + tile.picture.shape[0] + 3
            sheet.paste(PillowImage.fromarray(tile.picture), (left, top))
            write_line(pen, (left, below), tile.name, _TEXT, _DARK, width)
            write_line(pen, (left, below + _LINE), tile.note, _TEXT, _GREY, width)
        top += height + _GAP
    return np.array(sheet)
