"""How a grain boundary or a set of twin lamellae divides a grain, evaluated for any part of a picture."""

from __future__ import annotations

import math

import attrs
import numpy as np

from dislo_gen import Image, Size, pixel_centres


@attrs.frozen
class StraightLine:
    """The directed line that a boundary follows: through a point, at an angle (radians) of its normal."""

    through: tuple[float, float]
    normal: float

    def distance(self, size: Size, rows: slice) -> Image:
        """Return the signed distance of each pixel of these rows."""
        x, y = pixel_centres(size)
        right, down = math.cos(self.normal), math.sin(self.normal)
        distance: Image = x * right + (y[rows] * down - (right * self.through[0] + down * self.through[1]))
        return distance


@attrs.frozen
class OwnLine:
    """A line along a boundary: its contrast (positive: dark) and full width at half maximum."""

    contrast: float
    width: float

    def taken(self, distance: Image, share: Image) -> Image:
        """Return what it takes of the light: a Lorentzian, with the long tails of the strain about a boundary."""
        del share
        taken: Image = np.square(distance * np.float32(2 / self.width))
        taken += 1
        np.divide(np.float32(self.contrast), taken, out=taken)
        return taken


@attrs.frozen
class Fringes:
    """Dark fringes of an inclined boundary: how many, how dark, and how much darker on one side than the other."""

    count: int
    depth: float
    lean: float

    def taken(self, distance: Image, share: Image) -> Image:
        """Return what they take of the light; they end bright where the boundary meets the surfaces."""
        del distance
        taken: Image = np.cos(share * np.float32(2 * math.pi * self.count))
        taken -= 1
        taken *= share * np.float32(self.depth * self.lean) - np.float32(self.depth * (1 + self.lean) / 2)
        taken *= 0.5
        return taken


@attrs.frozen
class Boundary:
    """One boundary.

    Attributes:
        line: the line that it follows but for its winding.
        winding_there: the winding at the point that the line goes through.
        band: its width in the picture, 1 px unless it is inclined.
        detail: what it shows of its own.
    """

    line: StraightLine
    winding_there: float
    band: float
    detail: OwnLine | Fringes

    def share(self, size: Size, rows: slice, winding: Image | None) -> tuple[Image, Image]:
        """Return the new grain's share of each pixel, and what the boundary itself takes of the light there."""
        distance = self.line.distance(size, rows)
        if winding is not None:
            distance += winding
            distance -= self.winding_there
        share = distance * np.float32(1 / self.band)
        share += 0.5
        np.clip(share, 0, 1, out=share)
        return share, self.detail.taken(distance, share)


@attrs.frozen
class Lamellae:
    """Straight parallel lamellae of a twin.

    Attributes:
        line: the middle of the first.
        middles: distance of each one's middle from that line.
        widths: width of each.
    """

    line: StraightLine
    middles: tuple[float, ...]
    widths: tuple[float, ...]

    def share(self, size: Size, rows: slice, winding: Image | None) -> tuple[Image, None]:
        """Return how much of each pixel is twin; twin planes are straight and show nothing of their own."""
        del winding
        distance = self.line.distance(size, rows)
        share = np.zeros_like(distance)
        for middle, width in zip(self.middles, self.widths, strict=True):
            within = np.abs(distance - np.float32(middle))
            np.subtract(np.float32(width / 2 + 0.5), within, out=within)
            share += np.clip(within, 0, 1, out=within)
        return np.minimum(share, 1, out=share), None
