"""Two effects: one changes grey values, the other moves pixels and the truth with them."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from numpy.random import Generator

from dislo_gen import Effect, Help, Image, Range, Scene, Size, Unit, component


@component
class Noise(Effect):
    """Gaussian noise."""

    strength: Annotated[float, Range(0, 1), Help("standard deviation of the grey values")] = 0.05

    def apply(self, image: Image, scene: Scene, rng: Generator) -> Image:
        """Add the noise."""
        del scene
        noisy: Image = np.clip(image + self.strength * rng.standard_normal(image.shape, np.float32), 0, 1)
        return noisy.astype(np.float32)


@component
class Shift(Effect):
    """The picture, moved sideways; the edge is repeated."""

    acts_on = "image"
    by: Annotated[Literal[-3, 3], Unit("px"), Help("how far to the right")] = 3

    def apply(self, image: Image, scene: Scene, rng: Generator) -> Image:
        """Move the pixels."""
        del scene, rng
        columns = np.arange(image.shape[1]) - self.by
        return image[:, columns.clip(0, image.shape[1] - 1)]

    def move(self, scene: Scene, size: Size) -> Scene:
        """Move the truth as far."""
        del size
        by = np.array([self.by, 0])
        return scene.map_points(lambda points: points + by)
