"""Masks: the truth, drawn from the scene alone."""

from __future__ import annotations

import cairo
import numpy as np
from numpy.typing import NDArray

from dislo_gen.canvas import surface_array, trace_path
from dislo_gen.scene import Scene
from dislo_gen.shapes import Region, Shape
from dislo_gen.size import Size

_HALF = 128


def rasterize(scene: Scene, size: Size, line_width: float) -> NDArray[np.bool_]:
    """Draw one mask per labelled defect.

    A pixel belongs to a curve if at least half of it lies within half the line width of the curve, and to a
    region if at least half of it lies inside. Overlaps are kept: each mask is drawn by itself.

    Args:
        scene: what to draw.
        size: size of the masks.
        line_width: width of curves in pixels.

    Returns:
        (M, H, W) bool, one mask per labelled defect, in the scene's order.
    """
    labelled = scene.labelled
    masks = np.zeros((len(labelled), *size.shape), dtype=np.bool_)
    for mask, defect in zip(masks, labelled, strict=True):
        draw_mask(mask, defect.shape, line_width)
    return masks


def draw_mask(mask: NDArray[np.bool_], shape: Shape, line_width: float) -> None:
    """Draw one shape into an (H, W) bool array, in place."""
    margin = line_width / 2 + 1
    left, top = np.floor(np.maximum(shape.points.min(axis=0) - margin, 0)).astype(int).tolist()
    right, bottom = np.ceil(np.minimum(shape.points.max(axis=0) + margin, mask.shape[::-1])).astype(int).tolist()
    if right <= left or bottom <= top:
        return
    surface = cairo.ImageSurface(cairo.FORMAT_A8, right - left, bottom - top)
    context = cairo.Context(surface)
    context.set_antialias(cairo.ANTIALIAS_GRAY)
    context.set_tolerance(0.05)
    context.translate(-left, -top)
    trace_path(context, shape)
    if isinstance(shape, Region):
        context.fill()
    else:
        context.set_line_width(line_width)
        context.set_line_cap(cairo.LINE_CAP_ROUND)
        context.set_line_join(cairo.LINE_JOIN_ROUND)
        context.stroke()
    # Half covered stands for "the centre lies inside". Drawing without antialiasing would say just that, but
    # closes gaps of a pixel between the two sides of a bend.
    mask[top:bottom, left:right] = surface_array(surface) >= _HALF
