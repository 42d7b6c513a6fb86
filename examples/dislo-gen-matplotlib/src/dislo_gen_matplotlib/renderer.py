"""Lines of even grey paint, drawn by Matplotlib, each in a grey and a width of its own."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from dislo_gen import (
    SLIP_TRACE,
    Defect,
    Distribution,
    Help,
    Image,
    Range,
    Region,
    Renderer,
    Scene,
    Uniform,
    Unit,
    Varied,
    component,
)
from numpy.random import Generator

from dislo_gen_matplotlib.canvas import Canvas, Paint


@component
class Matplotlib(Renderer):
    """Lines of even grey paint, as Matplotlib's Agg draws them.

    Govind et al. 2023, section 2.4, draw theirs so: over the finished background, each line in a grey and a
    thickness drawn at random, somewhat darker than the background. The paper prints no numbers for these; the
    defaults are chosen to suit what it shows. A line's grey is measured from the background where it runs: the
    median under its vertices, less its contrast. Slip traces, thinner and weakly contrasted as in section 2.3, and
    areas, which the paper has none of, are veils of black or white through which the background shows.
    """

    contrast: Annotated[
        Distribution, Range(0, 1), Help("how much darker than the local background, drawn for each line")
    ] = Uniform(0.2, 0.6)
    width: Annotated[
        Distribution, Unit("px"), Range(0.1, 64), Help("full width of the stroke, drawn for each line")
    ] = Uniform(1.5, 4.5)
    opacity: Annotated[
        Varied[float],
        Range(0, 1),
        Help("opacity (Matplotlib's alpha) of the paint; below 1 the grain shows through"),
    ] = 1.0
    ends: Annotated[
        Varied[Literal["projecting", "butt", "round"]],
        Help("shape of a line's ends: Matplotlib's own is projecting, dislo-gen's masks have round ones"),
    ] = "projecting"

    def draw(self, image: Image, scene: Scene, rng: Generator) -> Image:
        """Return the picture with every defect painted over it, (H, W) float32 from 0 to 1.

        Args:
            image: the background, (H, W) float32 from 0 to 1.
            scene: what to draw, the first defect lowest.
            rng: where each defect's contrast and width are drawn from, in the scene's order.
        """
        height, width = image.shape
        canvas = Canvas(width, height)
        for defect in scene:
            contrast = float(np.clip(self.contrast.draw(rng) * defect.style.contrast, -1, 1))
            line_width = defect.style.line_width(self.width.draw(rng))
            if not contrast:
                continue
            paint = self._paint(defect, contrast, image)
            if isinstance(defect.shape, Region):
                canvas.fill(defect.shape.points, paint)
            else:
                canvas.stroke(defect.shape, paint, line_width, self.ends)
        return canvas.laid_over(image)

    def _paint(self, defect: Defect, contrast: float, image: Image) -> Paint:
        """Choose the paint that makes a defect darker (contrast above 0) or brighter (below 0) than its place."""
        strength = abs(contrast)
        if defect.kind == SLIP_TRACE or isinstance(defect.shape, Region):  # opaque paint would hide the grain
            return Paint(grey=0.0 if contrast > 0 else 1.0, opacity=strength * self.opacity)
        local = _grey_under(defect, image)
        grey = local * (1 - strength) if contrast > 0 else local + (1 - local) * strength
        return Paint(grey, self.opacity)


def _grey_under(defect: Defect, image: Image) -> float:
    """Return the median grey under a defect's vertices, or of the whole picture if none of them is inside it."""
    height, width = image.shape
    x, y = np.floor(defect.shape.points).T
    inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    if not inside.any():
        return float(np.median(image))
    return float(np.median(image[y[inside].astype(int), x[inside].astype(int)]))
