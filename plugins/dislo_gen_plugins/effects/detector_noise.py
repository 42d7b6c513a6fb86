"""Noise of a camera."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import numpy as np
import scipy
from numpy.random import Generator
from numpy.typing import NDArray

from dislo_gen import (
    Effect,
    Help,
    Image,
    LogNormal,
    Range,
    Scene,
    Size,
    Uniform,
    Unit,
    Varied,
    component,
    white_noise,
)

_TRUNCATE = 2.0  # standard deviations at which the Gaussian kernel is cut off
_LEAST_SIGMA = 0.25


@component
class DetectorNoise(Effect):
    """Noise of a camera: grain that scintillator and fibres have spread, stripes of gain, bad pixels."""

    acts_on: ClassVar[Literal["specimen", "image"]] = "image"

    strength: Annotated[
        Varied[float], Range(0, 0.5), Help("standard deviation of the grain, the same in dark and bright")
    ] = LogNormal(0.02, 0.6, 0, 0.12)
    stripes: Annotated[
        Varied[float], Range(0, 0.2), Help("relative standard deviation of the gain from column to column")
    ] = Uniform(0.0, 0.01)
    bad_pixels: Annotated[Varied[float], Range(0, 0.01), Help("part of the pixels that are hot or dead")] = 0.0
    spread: Annotated[
        Varied[float], Range(0, 5), Unit("px"), Help("standard deviation of the spot that one electron makes")
    ] = Uniform(0.3, 1.4)

    def apply(self, image: Image, scene: Scene, rng: Generator) -> Image:
        """Return the picture as the camera gives it."""
        del scene
        height, width = image.shape
        result = image.copy()
        if self.stripes:
            gain = rng.normal(1.0, self.stripes, (1, width))
            result *= gain.astype(np.float32)
        if self.strength:
            grain = self._grain(Size(width, height), rng)
            grain *= np.float32(self.strength)
            result += grain
        if self.bad_pixels:
            count = int(rng.poisson(self.bad_pixels * image.size))
            places = rng.integers(0, image.size, count)
            result.ravel()[places] = rng.integers(0, 2, count)
        return np.clip(result, 0, 1, out=result)

    def _grain(self, size: Size, rng: Generator) -> Image:
        """Return noise with a standard deviation of 1, filtered with a Gaussian."""
        if self.spread < _LEAST_SIGMA:
            return white_noise(size, rng)
        # Made lying on its side, so that both directions are filtered along rows, which takes half the time.
        noise = white_noise(Size(size.height, size.width), rng)
        noise = scipy.ndimage.gaussian_filter1d(noise, self.spread, axis=1, truncate=_TRUNCATE, mode="wrap")
        noise = np.ascontiguousarray(noise.T)
        noise = scipy.ndimage.gaussian_filter1d(noise, self.spread, axis=1, truncate=_TRUNCATE, mode="wrap")
        noise *= np.float32(1 / np.square(_kernel(self.spread)).sum())
        return noise


def _kernel(sigma: float) -> NDArray[np.float32]:
    reach = round(_TRUNCATE * sigma)
    impulse = np.zeros(2 * reach + 1, dtype=np.float32)
    impulse[reach] = 1
    return scipy.ndimage.gaussian_filter1d(impulse, sigma, truncate=_TRUNCATE)
