"""A renderer that knows no kind of defect, only shapes, and draws them with Pillow."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from numpy.random import Generator
from PIL import Image as PillowImage
from PIL import ImageDraw

from dislo_gen import (
    Defect,
    Distribution,
    Help,
    Image,
    OpenCurve,
    Range,
    Region,
    Renderer,
    Scene,
    Uniform,
    Unit,
    Varied,
    component,
)


@component
class Pencil(Renderer):
    """Grainy graphite lines: curves are traced in several strokes, regions are shaded."""

    hardness: Annotated[Varied[Literal["soft", "hard"]], Help("a hard pencil leaves less graphite")] = "soft"
    strokes: Annotated[Varied[int], Range(1, 10), Help("strokes along each curve")] = 3
    wobble: Annotated[Varied[float], Unit("px"), Range(0, 10), Help("how far a stroke strays from its curve")] = (
        0.7
    )
    pressure: Annotated[Distribution, Range(0, 1), Help("share of the light a stroke takes, drawn for each")] = (
        Uniform(0.2, 0.5)
    )
    grain: Annotated[Varied[float], Range(0, 1), Help("how much of the graphite the paper's tooth leaves out")] = (
        0.3
    )

    def draw(self, image: Image, scene: Scene, rng: Generator) -> Image:
        """Draw a scene into a picture."""
        light = np.ones(image.shape, dtype=np.float32)
        for defect in scene:
            for _ in range(1 if isinstance(defect.shape, Region) else self.strokes):
                light *= 1 - self._graphite(defect, image.shape, rng)
        drawn: Image = np.clip(image * light, 0, 1)
        return drawn

    def _graphite(self, defect: Defect, shape: tuple[int, ...], rng: Generator) -> Image:
        """Return the share of the light that one stroke takes at each pixel, (H, W)."""
        height, width = shape
        layer = PillowImage.new("L", (width, height))
        pen = ImageDraw.Draw(layer)
        points = defect.shape.points - 0.5  # Pillow's integers are the centres of pixels
        line_width = max(1, round(2 * defect.style.width))
        if isinstance(defect.shape, Region):
            pen.polygon([tuple(p) for p in points.tolist()], fill=255)
        else:
            points = points + rng.normal(0, self.wobble, 2)
            if not isinstance(defect.shape, OpenCurve):
                points = np.concatenate((points, points[:1]))
            pen.line([tuple(p) for p in points.tolist()], fill=255, width=line_width, joint="curve")
        factor = 0.6 if self.hardness == "hard" else 1.0
        pressure = min(1.0, factor * float(self.pressure.draw(rng)) * abs(defect.style.contrast))
        tooth = 1 - self.grain * rng.random(shape, dtype=np.float32)
        graphite: Image = np.asarray(layer, dtype=np.float32) / 255 * np.float32(pressure) * tooth
        return graphite
