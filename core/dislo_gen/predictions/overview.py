"""The overview of a folder of predictions: some of its pictures with their lines, evenly spaced, on one sheet."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dislo_gen.errors import DatasetError
from dislo_gen.files import Folder
from dislo_gen.overlays import Tile, draw_lines, draw_sheet
from dislo_gen.png import encode_png
from dislo_gen.predictions.drawing import lines_in, place_of
from dislo_gen.predictions.reading import read_image
from dislo_gen.predictions.records import read_record

OVERVIEW = "overview.png"

_MOST = 24
_COLUMNS = 4
_TILE = 320


def shown_names(names: Sequence[str]) -> list[str]:
    """Return the pictures that an overview shows: all of a few, of many those evenly spaced, with both ends."""
    places = np.linspace(0, len(names) - 1, min(len(names), _MOST)).round().astype(int)
    return [names[place] for place in places]


def draw_overview(folder: Folder, names: Sequence[str]) -> bytes | None:
    """Draw the overview, a PNG file; None if none of these pictures can be read."""
    tiles = []
    for name in names:
        try:
            record, image = read_record(folder, name), read_image(folder, name)
        except DatasetError:  # removed or damaged: that is for others to say
            continue
        picture = draw_lines(image, record.scene, scale=_TILE / max(image.shape), labels=False)
        tiles.append(Tile(picture, place_of(record), lines_in(record)))
    if not tiles:
        return None
    width = max(tile.picture.shape[1] for tile in tiles)
    return encode_png(draw_sheet(tiles, _COLUMNS, max(width, _TILE // 2)))
