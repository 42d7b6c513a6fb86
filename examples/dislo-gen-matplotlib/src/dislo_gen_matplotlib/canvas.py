"""A transparent canvas that Matplotlib's Agg renderer draws on, in dislo-gen's coordinates."""

from __future__ import annotations

from typing import Any

import numpy as np
from dislo_gen import ClosedCurve, Image, OpenCurve, Region
from numpy.typing import NDArray

# At 72 dots to the inch, Matplotlib's points are pixels.
_DOTS_PER_INCH = 72.0


class Canvas:
    """A canvas of so many pixels.

    It is drawn on through Matplotlib's own renderer, without figure or axes: these would read a user's
    ``matplotlibrc``, and the picture must depend on the recipe alone.

    Args:
        width: in pixels.
        height: in pixels.
    """

    def __init__(self, width: int, height: int) -> None:
        from matplotlib.backends import backend_agg  # takes a while: only where something is drawn
        from matplotlib.transforms import Affine2D

        untyped: Any = backend_agg
        self._agg = untyped.RendererAgg(width, height, _DOTS_PER_INCH)
        self._upside_down = Affine2D().scale(1, -1).translate(0, height)  # Matplotlib's y runs upwards

    def stroke(self, shape: OpenCurve | ClosedCurve, grey: float, opacity: float, width: float) -> None:
        """Draw a line of this width in pixels along a curve."""
        if width > 0:
            self._draw(shape.points, isinstance(shape, ClosedCurve), self._paint(grey, opacity, width), None)

    def fill(self, shape: Region, grey: float, opacity: float) -> None:
        """Fill an area."""
        self._draw(shape.points, True, self._paint(grey, opacity, 0.0), (grey, grey, grey, opacity))

    def over(self, image: Image) -> Image:
        """Return a picture with the canvas laid over it, (H, W) float32."""
        paint = np.asarray(self._agg.buffer_rgba(), dtype=np.float32) / np.float32(255)
        grey, opacity = paint[..., 0], paint[..., 3]
        laid: Image = np.clip(image * (1 - opacity) + grey * opacity, 0, 1)
        return laid

    def _paint(self, grey: float, opacity: float, width: float) -> Any:
        context = self._agg.new_gc()
        context.set_antialiased(True)
        context.set_snap(False)  # lines lie where the scene has them, between pixels, too
        context.set_capstyle("butt")
        context.set_joinstyle("round")
        context.set_linewidth(width)
        context.set_alpha(opacity)
        context.set_foreground((grey, grey, grey, opacity), isRGBA=True)
        return context

    def _draw(self, points: NDArray[np.float64], closed: bool, context: Any, face: Any) -> None:
        from matplotlib.path import Path

        if closed:
            points = np.concatenate((points, points[:1]))
        path = Path(points, closed=closed)
        path.should_simplify = False  # the default is the user's setting
        self._agg.draw_path(context, path, self._upside_down, face)
