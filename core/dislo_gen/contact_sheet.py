"""Contact sheets: images beside their masks in colour, for looking at."""

from __future__ import annotations

import colorsys
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage

from dislo_gen.interfaces import Image, Masks
from dislo_gen.sample import Sample

_GOLDEN = 0.618033988749895
_GAP = 6


def instance_colours(count: int) -> NDArray[np.float32]:
    """Return ``count`` well separated colours, (count, 3) float32 RGB from 0 to 1."""
    return np.array(
        [colorsys.hsv_to_rgb((n * _GOLDEN) % 1.0, 0.55 + 0.4 * (n % 2), 1.0) for n in range(count)],
        dtype=np.float32,
    ).reshape(count, 3)


def colour_masks(image: Image, masks: Masks) -> NDArray[np.float32]:
    """Lay masks in colour over a dimmed image; where masks overlap their colours mix. (H, W, 3) float32."""
    picture = np.repeat(0.35 * image[..., None], 3, axis=2)
    covered = np.flatnonzero(masks.any(axis=0))
    if len(covered):
        # (covered pixels, masks): which masks cover each pixel; the mean of their colours is a matrix product.
        cover = masks.reshape(len(masks), -1)[:, covered].T.astype(np.float32)
        picture.reshape(-1, 3)[covered] = cover @ instance_colours(len(masks)) / cover.sum(axis=1, keepdims=True)
    return picture


def contact_sheet(samples: Iterable[Sample], columns: int = 4, tile: int = 256) -> NDArray[np.uint8]:
    """Arrange samples in a grid, each image with its masks to the right of it.

    Args:
        samples: what to show.
        columns: samples per row.
        tile: longest side of one image on the sheet, in pixels.

    Returns:
        (H, W, 3) uint8 RGB.
    """
    tiles = [_tile(sample, tile) for sample in samples]
    if not tiles:
        return np.full((tile, tile, 3), 255, dtype=np.uint8)
    height = max(t.shape[0] for t in tiles)
    width = max(t.shape[1] for t in tiles)
    columns = max(1, min(columns, len(tiles)))
    rows = -(-len(tiles) // columns)
    sheet = np.full((rows * (height + _GAP) + _GAP, columns * (width + _GAP) + _GAP, 3), 255, dtype=np.uint8)
    for number, picture in enumerate(tiles):
        row, column = divmod(number, columns)
        top, left = _GAP + row * (height + _GAP), _GAP + column * (width + _GAP)
        sheet[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
    return sheet


def _tile(sample: Sample, longest: int) -> NDArray[np.uint8]:
    grey = np.repeat(shrink(sample.image, longest)[..., None], 3, axis=2)
    return np.concatenate((grey, shrink(colour_masks(sample.image, sample.masks), longest)), axis=1)


def shrink(picture: NDArray[np.float32], longest: int) -> NDArray[np.uint8]:
    """Return a picture from 0 to 1 as 8 bits, scaled so that its longer side has this many pixels."""
    pixels = PillowImage.fromarray((picture * np.float32(255) + np.float32(0.5)).astype(np.uint8))
    scale = longest / max(pixels.size)
    if scale != 1:
        size = (max(1, round(pixels.width * scale)), max(1, round(pixels.height * scale)))
        method = PillowImage.Resampling.LANCZOS if scale < 1 else PillowImage.Resampling.NEAREST
        pixels = pixels.resize(size, method)
    return np.asarray(pixels)
