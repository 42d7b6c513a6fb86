"""Scale bars of round lengths."""

from __future__ import annotations

import math

from dislo_gen.micrographs import PixelSize

_ROUND = (5, 2, 1)
_LARGEST = 0.25
"""Of the picture's width."""


def scale_bar(pixel_size: PixelSize, width: float, scale: float = 1.0) -> tuple[float, str]:
    """Return the longest bar of a round length that is no longer than a quarter of the picture.

    Args:
        pixel_size: of the picture; its width is what counts.
        width: of the picture as it is shown, px.
        scale: by which it is shown larger.

    Returns:
        Length as it is shown, px, and what is written beside it, in nm, µm or 1/nm.
    """
    per_pixel = pixel_size.x / scale
    most = _LARGEST * width * per_pixel
    power = 10.0 ** math.floor(math.log10(most))
    length = next(each * power for each in _ROUND if each * power <= most * (1 + 1e-9))
    return length / per_pixel, _with_unit(length, pixel_size.unit)


def _with_unit(length: float, unit: str) -> str:
    if unit != "nm":
        return f"{length:g} {unit}"
    for name, size in (("mm", 1e6), ("µm", 1e3), ("nm", 1.0), ("pm", 1e-3)):
        if length >= size * (1 - 1e-9):
            return f"{length / size:g} {name}"
    return f"{length:g} nm"
