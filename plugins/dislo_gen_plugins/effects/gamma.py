"""Tone: gamma, contrast, brightness."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import numpy as np
from numpy.random import Generator

from dislo_gen import Effect, Help, Image, Range, Scene, Uniform, Varied, component

_PIVOT = 0.5


@component
class Gamma(Effect):
    """The tone curve of a camera, a screen or an operator: gamma, contrast about middle grey, brightness."""

    acts_on: ClassVar[Literal["specimen", "image"]] = "image"

    stops: Annotated[
        Varied[float], Range(-2, 2), Help("log2 of the exponent: 1 squares (darker), -1 takes the root; 0 none")
    ] = Uniform(-0.7, 0.7)
    contrast: Annotated[
        Varied[float], Range(-1, 3), Help("how much steeper the curve is at middle grey; -1 is all grey; 0 none")
    ] = Uniform(-0.3, 0.5)
    brightness: Annotated[Varied[float], Range(-0.5, 0.5), Help("what is added; 0 none")] = Uniform(-0.1, 0.1)

    def apply(self, image: Image, scene: Scene, rng: Generator) -> Image:
        """Return the picture with this tone."""
        del scene, rng
        result = np.power(image, np.float32(2**self.stops)) if self.stops else image.copy()
        if self.contrast or self.brightness:
            result -= np.float32(_PIVOT)
            result *= np.float32(1 + self.contrast)
            result += np.float32(_PIVOT + self.brightness)
        return np.clip(result, 0, 1, out=result)
