"""Histograms of grey values: how often each of them is there, in one picture and in another."""

from __future__ import annotations

import attrs
import numpy as np

from dislo_gen import Image

_BINS = 64


@attrs.frozen
class Histogram:
    """How often grey values are there.

    Attributes:
        name: of the picture.
        shares: the part of the pixels in each of even steps from 0 (black) to 1 (white).
        facts: mean and standard deviation, as text.
    """

    name: str
    shares: list[float]
    facts: str

    @classmethod
    def of(cls, name: str, image: Image) -> Histogram:
        """Return the histogram of a picture, (H, W) with values from 0 to 1."""
        counts, _ = np.histogram(image, bins=_BINS, range=(0, 1))
        shares = [round(float(share), 6) for share in counts / max(image.size, 1)]
        return cls(name, shares, f"mean {float(image.mean()):.3f}, standard deviation {float(image.std()):.3f}")
