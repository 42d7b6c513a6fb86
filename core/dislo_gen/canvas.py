"""Cairo, where it meets shapes and arrays; shared by the masks and by any renderer that draws with Cairo."""

from __future__ import annotations

import cairo
import numpy as np
from numpy.typing import NDArray

from dislo_gen.shapes import OpenCurve, Shape


def trace_path(context: cairo.Context[cairo.ImageSurface], shape: Shape) -> None:
    """Put a shape's outline on a Cairo context as its current path, to be filled by the even-odd rule."""
    context.new_path()
    context.set_fill_rule(cairo.FILL_RULE_EVEN_ODD)
    for x, y in shape.points.tolist():
        context.line_to(x, y)
    if not isinstance(shape, OpenCurve):
        context.close_path()


def surface_array(surface: cairo.ImageSurface) -> NDArray[np.uint8]:
    """View a Cairo surface's pixels: (H, W) for an A8 surface, (H, W, 4) in B, G, R, A order for ARGB32."""
    surface.flush()
    height, stride = surface.get_height(), surface.get_stride()
    flat = np.frombuffer(surface.get_data(), dtype=np.uint8).reshape(height, stride)
    if surface.get_format() == cairo.FORMAT_A8:
        return flat[:, : surface.get_width()]
    return flat[:, : surface.get_width() * 4].reshape(height, surface.get_width(), 4)
