"""Lines drawn by Matplotlib, each in a grey and a width of its own."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from dislo_gen import (
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

from dislo_gen_matplotlib.canvas import Canvas


@component
class Matplotlib(Renderer):
    """Even lines of grey paint, drawn with Matplotlib.

    As Govind et al. 2023, section 2.4, draw theirs: the grey value and the thickness of each line are drawn at
    random, so that it is somewhat darker than the background where it lies. Areas, which the paper has none of,
    are dimmed by as much.
    """

    darker: Annotated[
        Distribution,
        Range(0, 1),
        Help("how much darker than the background under it a line is, in grey values from 0 to 1; drawn for each"),
    ] = Uniform(0.15, 0.45)
    width: Annotated[Distribution, Unit("px"), Range(0.5, 64), Help("width of a line, drawn for each")] = Uniform(
        1.5, 4.5
    )
    opacity: Annotated[Varied[float], Range(0, 1), Help("opacity of the paint; the paper's is opaque")] = 1.0

    def draw(self, image: Image, scene: Scene, rng: Generator) -> Image:
        """Return the picture with every defect painted over it, (H, W) float32 from 0 to 1."""
        if not len(scene):
            return image.copy()
        height, width = image.shape
        canvas = Canvas(width, height)
        for defect in scene:
            darker, line_width = float(self.darker.draw(rng)), float(self.width.draw(rng))
            step = darker * defect.style.contrast
            if not step:
                continue
            if isinstance(defect.shape, Region):
                # Opaque paint would cover a whole area's grain.
                canvas.fill(defect.shape, 0.0 if step > 0 else 1.0, min(abs(step), 1.0) * self.opacity)
            else:
                grey = float(np.clip(_grey_under(defect, image) - step, 0, 1))
                canvas.stroke(defect.shape, grey, self.opacity, defect.style.line_width(line_width))
        return canvas.over(image)


def _grey_under(defect: Defect, image: Image) -> float:
    """Return the median grey of the picture under a defect's vertices; of the whole picture, if none is in it."""
    height, width = image.shape
    x, y = np.floor(defect.shape.points).astype(int).T
    inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    return float(np.median(image[y[inside], x[inside]] if inside.any() else image))
