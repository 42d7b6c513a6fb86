"""Noise that is longer in one direction, which need not be an axis of the picture."""

from __future__ import annotations

import math

import attrs
import numpy as np
from numpy.random import Generator
from PIL import Image as PillowImage

from dislo_gen import Image, Size

_MARGIN = 2  # lattice points beyond the edge, for the interpolation
_KEPT = 2 / 3  # of the standard deviation of random numbers, by their linear interpolation along both axes
# Of a grain's length and width: the distance of lattice points, and that where a Gaussian is as good as 0.
_PITCH, _FARTHEST = 0.8, 0.85


@attrs.frozen
class Grain:
    """How long and wide a grain is, in pixels, and the direction it is long in (radians from x towards y)."""

    length: float
    width: float
    angle: float

    def across(self, right: float, down: float) -> tuple[float, float]:
        """Return a step in the picture as one along and one across the grain, over its length and width."""
        cos, sin = math.cos(self.angle), math.sin(self.angle)
        return (cos * right + sin * down) / self.length, (cos * down - sin * right) / self.width


def lattice_noise(size: Size, grain: Grain, rng: Generator) -> Image:
    """Return noise of mean 0 and standard deviation 1: random numbers on a lattice, linearly interpolated."""
    (a, d), (b, e) = grain.across(1 / _PITCH, 0), grain.across(0, 1 / _PITCH)
    ends = [(a * x + b * y, d * x + e * y) for x in (0, size.width) for y in (0, size.height)]
    low, high = np.min(ends, axis=0), np.max(ends, axis=0)
    shift = _MARGIN + rng.random(2) - low
    columns, rows = (np.ceil(high + shift).astype(int) + _MARGIN).tolist()
    # Uniform numbers: after the interpolation few could tell them from normal ones, which take four times as long.
    lattice = rng.random((rows, columns), dtype=np.float32)
    lattice -= 0.5
    lattice *= math.sqrt(12) / _KEPT
    turned = PillowImage.fromarray(lattice).transform(
        size.xy,
        PillowImage.Transform.AFFINE,
        (a, b, float(shift[0]), d, e, float(shift[1])),
        PillowImage.Resampling.BILINEAR,
    )
    return np.array(turned)


@attrs.frozen(eq=False)
class Speckle:
    """Noise as fine as pixels, of mean 0 and standard deviation 1, computed for some rows at a time.

    White noise, averaged over a Gaussian neighbourhood as large as the grain: at this size that costs less than
    the interpolation of a lattice.
    """

    size: Size
    white: Image
    reach: int
    weights: tuple[tuple[int, int, float], ...]

    @classmethod
    def draw(cls, size: Size, grain: Grain, rng: Generator) -> Speckle:
        """Draw the noise of one picture."""
        reach = math.ceil(grain.length * _FARTHEST)
        steps = range(-reach, reach + 1)
        # One of each two opposite neighbours: both have the same weight.
        near = [(right, down, math.hypot(*grain.across(right, down))) for down in steps for right in steps]
        weights = [
            (right, down, math.exp(-3 * far * far) / (1 if right or down else 2))
            for right, down, far in near
            if far <= _FARTHEST and (down, right) >= (0, 0)
        ]
        # White noise from 0 to 1 has a variance of 1/12, and the middle is taken twice.
        variance = sum(weight * weight * (2 if right or down else 4) for right, down, weight in weights) / 12
        white = rng.random((size.height + 2 * reach, size.width + 2 * reach), dtype=np.float32)
        white -= 0.5
        white *= 1 / math.sqrt(variance)
        return cls(size, white, reach, tuple(weights))

    def rows(self, rows: slice) -> Image:
        """Return these rows of it."""
        total = np.zeros((rows.stop - rows.start, self.size.width), dtype=np.float32)
        both = np.empty_like(total)
        for right, down, weight in self.weights:
            np.add(self._moved(rows, right, down), self._moved(rows, -right, -down), out=both)
            both *= weight
            total += both
        return total

    def _moved(self, rows: slice, right: int, down: int) -> Image:
        top, left = rows.start + self.reach + down, self.reach + right
        return self.white[top : top + rows.stop - rows.start, left : left + self.size.width]
