"""Thickness fringes: a foil that is not the same thickness everywhere."""

from __future__ import annotations

import math
from typing import Annotated, ClassVar, Literal

import numpy as np
from numpy.random import Generator

from dislo_gen import (
    Effect,
    Help,
    Image,
    LogNormal,
    Normal,
    Range,
    Scene,
    Size,
    Uniform,
    Unit,
    Varied,
    component,
    pixel_centres,
    smooth_field,
)
from dislo_gen_plugins.effects.coarse import half, refine
from dislo_gen_plugins.effects.dynamical_theory import bright_field
from dislo_gen_plugins.effects.row_blocks import row_blocks


@component
class ThicknessWedge(Effect):
    """Thickness fringes and darkening of a wedge-shaped, undulating foil.

    The two-beam bright-field intensity with anomalous absorption (Hirsch et al., Electron Microscopy of Thin
    Crystals, ch. 8 and 9; Williams & Carter, Transmission Electron Microscopy, 2nd ed., ch. 24), where the
    thickness grows across the picture from one corner or side to the opposite. The brightest place stays as it is.
    """

    acts_on: ClassVar[Literal["specimen", "image"]] = "specimen"

    strength: Annotated[
        Varied[float], Range(0, 1), Help("0: untouched; 1: fringes as strong as theory has them")
    ] = Uniform(0.15, 0.6)
    fringes: Annotated[
        Varied[float], Range(0, 30), Help("fringes from the thin end of the picture to the thick")
    ] = LogNormal(2.5, 0.8, 0.3, 14)
    start: Annotated[
        Varied[float], Range(0, 20), Help("thickness at the thin end, in effective extinction distances (fringes)")
    ] = Uniform(0.0, 4.0)
    direction: Annotated[
        Varied[float], Range(0, 360), Unit("deg"), Help("where it grows thicker: 0 to the right, 90 downwards")
    ] = Uniform(0, 360)
    deviation: Annotated[
        Varied[float], Range(-5, 5), Help("w, deviation from the Bragg condition; large: faint fringes")
    ] = Normal(0.2, 0.6, -1.5, 2)
    absorption: Annotated[
        Varied[float], Range(0, 0.5), Help("extinction distance over absorption length; fades fringes, darkens")
    ] = Uniform(0.03, 0.12)
    undulation: Annotated[
        Varied[float], Range(0, 5), Help("standard deviation of the thickness from the wedge's, in fringes")
    ] = Uniform(0.02, 0.3)
    wavelength: Annotated[
        Varied[float], Range(4, 8192), Unit("px"), Help("distance over which the thickness undulates")
    ] = Uniform(180, 600)

    def apply(self, image: Image, scene: Scene, rng: Generator) -> Image:
        """Return the picture seen through the wedge."""
        del scene
        if not self.strength:
            return image.copy()
        height, width = image.shape
        size = Size(width, height)
        waves = None
        if self.undulation:
            # Two fields, as the fringes follow the lattice that a single one is made on.
            waves = smooth_field(half(size), self.wavelength / 2, rng) * np.float32(0.85 * self.undulation)
            waves += smooth_field(half(size), self.wavelength / 4, rng) * np.float32(0.53 * self.undulation)
        factor = np.empty_like(image)
        for rows in row_blocks(size):
            thickness = self._wedge(size, rows)
            if waves is not None:
                thickness += refine(waves, size, rows)
            np.maximum(thickness, 0, out=thickness)  # beyond the edge there is a hole
            factor[rows] = bright_field(thickness, self.deviation, self.absorption)
        factor *= self.strength / max(float(factor.max()), 1e-9)
        factor += 1 - self.strength
        factor *= image
        return np.clip(factor, 0, 1, out=factor)

    def _wedge(self, size: Size, rows: slice) -> Image:
        """Return the thickness of an even wedge in these rows."""
        x, y = pixel_centres(size)
        angle = math.radians(self.direction)
        right, down = math.cos(angle), math.sin(angle)
        slope = self.fringes / (abs(right) * size.width + abs(down) * size.height)
        low = min(right, 0.0) * size.width + min(down, 0.0) * size.height
        wedge: Image = x * (right * slope) + (y[rows] * (down * slope) + (self.start - low * slope))
        return wedge
