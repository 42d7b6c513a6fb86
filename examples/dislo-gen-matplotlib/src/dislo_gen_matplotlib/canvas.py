"""A transparent sheet that Matplotlib's Agg paints on, in dislo-gen's coordinates.

Nothing of it depends on a user's ``matplotlibrc`` or on what other code has done to ``matplotlib.rcParams``: what
they could change is said explicitly here, and they are neither set nor put back (which would not be safe among
threads). Matplotlib is imported when a canvas is made, for it takes a while.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import attrs
import numpy as np
from dislo_gen import ClosedCurve, Image, OpenCurve
from numpy.typing import NDArray

from dislo_gen_matplotlib.even_odd import even_odd_pieces

if TYPE_CHECKING:
    from matplotlib.path import Path

Ends = Literal["projecting", "butt", "round"]

# Matplotlib measures figures in inches and lines in points, 72 to the inch. A power of two makes both conversions
# exact: 512 px are 8 in and 512 px again, and a line of 9 px is one of 10.125 pt and 9 px again.
_DOTS_PER_INCH = 64.0
_POINTS_PER_PIXEL = 72.0 / _DOTS_PER_INCH


@attrs.frozen
class Paint:
    """A grey from 0 (black) to 1 (white), and its opacity from 0 to 1."""

    grey: float
    opacity: float

    @property
    def rgba(self) -> tuple[float, float, float, float]:
        """What Matplotlib takes for a colour."""
        return (self.grey, self.grey, self.grey, self.opacity)


class Canvas:
    """A sheet of ``width`` x ``height`` pixels.

    Coordinates are those of dislo-gen's shapes: pixels, x to the right, y down, from the corner of the top-left
    pixel. What is painted first lies lowest.
    """

    def __init__(self, width: int, height: int) -> None:
        """Take a new sheet, wholly transparent."""
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
        from matplotlib.transforms import Affine2D

        self._figure = Figure(
            figsize=(width / _DOTS_PER_INCH, height / _DOTS_PER_INCH),
            dpi=_DOTS_PER_INCH,
            frameon=False,  # no background of its own
        )
        self._figure.set_layout_engine("none")
        self._canvas = FigureCanvasAgg(self._figure)
        self._to_figure = Affine2D().scale(1, -1).translate(0, height)  # Matplotlib's y runs upwards

    def stroke(self, curve: OpenCurve | ClosedCurve, paint: Paint, width: float, ends: Ends) -> None:
        """Paint a solid line of this width, in pixels, along a curve."""
        from matplotlib.path import Path

        if width <= 0:
            return
        if isinstance(curve, ClosedCurve):
            path = Path(curve.closed_points, closed=True)
        else:
            path = Path(curve.points)
        self._add(path, paint, width * _POINTS_PER_PIXEL, ends, filled=False)

    def fill(self, polygon: NDArray[np.float64], paint: Paint) -> None:
        """Paint the inside, by the even-odd rule, of a polygon of (N, 2) vertices."""
        from matplotlib.path import Path

        pieces = [Path(np.concatenate((piece, piece[:1])), closed=True) for piece in even_odd_pieces(polygon)]
        self._add(Path.make_compound_path(*pieces), paint, 0.0, "butt", filled=True)

    def _add(self, path: Path, paint: Paint, points: float, ends: Ends, *, filled: bool) -> None:
        from matplotlib.patches import PathPatch

        path.should_simplify = False
        patch = PathPatch(
            path,
            transform=self._to_figure,
            facecolor=paint.rgba if filled else "none",
            edgecolor="none" if filled else paint.rgba,
            linewidth=points,
            linestyle="solid",
            capstyle=ends,
            joinstyle="round",
            antialiased=True,
            snap=False,  # a line lies where the scene has it, between pixels, too
            clip_on=False,
            path_effects=[],
        )
        patch.set_sketch_params(None)
        self._figure.add_artist(patch)

    def laid_over(self, image: Image) -> Image:
        """Return a picture with this sheet over it, (H, W) float32; where nothing is painted, its very values."""
        self._canvas.draw()  # type: ignore[no-untyped-call] # its Agg backend has no annotations
        sheet = np.asarray(self._canvas.buffer_rgba())  # type: ignore[no-untyped-call]
        opacity = sheet[..., 3] * np.float32(1 / 255)
        laid: Image = image + (sheet[..., 0] * np.float32(1 / 255) - image) * opacity
        return np.clip(laid, 0, 1, out=laid)
