"""Ink on a Cairo surface: strokes with a soft profile, spots, and laying it all over a picture."""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING

import attrs
import cairo
import numpy as np

from dislo_gen import Defect, Image, OpenCurve, surface_array, trace_path

if TYPE_CHECKING:  # the class takes a parameter in its stub only
    Context = cairo.Context[cairo.ImageSurface]
else:
    Context = cairo.Context

# A line with a soft profile is a stack of strokes, each narrower than the one before: about one for each step of
# this many pixels of its width. What is faint needs two at the most.
_STEP, _MOST_LAYERS, _FAINT = 1.6, 10, 0.25
_SAME = 1 / 512


@attrs.frozen
class Pen:
    """An ink: its grey, and its opacity where it is thickest."""

    grey: float
    opacity: float


def stroke(
    context: Context,
    defect: Defect,
    pen: Pen,
    width: float,
    softness: float,
    kept: list[float],
    most_layers: int = _MOST_LAYERS,
) -> None:
    """Stroke a curve with nested widths; ``kept`` is the part of the opacity kept at stops along its chord."""
    points = defect.shape.points
    trace_path(context, defect.shape)
    path = context.copy_path_flat() if softness > 0 else None
    levels = [1.0]
    if softness > 0:
        count = 2 if pen.opacity <= _FAINT else min(max(2, round(width / _STEP)), most_layers)
        levels = [1 + softness * (2 * half - 1) for half in _gaussian_half_widths(count)]
    first, last = points[0], points[-1] if isinstance(defect.shape, OpenCurve) else points[len(points) // 2]
    for level, factor in enumerate(levels):
        opacities = [_layer_opacity(pen.opacity * part, level, len(levels)) for part in kept]
        if max(opacities) - min(opacities) < _SAME:  # an even ink is drawn faster than a gradient
            context.set_source_rgba(pen.grey, pen.grey, pen.grey, opacities[0])
        else:
            gradient = cairo.LinearGradient(*first.tolist(), *last.tolist())
            for stop, opacity in enumerate(opacities):
                at = stop / max(1, len(kept) - 1)
                gradient.add_color_stop_rgba(at, pen.grey, pen.grey, pen.grey, opacity)
            context.set_source(gradient)
        context.set_line_width(max(width * factor, 0.1))
        if path is not None and level:
            context.append_path(path)
        context.stroke()


def shifted(defect: Defect, distance: float) -> Defect:
    """Return a curve moved sideways by so many pixels, to the right of its direction as it is seen."""
    points = defect.shape.points
    around = points if isinstance(defect.shape, OpenCurve) else np.concatenate((points[-1:], points, points[:1]))
    ahead = np.gradient(around, axis=0)
    ahead = ahead if isinstance(defect.shape, OpenCurve) else ahead[1:-1]
    aside = np.stack((-ahead[:, 1], ahead[:, 0]), axis=1) / np.maximum(np.hypot(*ahead.T), 1e-9)[:, None]
    return attrs.evolve(defect, shape=attrs.evolve(defect.shape, points=points + distance * aside))


@functools.cache
def _gaussian_half_widths(layers: int) -> tuple[float, ...]:
    """Half-widths, over the full width at half maximum, of equal steps that approximate a Gaussian profile."""
    heights = [(layer + 0.5) / layers for layer in range(layers)]
    return tuple(math.sqrt(math.log(1 / height) / (4 * math.log(2))) for height in heights)


def _layer_opacity(total: float, level: int, levels: int) -> float:
    """Opacity of one of several layers, so that ``level + 1`` of them make that share of the total."""
    below = total * level / levels
    return (total * (level + 1) / levels - below) / (1 - below) if below < 1 else 0.0


def spot(context: Context, x: float, y: float, diameter: float, pen: Pen) -> None:
    """Draw a spot that is darkest at (x, y) and fades out at ``diameter`` px from there."""
    if not diameter or not pen.opacity:
        return
    gradient = cairo.RadialGradient(x, y, 0, x, y, diameter)
    for at, part in ((0.0, 1.0), (0.35, 0.75), (0.7, 0.2), (1.0, 0.0)):
        gradient.add_color_stop_rgba(at, pen.grey, pen.grey, pen.grey, pen.opacity * part)
    context.set_source(gradient)
    context.new_path()
    context.arc(x, y, diameter, 0, 2 * math.pi)
    context.fill()


def lay_over(picture: Image, surface: cairo.ImageSurface) -> Image:
    """Lay the inks, premultiplied grey with alpha, over the picture."""
    inks = surface_array(surface)
    result = (255 - inks[..., 3]).astype(np.float32)
    result *= np.float32(1 / 255)
    result *= picture
    if inks[..., 0].any():  # black ink alone adds no light
        result += inks[..., 0] * np.float32(1 / 255)
    return np.clip(result, 0, 1, out=result)
