"""Mottling: the texture that preparing a foil leaves on it."""

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
    Range,
    Scene,
    Size,
    Uniform,
    Unit,
    Varied,
    component,
)
from dislo_gen_plugins.effects.coarse import half, refine
from dislo_gen_plugins.effects.row_blocks import row_blocks
from dislo_gen_plugins.effects.turned_noise import Grain, Speckle, lattice_noise

_COARSE_FROM = 2.2  # px; from here on a grain loses little at half the resolution


@component
class Mottling(Effect):
    """Correlated speckle of a prepared foil: ion damage, oxide, amorphous film, contamination.

    A fine grain and soft blotches, added up and multiplied into the picture.
    """

    acts_on: ClassVar[Literal["specimen", "image"]] = "specimen"

    strength: Annotated[
        Varied[float], Range(0, 1), Help("standard deviation of the brightness, relative to the local one")
    ] = LogNormal(0.06, 0.5, 0.01, 0.2)
    grain: Annotated[Varied[float], Range(1, 50), Unit("px"), Help("size of the fine grain")] = LogNormal(
        2.6, 0.4, 1.5, 6
    )
    blotches: Annotated[Varied[float], Range(0, 1), Help("share of soft blotches in the variance")] = Uniform(
        0.05, 0.7
    )
    blotch_size: Annotated[Varied[float], Range(4, 1000), Unit("px"), Help("size of the blotches")] = LogNormal(
        24, 0.6, 8, 80
    )
    stretch: Annotated[Varied[float], Range(1, 8), Help("how much longer than wide grain and blotches are")] = (
        Uniform(1.0, 2.6)
    )
    direction: Annotated[
        Varied[float], Range(0, 180), Unit("deg"), Help("direction in which they are longer: 0 across, 90 down")
    ] = Uniform(0, 180)

    def apply(self, image: Image, scene: Scene, rng: Generator) -> Image:
        """Return the picture with the texture multiplied in."""
        del scene
        if not self.strength:
            return image.copy()
        height, width = image.shape
        size = Size(width, height)
        fine = None
        if self.grain < _COARSE_FROM:
            fine = Speckle.draw(size, self._grain(self.grain), rng)
            soft = np.zeros(half(size).shape, dtype=np.float32)
        else:
            soft = lattice_noise(half(size), self._grain(self.grain / 2), rng)
        fine_part, soft_part = math.sqrt(1 - self.blotches), math.sqrt(self.blotches)
        soft *= fine_part
        if self.blotches:
            blotches = lattice_noise(half(half(size)), self._grain(self.blotch_size / 4), rng)
            blotches *= soft_part
            soft += refine(blotches, half(size))
        texture = np.empty_like(image)
        for rows in row_blocks(size):
            texture[rows] = refine(soft, size, rows)
            if fine is not None:
                texture[rows] += fine.rows(rows) * np.float32(fine_part)
        # Every so many pixels are enough to measure what the picture is to have.
        step = 1 + min(width, height) // 128
        sample = texture[::step, ::step]
        texture -= sample.mean()
        texture *= self.strength / max(float(sample.std()), 1e-6)
        texture += 1
        texture *= image
        return np.clip(texture, 0, 1, out=texture)

    def _grain(self, width: float) -> Grain:
        return Grain(width * self.stretch, width, math.radians(self.direction))
