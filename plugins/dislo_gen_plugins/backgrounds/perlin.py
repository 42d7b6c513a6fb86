"""Perlin background: the paper's purely synthetic one."""

from __future__ import annotations

import functools
from typing import Annotated

import numpy as np
import scipy
from numpy.random import Generator
from numpy.typing import NDArray
from pyfastnoiselite.pyfastnoiselite import FastNoiseLite, FractalType, NoiseType

from dislo_gen import Background, Help, Image, Range, Size, Uniform, Unit, Varied, component

_SEEDS = 2**31 - 1


@component
class Perlin(Background):
    """Two scales of Perlin noise with smoothed white noise.

    Equations (1) to (6) and Table 1 of Govind et al., Machine Learning: Science and Technology (2023),
    doi:10.48550/arXiv.2307.06322; the symbols in the help texts are the paper's.
    """

    wavelength_1: Annotated[Varied[float], Range(2, 8192), Unit("px"), Help("wavelength of P1 (O1)")] = Uniform(
        10, 100
    )
    wavelength_2: Annotated[Varied[float], Range(2, 8192), Unit("px"), Help("wavelength of P2 (O2)")] = Uniform(
        10, 100
    )
    perlin_weight: Annotated[Varied[float], Range(0, 10), Help("weight of P2 against P1 (w_perlin)")] = Uniform(
        0.2, 0.4
    )
    white_weight: Annotated[Varied[float], Range(0, 10), Help("amplitude of the first white noise (w_white)")] = (
        Uniform(0.5, 0.7)
    )
    smoothing_1: Annotated[
        Varied[float], Range(0, 50), Unit("px"), Help("Gaussian filter after the first white noise (s1)")
    ] = 1.0
    noise_ratio: Annotated[
        Varied[float],
        Range(0, 10),
        Help("amplitude of the second white noise over the standard deviation of P4 (r_noise)"),
    ] = Uniform(0.2, 0.4)
    smoothing_2: Annotated[
        Varied[float], Range(0, 50), Unit("px"), Help("Gaussian filter after the second white noise (s2)")
    ] = Uniform(0.6, 0.8)
    contrast: Annotated[
        Varied[float], Range(0, 1), Help("how much of the grey scale is left of it; 1 is the paper's")
    ] = 1.0
    level: Annotated[Varied[float], Range(0, 1), Help("middle grey of what is left; 0.5 is the paper's")] = 0.5

    def paint(self, size: Size, rng: Generator) -> Image:
        """Return P, the clipped P7 of equation (6), or what `contrast` and `level` leave of it."""
        picture = self.combine(*self.fields(size, rng))
        if (self.contrast, self.level) != (1.0, 0.5):
            picture *= np.float32(self.contrast)
            picture += np.float32(self.level - self.contrast / 2)
            np.clip(picture, 0, 1, out=picture)
        return picture

    def fields(self, size: Size, rng: Generator) -> tuple[Image, Image, Image, Image]:
        """Draw P1, P2, X1 and X2, each (H, W) float32."""
        p1 = perlin_noise(size, self.wavelength_1, int(rng.integers(_SEEDS)))
        p2 = perlin_noise(size, self.wavelength_2, int(rng.integers(_SEEDS)))
        x1 = white_noise(size, rng)
        x2 = white_noise(Size(size.height, size.width), rng).T  # laid out in memory as `combine` reads it
        return p1, p2, x1, x2

    def combine(self, p1: Image, p2: Image, x1: Image, x2: Image) -> Image:
        """Equations (1) to (6) and the clip; (H, W) float32. The given fields stay as they are."""
        p = p2 * np.float32(self.perlin_weight)
        p += p1  # (1)
        low, high = p.min(), p.max()
        p -= low
        if high > low:  # a single pixel has no contrast to stretch
            p /= high - low  # (2)
        p += np.float32(self.white_weight) * x1  # (3)
        amplitude = np.float32(self.noise_ratio * float(p.std()))
        p = _smooth_and_transpose(p, self.smoothing_1)  # (4)
        p += amplitude * x2.T  # (5)
        p = _smooth_and_transpose(p, self.smoothing_2)  # (6)
        return np.clip(p, 0, 1, out=p)


def perlin_noise(size: Size, wavelength: float, seed: int) -> Image:
    """Return Perlin's gradient noise, about -1 to 1, (H, W) float32, on a lattice of ``wavelength`` px."""
    noise = FastNoiseLite(seed)
    noise.noise_type = NoiseType.NoiseType_Perlin
    noise.fractal_type = FractalType.FractalType_None
    noise.frequency = 1.0 / wavelength
    values: NDArray[np.float32] = noise.gen_from_coords(_coordinates(size))
    return values.reshape(size.shape)


@functools.lru_cache(maxsize=2)
def _coordinates(size: Size) -> NDArray[np.float32]:
    """Pixel centres, (2, H * W) float32: x, then y."""
    y, x = np.mgrid[: size.height, : size.width].astype(np.float32) + np.float32(0.5)
    return np.ascontiguousarray(np.stack((x.ravel(), y.ravel())))


def white_noise(size: Size, rng: Generator) -> Image:
    """Return white noise, uniform from -1 to 1, (H, W) float32."""
    noise = rng.random(size.shape, dtype=np.float32)
    noise *= 2
    noise -= 1
    return noise


# Below this SciPy's kernel, cut off at four standard deviations, is a single 1 (or, for the tiniest, 0 over 0).
_LEAST_SIGMA = 0.125


def _smooth_and_transpose(picture: Image, sigma: float) -> Image:
    """Filter with a Gaussian and return the transposed picture.

    Filtering along rows takes half the time of filtering along columns, which lie apart in memory; so both
    directions are done along rows, with a transposition between them.
    """
    smooths = sigma >= _LEAST_SIGMA
    if smooths:
        picture = scipy.ndimage.gaussian_filter1d(picture, sigma, axis=1)
    picture = np.ascontiguousarray(picture.T)
    return scipy.ndimage.gaussian_filter1d(picture, sigma, axis=1) if smooths else picture
