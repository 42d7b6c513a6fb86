"""Random fields without any sharp detail: what light, thickness and bending look like across a picture."""

from __future__ import annotations

import functools

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image as PillowImage

from dislo_gen.interfaces import Image
from dislo_gen.size import Size

# The mean over all places of the sum of squared weights of Keys' cubic convolution (a = -0.5), along one axis.
_VARIANCE = 57 / 70
_MARGIN = 2  # lattice points that the interpolation needs beyond the picture's edge


def smooth_field(size: Size, wavelength: float | tuple[float, float], rng: Generator) -> Image:
    """Return a smooth random field with a mean of 0 and a standard deviation of 1, each over many fields.

    Normal random numbers on a lattice, interpolated by cubic convolution (Keys 1981): a field costs far less than
    filtering white noise does, and its bytes do not depend on a machine's threads, as those of matrix products do.

    Args:
        size: size of the picture.
        wavelength: distance of the lattice's points in pixels, from 1; one for x and one for y if they differ.
        rng: draws the numbers.

    Returns:
        (H, W) float32.

    Raises:
        ValueError: a wavelength is below 1 px.
    """
    wavelengths = wavelength if isinstance(wavelength, tuple) else (wavelength, wavelength)
    if not min(wavelengths) >= 1:
        raise ValueError(f"a wavelength is at least 1 px, and not {min(wavelengths):g}")
    low = _MARGIN + rng.random(2)
    high = low + np.divide(size.xy, wavelengths)
    columns, rows = np.ceil(high).astype(int) + _MARGIN
    lattice = rng.standard_normal((rows, columns), dtype=np.float32)
    lattice /= np.float32(_VARIANCE)
    smooth = PillowImage.fromarray(lattice).resize(
        size.xy, PillowImage.Resampling.BICUBIC, box=(*low.tolist(), *high.tolist())
    )
    return np.array(smooth)


def white_noise(size: Size, rng: Generator) -> Image:
    """Return normal white noise with a mean of 0 and a standard deviation of 1, (H, W) float32.

    Two random bytes a pixel choose among 65536 quantiles, of which the outermost lie at 4.3; this takes half the
    time that normal numbers do.
    """
    choice = np.frombuffer(rng.bytes(2 * size.width * size.height), dtype="<u2").reshape(size.shape)
    noise: Image = _quantiles()[choice]
    return noise


@functools.cache
def _quantiles() -> NDArray[np.float32]:
    from scipy.special import ndtri

    middles = (np.arange(65536) + 0.5) / 65536
    return np.asarray(ndtri(middles), dtype=np.float32)


@functools.lru_cache(maxsize=4)
def pixel_centres(size: Size) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Coordinates of the pixels' centres: x as (1, W) and y as (H, 1) float32, read-only, to be broadcast."""
    x = (np.arange(size.width, dtype=np.float32) + np.float32(0.5))[None, :]
    y = (np.arange(size.height, dtype=np.float32) + np.float32(0.5))[:, None]
    x.flags.writeable = y.flags.writeable = False
    return x, y
