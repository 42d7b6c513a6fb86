"""Saturation and few grey levels."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import numpy as np
from numpy.random import Generator

from dislo_gen import Effect, Help, Image, Range, Scene, Uniform, Varied, component

_SAMPLE = 4  # every so many rows and columns are enough to find the levels
_LEAST = 64  # pixels in a picture that is sampled rather than taken whole


@component
class Clipping(Effect):
    """What is left after a picture was stretched to 8 bits: saturated black and white, and few grey levels."""

    acts_on: ClassVar[Literal["specimen", "image"]] = "image"

    white: Annotated[Varied[float], Range(0, 0.3), Help("part of the pixels that saturate to white")] = Uniform(
        0.0, 0.02
    )
    black: Annotated[Varied[float], Range(0, 0.3), Help("part of the pixels that saturate to black")] = Uniform(
        0.0, 0.02
    )
    bits_lost: Annotated[Varied[int], Range(0, 7), Help("how many of 8 bits are lost: 4 leave 16 grey levels")] = 0

    def apply(self, image: Image, scene: Scene, rng: Generator) -> Image:
        """Return the stretched picture."""
        del scene, rng
        result = image.copy()
        if self.white or self.black:
            low, high = self._levels(image)
            if high > low:
                result -= np.float32(low)
                result *= np.float32(1 / (high - low))
                np.clip(result, 0, 1, out=result)
        if self.bits_lost:
            steps = np.float32(2 ** (8 - self.bits_lost) - 1)
            result *= steps
            np.round(result, out=result)
            result *= 1 / steps
        return np.clip(result, 0, 1, out=result)

    def _levels(self, image: Image) -> tuple[float, float]:
        """Grey values that become black and white; a strength of 0 leaves its end of the scale where it is."""
        sample = image[::_SAMPLE, ::_SAMPLE] if min(image.shape) > _LEAST else image
        low, high = np.quantile(sample, (self.black, 1 - self.white))
        return float(low) if self.black else 0.0, float(high) if self.white else 1.0
