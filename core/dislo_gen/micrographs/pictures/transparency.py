"""Pixels of which a file says that they show nothing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dislo_gen.micrographs.facts import Values


def without_transparent(values: Values, alpha: Values) -> Values:
    """Return a picture's values with NaN where it is fully transparent: there is no picture there.

    Half transparent pixels keep their values, which are what was recorded; what they would be drawn over is
    nobody's micrograph. A picture that is transparent everywhere is taken to be opaque: its writer left the
    channel empty.

    Args:
        values: (H, W) or (H, W, 3).
        alpha: (H, W), 0 where a pixel is fully transparent.
    """
    return without(values, alpha == 0)


def without(values: Values, nothing: NDArray[np.bool_]) -> Values:
    """Return a picture's values as floating point numbers with NaN where there is nothing, unless that is all."""
    if not nothing.any() or nothing.all():
        return values
    exact = values.dtype.kind == "f" or values.dtype.itemsize <= 2
    numbers = values.astype(values.dtype if values.dtype.kind == "f" else np.float32 if exact else np.float64)
    numbers[nothing] = np.nan
    return numbers
