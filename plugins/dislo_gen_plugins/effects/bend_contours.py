"""Bend contours: where a bent foil passes through the Bragg condition."""

from __future__ import annotations

import math
from typing import Annotated, ClassVar, Literal

import numpy as np
from numpy.random import Generator

from dislo_gen import (
    Distribution,
    Effect,
    Help,
    Image,
    LogNormal,
    Range,
    Scene,
    Size,
    Uniform,
    Unit,
    Varied,
    component,
    smooth_field,
)
from dislo_gen_plugins.effects.coarse import half, half_centres, refine
from dislo_gen_plugins.effects.dynamical_theory import bright_field
from dislo_gen_plugins.effects.row_blocks import row_blocks

# The profile of a contour is looked up: how many values for a half-width, and how many half-widths it reaches.
_STEPS, _REACH = 48, 14


@component
class BendContours(Effect):
    """Broad dark bands, often in pairs, where the foil bends through the Bragg condition.

    The two-beam rocking curve with anomalous absorption (Hirsch et al., Electron Microscopy of Thin Crystals,
    ch. 8 and 9; Williams & Carter, Transmission Electron Microscopy, 2nd ed., ch. 24): the deviation grows with
    the distance from a smoothly wavy line and is w = 1 at half of the contour's width. A pair is that of g and -g.
    """

    acts_on: ClassVar[Literal["specimen", "image"]] = "specimen"

    strength: Annotated[Varied[float], Range(0, 1), Help("0: untouched; 1: as dark as theory has them")] = Uniform(
        0.2, 0.75
    )
    contours: Annotated[Varied[int], Range(0, 8), Help("contours, or pairs of them, per image")] = Uniform(1, 3)
    width: Annotated[
        Distribution, Range(8, 1000), Unit("px"), Help("full width at half depth of each contour")
    ] = LogNormal(55, 0.5, 20, 200)
    pairs: Annotated[
        Varied[float], Range(0, 1), Help("probability that a contour is one of a pair (g and -g)")
    ] = 0.4
    separation: Annotated[
        Distribution, Range(0, 10), Help("distance between a pair's contours over their width")
    ] = Uniform(1.2, 3.5)
    direction: Annotated[
        Varied[float], Range(0, 180), Unit("deg"), Help("direction that contours run in: 0 across, 90 down")
    ] = Uniform(0, 180)
    spread: Annotated[
        Varied[float], Range(0, 90), Unit("deg"), Help("how far one contour's direction may be from that")
    ] = Uniform(0, 40)
    waviness: Annotated[
        Varied[float], Range(0, 500), Unit("px"), Help("standard deviation of a contour from a straight line")
    ] = Uniform(5, 60)
    wavelength: Annotated[
        Varied[float], Range(4, 8192), Unit("px"), Help("distance over which contours wind and widen")
    ] = Uniform(150, 500)
    thickness: Annotated[Varied[float], Range(0.1, 20), Help("of the foil, in extinction distances")] = Uniform(
        1.0, 4.0
    )
    absorption: Annotated[Varied[float], Range(0, 0.5), Help("extinction distance over absorption length")] = (
        Uniform(0.01, 0.06)
    )
    fringes: Annotated[Varied[float], Range(0, 1), Help("contrast left of the fringes that go with a contour")] = (
        Uniform(0.0, 0.6)
    )

    def apply(self, image: Image, scene: Scene, rng: Generator) -> Image:
        """Return the picture with the contours multiplied in."""
        del scene
        if not self.strength or not self.contours:
            return image.copy()
        height, width = image.shape
        size = Size(width, height)
        waves = smooth_field(half(size), max(self.wavelength / 2, 1), rng)
        factor = np.ones_like(waves)
        for _ in range(self.contours):
            factor *= self._contour(size, waves, rng)
        result = np.empty_like(image)
        for rows in row_blocks(size):
            np.multiply(image[rows], refine(factor, size, rows), out=result[rows])
        return np.clip(result, 0, 1, out=result)

    def _contour(self, size: Size, waves: Image, rng: Generator) -> Image:
        """Return one contour as a coarse picture of factors."""
        half_width = float(self.width.draw(rng)) / 2
        apart = 2 * float(self.separation.draw(rng)) if rng.random() < self.pairs else None
        angle = math.radians(self.direction + self.spread * rng.uniform(-1, 1)) + math.pi * int(rng.integers(2))
        across, down = -math.sin(angle) / half_width, math.cos(angle) / half_width
        through = across * size.width * rng.random() + down * size.height * rng.random()
        x, y = half_centres(size)
        # All contours of a foil follow the same bends, each as strongly as its planes are tilted by them.
        where: Image = waves * np.float32(self.waviness / half_width * rng.uniform(0.6, 1.4))
        where += x * across + (y * down - through)
        profile = self._profile(apart)
        where *= _STEPS
        where += len(profile) / 2
        np.clip(where, 0, len(profile) - 1, out=where)
        return profile.take(where.astype(np.intp))

    def _profile(self, apart: float | None) -> Image:
        """Return the factors across a contour or a pair, ``_STEPS`` for a half-width."""
        reach = _REACH + (apart or 0) / 2
        w = (np.arange(-reach * _STEPS, reach * _STEPS, dtype=np.float32) + np.float32(0.5)) / np.float32(_STEPS)
        if apart is None:
            profile = self._rocking_curve(w)
        else:
            profile = self._rocking_curve(w - np.float32(apart / 2))
            profile *= self._rocking_curve(-w - np.float32(apart / 2))
        # The exposure fits both: the foil far away, and the bright side of a contour, where it absorbs least.
        profile /= max(math.sqrt(float(profile[0]) * float(profile.max())), 1e-9)
        profile *= self.strength
        profile += 1 - self.strength
        return profile

    def _rocking_curve(self, w: Image) -> Image:
        root = np.sqrt(1 + np.square(w))
        # The convergence of the beam blurs a fringe the more, the farther out it is.
        left = np.float32(self.fringes) ** root
        return bright_field(root * np.float32(self.thickness), w, self.absorption, left)
