"""Straight parallel stripes: where a profile across them falls in a picture."""

from __future__ import annotations

import math

import attrs
import numpy as np
from numpy.typing import NDArray

from dislo_gen import Image, Size, pixel_centres

_FINENESS = 4  # samples of a profile in a pixel


@attrs.frozen(eq=False)
class Stripes:
    """Stripes in one direction over a picture.

    Attributes:
        size: of the picture.
        across: the direction across them, (x, y).
        positions: the places of a profile's samples: distances across the stripes in pixels, ascending.
    """

    size: Size
    across: tuple[float, float]
    positions: NDArray[np.float32]

    @classmethod
    def over(cls, size: Size, angle: float) -> Stripes:
        """Return stripes that run at an angle (radians from x towards y)."""
        across = -math.sin(angle), math.cos(angle)
        ends = [across[0] * x + across[1] * y for x in (0, size.width) for y in (0, size.height)]
        count = math.ceil((max(ends) - min(ends)) * _FINENESS) + 1
        positions = np.arange(count, dtype=np.float32) / np.float32(_FINENESS) + np.float32(min(ends))
        return cls(size, across, positions)

    def places(self, rows: slice) -> NDArray[np.intp]:
        """Return the number of the sample that each pixel of these rows shows."""
        x, y = pixel_centres(self.size)
        step = [part * _FINENESS for part in self.across]
        nearest = 0.5 - float(self.positions[0]) * _FINENESS
        places = (x * step[0] + (y[rows] * step[1] + nearest)).astype(np.intp)
        return np.clip(places, 0, len(self.positions) - 1, out=places)

    def wave(self, rows: slice, wavelength: float, phase: float) -> Image:
        """Return a wave, from -1 to 1, that changes along the stripes and slowly across them."""
        x, y = pixel_centres(self.size)
        turn = 2 * math.pi / wavelength
        step = turn * (self.across[1] - self.across[0] / 3), turn * (-self.across[0] - self.across[1] / 3)
        wave: Image = x * step[0] + (y[rows] * step[1] + phase)
        return np.sin(wave, out=wave)
