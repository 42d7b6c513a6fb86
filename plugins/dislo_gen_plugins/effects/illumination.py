"""Uneven illumination."""

from __future__ import annotations

import math
from typing import Annotated, ClassVar, Literal

import numpy as np
from numpy.random import Generator

from dislo_gen import (
    Effect,
    Help,
    Image,
    OnSheet,
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


@component
class Illumination(Effect):
    """Uneven light: a slope across the picture, dark corners, a beam off centre, the edge of an aperture.

    All of it is taken away from the light of the brightest place, so that nothing gets brighter than it was.
    """

    acts_on: ClassVar[Literal["specimen", "image"]] = "image"

    gradient: Annotated[Varied[float], Range(0, 1), Help("how much darker one side is than the opposite one")] = (
        Uniform(0.0, 0.5)
    )
    vignetting: Annotated[Varied[float], Range(0, 1), Help("how much darker the corners are than the middle")] = (
        Uniform(0.0, 0.4)
    )
    unevenness: Annotated[Varied[float], Range(0, 0.5), Help("standard deviation of broad patches of light")] = (
        Uniform(0.0, 0.08)
    )
    aperture: Annotated[
        Varied[float], Range(0, 1), Help("how far the shadow of an aperture's edge reaches in; 1: all across")
    ] = 0.0
    direction: Annotated[
        Varied[float], Range(0, 360), Unit("deg"), Help("where it is darker: 0 to the right, 90 down")
    ] = Uniform(0, 360)
    wavelength: Annotated[Varied[float], Range(16, 8192), Unit("px"), Help("size of the patches of light")] = (
        Uniform(150, 500)
    )
    edge: Annotated[
        Varied[float], Range(1, 1000), Unit("px"), Help("width of the aperture's soft edge"), OnSheet(aperture=0.3)
    ] = Uniform(8, 60)

    def apply(self, image: Image, scene: Scene, rng: Generator) -> Image:
        """Return the picture in this light."""
        del scene
        if not (self.gradient or self.vignetting or self.unevenness or self.aperture):
            return image.copy()
        height, width = image.shape
        size = Size(width, height)
        x, y = half_centres(size)
        x, y = x / np.float32(width) - np.float32(0.5), y / np.float32(height) - np.float32(0.5)
        right, down = math.cos(math.radians(self.direction)), math.sin(math.radians(self.direction))
        slope = self.gradient / (abs(right) + abs(down))
        light: Image = (x * -(right * slope)) + (y * -(down * slope)) + np.float32(1 - self.gradient / 2)
        if self.vignetting:
            # Away from a middle that is off the picture's own.
            off_x, off_y = rng.uniform(-0.15, 0.15, 2).astype(np.float32)
            shade = np.square(x - off_x) + np.square(y - off_y)
            shade *= np.float32(-2 * self.vignetting)
            shade += 1
            light *= shade
        if self.unevenness:
            patches = smooth_field(half(size), self.wavelength / 2, rng)
            patches *= np.float32(self.unevenness)
            patches += np.float32(1 - 2 * self.unevenness)
            light *= patches
        if self.aperture:
            light *= self._aperture(size)
        result: Image = refine(light, size) * image
        return np.clip(result, 0, 1, out=result)

    def _aperture(self, size: Size) -> Image:
        """Return what a round aperture's edge lets through: nearly straight, as only a part of it is seen."""
        x, y = half_centres(size)
        diagonal = math.hypot(*size.xy)
        right, down = math.cos(math.radians(self.direction)), math.sin(math.radians(self.direction))
        radius = 1.5 * diagonal
        # The edge crosses the line from the middle outwards at this distance from the middle.
        crossing = diagonal * (0.5 - self.aperture)
        centre = size.width / 2 + (crossing - radius) * right, size.height / 2 + (crossing - radius) * down
        inside: Image = np.sqrt(np.square(x - np.float32(centre[0])) + np.square(y - np.float32(centre[1])))
        inside -= np.float32(radius)
        inside *= np.float32(-1 / self.edge)
        inside += np.float32(0.5)
        np.clip(inside, 0, 1, out=inside)
        inside *= inside * (3 - 2 * inside)
        return inside
