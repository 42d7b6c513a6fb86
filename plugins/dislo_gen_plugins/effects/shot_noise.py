"""Shot noise."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import numpy as np
from numpy.random import Generator

from dislo_gen import Effect, Help, Image, LogNormal, Range, Scene, Size, Varied, component, white_noise


@component
class ShotNoise(Effect):
    """Noise of counted electrons, whose variance grows with the intensity.

    The standard deviation of a grey value I is ``strength * sqrt(I)``: with N electrons in a white pixel it is
    1 / sqrt(N) there. Normal instead of Poisson numbers are drawn, which differ below some 20 electrons.
    """

    acts_on: ClassVar[Literal["specimen", "image"]] = "image"

    strength: Annotated[
        Varied[float], Range(0, 1), Help("standard deviation in white: 0.1 for 100 electrons in a pixel")
    ] = LogNormal(0.07, 0.6, 0.01, 0.35)

    def apply(self, image: Image, scene: Scene, rng: Generator) -> Image:
        """Return the picture with noise."""
        del scene
        if not self.strength:
            return image.copy()
        noise = white_noise(Size(image.shape[1], image.shape[0]), rng)
        noise *= np.sqrt(image * np.float32(self.strength**2))
        noise += image
        return np.clip(noise, 0, 1, out=noise)
