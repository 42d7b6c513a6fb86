"""A picture as it is, and beside it the same picture with its lines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage
from PIL import ImageDraw

from dislo_gen.interfaces import Image
from dislo_gen.lettering import drawable, font_of, write_line
from dislo_gen.micrographs import PixelSize
from dislo_gen.overlays.lines import draw_lines, resized
from dislo_gen.overlays.scale_bar import scale_bar
from dislo_gen.overlays.style import TEXT_SIZE, magnification
from dislo_gen.scene import Scene

LARGEST = 2048
"""Longer side of each of the two pictures, px."""

_SMALLEST = 320
_GAP = 6
_DARK, _WHITE = 45, 255


def draw_overlay(
    image: Image,
    scene: Scene,
    *,
    confidence: Sequence[float] = (),
    pixel_size: PixelSize | None = None,
    caption: str = "",
    labels: bool = True,
    largest: tuple[int, int] = (LARGEST, LARGEST),
) -> NDArray[np.uint8]:
    """Draw a picture as it is and, beside it, with its lines; see `draw_lines` for how they look.

    Pixels stay as they are unless the picture is larger than ``largest``, when it is shrunk, or very small, when
    it is shown several times as large. Below stand the caption and, where the size of a pixel is known, a scale
    bar of a round length.

    Args:
        image: (H, W) float32 from 0 to 1.
        scene: in px of the picture.
        confidence: of each defect, 0 to 1; none if it is not known.
        pixel_size: of the picture.
        caption: written below.
        labels: whether numbers are written.
        largest: width and height that each of the two pictures has at most, px.

    Returns:
        (H', W', 3) uint8 RGB.

    Raises:
        ValueError: there is not one confidence for each defect.
    """
    scale = view_scale(image.shape[::-1], largest)
    right = draw_lines(image, scene, confidence=confidence, scale=scale, labels=labels)
    left = np.repeat(resized(image, scale)[..., None], 3, axis=2)
    gap = np.full((len(left), _GAP, 3), _WHITE, dtype=np.uint8)
    both = np.concatenate((left, gap, right), axis=1)
    if not caption and pixel_size is None:
        return both
    enlarged = magnification((left.shape[1], left.shape[0]))
    return np.concatenate((both, _strip(both.shape[1], left.shape[1], enlarged, caption, pixel_size, scale)))


def view_scale(size: tuple[int, ...], largest: tuple[int, int] = (LARGEST, LARGEST)) -> float:
    """Return by which a picture of this width and height is shown larger or smaller."""
    fit = min(most / side for most, side in zip(largest, size, strict=True))
    if fit < 1:
        return fit
    return float(max(1, min(-(-_SMALLEST // max(size)), int(fit))))


def _strip(
    width: int, half: int, enlarged: float, caption: str, pixel_size: PixelSize | None, scale: float
) -> NDArray[np.uint8]:
    """Draw what stands below: the caption on the left, the scale bar on the right; (h, width, 3)."""
    size = round(TEXT_SIZE * enlarged)
    margin, height = round(6 * enlarged), round(22 * enlarged)
    strip = PillowImage.new("L", (width, height), _WHITE)
    pen = ImageDraw.Draw(strip)
    end = width - margin
    if pixel_size is not None:
        length, text = scale_bar(pixel_size, half, scale)
        font = font_of(size)
        text = drawable(text, font)
        start = end - round(font.getlength(text))
        pen.text((start, height / 2), text, fill=_DARK, font=font, anchor="lm")
        end = start - margin
        thick = 2 * enlarged
        pen.rectangle((end - length, (height - thick) / 2, end, (height + thick) / 2), fill=_DARK)
        end -= round(length) + 2 * margin
    write_line(pen, (margin, (height - size) // 2 - 1), caption, size, _DARK, max(0, end - margin))
    return np.repeat(np.array(strip)[..., None], 3, axis=2)
