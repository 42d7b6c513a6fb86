"""A line that was found in a picture."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np
from numpy.typing import NDArray

from dislo_gen.interfaces import Masks
from dislo_gen.shapes import ClosedCurve, OpenCurve


@attrs.frozen(eq=False)
class FoundLine:
    """One line.

    Attributes:
        curve: its centreline, px.
        mask: (H, W) bool.
        confidence: mean probability over its pixels, 0 to 1.
        channels: the network's channels that it was put together from.
    """

    curve: OpenCurve | ClosedCurve
    mask: NDArray[np.bool_]
    confidence: float
    channels: tuple[int, ...]


def line_masks(lines: Sequence[FoundLine], shape: tuple[int, ...]) -> Masks:
    """Return the lines' masks, (M, H, W) bool."""
    return np.stack([line.mask for line in lines]) if lines else np.zeros((0, *shape), dtype=np.bool_)
