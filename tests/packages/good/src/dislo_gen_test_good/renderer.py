"""A renderer that marks vertices."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.random import Generator

from dislo_gen import Help, Image, Range, Renderer, Scene, component


@component
class Dots(Renderer):
    """A dark dot at every vertex of every shape."""

    contrast: Annotated[float, Range(0.1, 1), Help("share of the light that a dot takes")] = 0.5

    def draw(self, image: Image, scene: Scene, rng: Generator) -> Image:
        """Draw the dots."""
        del rng
        drawn = image.copy()
        height, width = image.shape
        for defect in scene:
            reach = max(0, round(defect.style.line_width(1.0)) - 1) // 2
            left = np.clip(1 - self.contrast * defect.style.contrast, 0, 1)
            dots = np.zeros(image.shape, dtype=np.bool_)
            for column, row in np.floor(defect.shape.points).astype(int):
                if -reach <= column < width + reach and -reach <= row < height + reach:
                    dots[max(0, row - reach) : row + reach + 1, max(0, column - reach) : column + reach + 1] = True
            drawn[dots] *= np.float32(left)
        return drawn
