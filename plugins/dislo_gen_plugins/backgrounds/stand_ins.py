"""Stand-ins for micrographs: textures made from photographs that scikit-image carries in its wheel.

They let the program work before a user has given it micrographs. They are not micrographs: each has a
photograph's spectrum and its largest brightness variations, but none of its objects.
"""

from __future__ import annotations

import functools

import numpy as np
import scipy
from numpy.typing import NDArray

from dislo_gen import LUMINANCE, Image
from dislo_gen_plugins.backgrounds.patch_bank import Patch

# Only pictures that are files of scikit-image's wheel: the others would be downloaded.
NAMES = ("cell", "grass", "gravel", "hubble_deep_field", "immunohistochemistry", "moon", "retina")
PREFIX = "skimage:"
_LARGEST = 700  # px; more of a photograph adds memory and no variety
_LEVEL, _GROUND, _MOTTLE, _GRAIN = 0.56, 0.05, 0.025, 0.03


@functools.cache
def stand_in(name: str) -> Patch:
    """Return the texture made from one photograph; the same every time."""
    from skimage import data

    grey = np.asarray(getattr(data, name)(), dtype=np.float32) / np.float32(255)
    if grey.ndim == 3:
        grey = grey @ LUMINANCE
    side = min(*grey.shape, _LARGEST)
    top, left = (grey.shape[0] - side) // 2, (grey.shape[1] - side) // 2
    picture = tone_down(grey[top : top + side, left : left + side], NAMES.index(name))
    return Patch(PREFIX + name, "", np.round(picture * 255).astype(np.uint8), (0, 0, side, side))


def tone_down(grey: Image, seed: int) -> Image:
    """Keep a photograph's large brightness variations and the spectrum of its texture, and lose its objects.

    The texture gets the photograph's (smoothed) amplitude spectrum with random phases (Galerne, Gousseau and
    Morel, IEEE Transactions on Image Processing 20, 257, 2011).

    Args:
        grey: (N, N) float32 from 0 to 1.
        seed: of the random phases.

    Returns:
        (N, N) float32 from 0 to 1.
    """
    ground = _scaled(scipy.ndimage.gaussian_filter(grey, 40.0)).clip(-2, 2)
    window = np.hanning(len(grey))
    amplitude = np.abs(np.fft.rfft2((grey - grey.mean()) * np.outer(window, window)))
    amplitude = np.exp(scipy.ndimage.gaussian_filter(np.log(amplitude + 1e-6), 3, mode="wrap"))
    noise = np.fft.rfft2(np.random.default_rng(seed).standard_normal(grey.shape))
    texture = np.fft.irfft2(amplitude * noise / np.abs(noise), grey.shape)
    mottle = _scaled(
        scipy.ndimage.gaussian_filter(texture, 1.5, mode="wrap")
        - scipy.ndimage.gaussian_filter(texture, 16.0, mode="wrap")
    )
    # Contamination and small defects are dark: the dark side of the mottle is the stronger one.
    mottle = np.where(mottle < 0, 1.3 * mottle, 0.7 * mottle)
    grain = _scaled(texture - scipy.ndimage.gaussian_filter(texture, 1.0, mode="wrap"))
    picture: NDArray[np.float64] = _LEVEL + _GROUND * ground + _MOTTLE * mottle + _GRAIN * grain
    return picture.clip(0, 1).astype(np.float32)


def _scaled(values: NDArray[np.floating]) -> NDArray[np.float64]:
    centred: NDArray[np.float64] = np.asarray(values, dtype=np.float64) - values.mean()
    return centred / max(float(centred.std()), 1e-6)
