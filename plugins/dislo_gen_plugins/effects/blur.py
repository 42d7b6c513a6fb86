"""Blur."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import numpy as np
import scipy
from numpy.random import Generator

from dislo_gen import Effect, Help, Image, OnSheet, Range, Scene, Uniform, Unit, Varied, component
from dislo_gen_plugins.effects.smear import even_path, smear

# Below this the Gaussian, sampled at whole pixels, is narrower than asked for; three weights have its variance.
_NARROW = 0.6


@component
class Blur(Effect):
    """A picture out of focus, with astigmatism, and blurred by motion; symmetric, so that no line moves."""

    acts_on: ClassVar[Literal["specimen", "image"]] = "image"

    sigma: Annotated[
        Varied[float], Range(0, 20), Unit("px"), Help("standard deviation of the blur in every direction")
    ] = Uniform(0.3, 1.3)
    astigmatism: Annotated[
        Varied[float], Range(0, 20), Unit("px"), Help("standard deviation of further blur along one direction")
    ] = 0.0
    motion: Annotated[
        Varied[float], Range(0, 64), Unit("px"), Help("length of the path of an exposure's motion")
    ] = 0.0
    direction: Annotated[
        Varied[float],
        Range(0, 180),
        Unit("deg"),
        Help("of astigmatism and motion: 0 across, 90 down"),
        OnSheet(astigmatism=6),
    ] = Uniform(0, 180)

    def apply(self, image: Image, scene: Scene, rng: Generator) -> Image:
        """Return the blurred picture."""
        del scene, rng
        result = image.copy()
        if self.astigmatism or self.motion:
            result = self._along(result)
        for axis in (1, 0) if self.sigma else ():
            if self.sigma < _NARROW:
                side = self.sigma**2 / 2
                result = scipy.ndimage.correlate1d(result, [side, 1 - 2 * side, side], axis=axis, mode="nearest")
            else:
                result = scipy.ndimage.gaussian_filter1d(
                    result, self.sigma, axis=axis, truncate=2.5, mode="nearest"
                )
        return np.clip(result, 0, 1, out=result)

    def _along(self, image: Image) -> Image:
        """Blur along the direction: an even path of motion, and a Gaussian for astigmatism."""
        path = even_path(self.motion, 2.5 * self.astigmatism)
        if self.astigmatism:
            at = np.arange(len(path)) - len(path) // 2
            bell = np.exp(-(at**2) / (2 * self.astigmatism**2))
            path = np.convolve(path, bell / bell.sum(), mode="same")
        return smear(image, path / path.sum(), self.direction)
