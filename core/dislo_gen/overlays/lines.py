"""Curves drawn over a picture, half transparent, each with its number."""

from __future__ import annotations

from collections.abc import Sequence

import cairo
import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage
from PIL import ImageDraw

from dislo_gen.canvas import surface_array, trace_path
from dislo_gen.interfaces import Image
from dislo_gen.overlays.labels import Label, place_labels
from dislo_gen.overlays.style import (
    EDGE_OPACITY,
    EDGE_WIDTH,
    HALO,
    LINE_OPACITY,
    LINE_WIDTH,
    TEXT_SIZE,
    eight_bits,
    is_companion,
    line_colour,
    magnification,
    numbers_of,
    text_colour,
)
from dislo_gen.scene import Scene

_HALO = (20, 20, 20)
_DASHES = (5.0, 4.0)


def draw_lines(
    image: Image,
    scene: Scene,
    *,
    confidence: Sequence[float] = (),
    scale: float = 1.0,
    labels: bool = True,
) -> NDArray[np.uint8]:
    """Draw a scene's lines over its picture.

    Each is a thin, half transparent curve in the colour of its number, with the number and its confidence at one
    end. The number is the `Defect.id`, from 0, as the records of predictions and their labelme files have it. What
    goes along with dislocations (slip traces, slipped bands, whatever is not labelled) is dashed, pale and without
    a number; areas show as outlines. What lies outside the picture is not drawn.

    Args:
        image: (H, W) float32 from 0 to 1.
        scene: in px of the picture.
        confidence: of each defect, 0 to 1; none if it is not known.
        scale: by which the picture is enlarged or shrunk first; the lines stay as thin.
        labels: whether numbers are written.

    Returns:
        (H, W) times ``scale``, and 3: uint8 RGB.

    Raises:
        ValueError: there is not one confidence for each defect.
    """
    if confidence and len(confidence) != len(scene):
        raise ValueError(f"there must be a confidence for each of the {len(scene)} defects, not {len(confidence)}")
    grey = resized(image, scale)
    size = (grey.shape[1], grey.shape[0])
    factors = np.divide(size, image.shape[::-1])
    scene = scene.map_points(lambda points: points * factors)
    pixels = _stroke(grey, scene)
    if not labels:
        return pixels
    texts = []
    for position, (defect, number) in enumerate(zip(scene, numbers_of(scene), strict=True)):
        if not is_companion(defect):
            more = f"{number}  {confidence[position]:.2f}" if confidence else str(number)
            texts.append((defect.shape, (more, str(number)), text_colour(number)))
    enlarged = magnification(size)
    placed = place_labels(texts, size, round(TEXT_SIZE * enlarged))
    return _write(pixels, placed, halo=round(HALO * enlarged))


def resized(image: Image, scale: float) -> NDArray[np.uint8]:
    """Return a picture in 8 bits, enlarged or shrunk; pixels stay to be seen where it is enlarged."""
    grey = eight_bits(image)
    if scale == 1:
        return grey
    size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
    method = PillowImage.Resampling.LANCZOS if scale < 1 else PillowImage.Resampling.NEAREST
    return np.asarray(PillowImage.fromarray(grey).resize(size, method))


def _stroke(grey: NDArray[np.uint8], scene: Scene) -> NDArray[np.uint8]:
    """Draw the curves: companions first, so that lines lie above them."""
    height, width = grey.shape
    surface = cairo.ImageSurface(cairo.FORMAT_ARGB32, width, height)
    pixels = surface_array(surface)
    pixels[..., :3], pixels[..., 3] = grey[..., None], 255
    surface.mark_dirty()
    context = cairo.Context(surface)
    context.set_line_cap(cairo.LINE_CAP_ROUND)
    context.set_line_join(cairo.LINE_JOIN_ROUND)
    enlarged = magnification((width, height))
    for defect in filter(is_companion, scene):
        trace_path(context, defect.shape)
        context.set_dash([length * enlarged for length in _DASHES])
        context.set_source_rgba(0, 0, 0, 0.35)  # below the pale dashes, which would be lost on a bright foil
        context.set_line_width(2.2 * enlarged)
        context.stroke_preserve()
        context.set_source_rgba(0.93, 0.93, 0.93, 0.7)
        context.set_line_width(enlarged)
        context.stroke()
    context.set_dash([])
    for defect, number in zip(scene, numbers_of(scene), strict=True):
        if not is_companion(defect):
            trace_path(context, defect.shape)
            context.set_source_rgba(0, 0, 0, EDGE_OPACITY)
            context.set_line_width(EDGE_WIDTH * enlarged)
            context.stroke_preserve()
            red, green, blue = (value / 255 for value in line_colour(number))
            context.set_line_width(LINE_WIDTH * enlarged)
            context.set_source_rgba(red, green, blue, LINE_OPACITY)
            context.stroke()
    return surface_array(surface)[..., 2::-1].copy()


def _write(pixels: NDArray[np.uint8], labels: Sequence[Label], halo: int) -> NDArray[np.uint8]:
    picture = PillowImage.fromarray(pixels)
    pen = ImageDraw.Draw(picture)
    for label in labels:
        pen.text(
            label.middle,
            label.text,
            fill=label.colour,
            font=label.font,
            anchor="mm",
            stroke_width=halo,
            stroke_fill=_HALO,
        )
    return np.array(picture)
