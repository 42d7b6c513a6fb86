"""Spots: dust, contamination, small precipitates and black dots."""

from __future__ import annotations

import math
from typing import Annotated, ClassVar, Literal

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from dislo_gen import (
    Distribution,
    Effect,
    Help,
    Image,
    LogNormal,
    Normal,
    Range,
    Scene,
    Uniform,
    Unit,
    Varied,
    component,
)

_RAGGED_FROM = 8.0  # px; nobody would see the outline of a smaller spot


@component
class Spots(Effect):
    """Dust, contamination, precipitates and black dots: soft blobs that are no dislocations."""

    acts_on: ClassVar[Literal["specimen", "image"]] = "specimen"

    strength: Annotated[Varied[float], Range(0, 1), Help("factor on every spot's contrast; 0 for no spots")] = (
        Uniform(0.4, 1.0)
    )
    count: Annotated[Varied[int], Range(0, 150), Help("spots per image")] = LogNormal(13, 0.9, 0, 150)
    radius: Annotated[Distribution, Range(0.5, 300), Unit("px"), Help("radius of each spot at half its depth")] = (
        LogNormal(5, 0.6, 2, 60)
    )
    contrast: Annotated[Distribution, Range(0, 1), Help("depth of each spot: 1 is black")] = Uniform(0.1, 0.9)
    softness: Annotated[
        Distribution, Range(0, 1), Help("0: a sharp rim; 1: it fades all the way to its middle")
    ] = Uniform(0.3, 1.0)
    elongation: Annotated[Distribution, Range(1, 4), Help("length of each spot over its width")] = Normal(
        1.1, 0.3, 1, 2.2
    )
    irregularity: Annotated[Varied[float], Range(0, 1), Help("how ragged the outlines of larger spots are")] = (
        Uniform(0.1, 0.6)
    )
    bright: Annotated[Varied[float], Range(0, 1), Help("probability that a spot is bright")] = 0.08
    rings: Annotated[Varied[float], Range(0, 1), Help("probability that a spot is hollow, a ring")] = 0.1
    clustering: Annotated[Varied[float], Range(0, 1), Help("part of the spots that lie close to another")] = (
        Uniform(0.0, 0.6)
    )

    def apply(self, image: Image, scene: Scene, rng: Generator) -> Image:
        """Return the picture with the spots laid over it."""
        del scene
        if not self.strength or not self.count:
            return image.copy()
        height, width = image.shape
        result = image.copy()
        radii = self.radius.draw_many(rng, self.count)
        for (x, y), radius in zip(self._places((width, height), radii, rng), radii.tolist(), strict=True):
            self._lay(result, x, y, radius, rng)
        return np.clip(result, 0, 1, out=result)

    def _places(
        self, xy: tuple[int, int], radii: NDArray[np.float64], rng: Generator
    ) -> list[tuple[float, float]]:
        places: list[tuple[float, float]] = []
        for radius in radii.tolist():
            if places and rng.random() < self.clustering:
                other = int(rng.integers(len(places)))
                x, y = places[other]
                away, angle = (radius + float(radii[other])) * rng.uniform(0.5, 2.5), rng.uniform(0, 2 * math.pi)
                places.append((x + away * math.cos(angle), y + away * math.sin(angle)))
            else:
                places.append((xy[0] * rng.random(), xy[1] * rng.random()))
        return places

    def _lay(self, picture: Image, x: float, y: float, radius: float, rng: Generator) -> None:
        """Lay one spot over the picture."""
        bright, hollow = rng.random() < self.bright, rng.random() < self.rings
        opacity = self.strength * float(self.contrast.draw(rng))
        soft, long = float(self.softness.draw(rng)), math.sqrt(float(self.elongation.draw(rng)))
        # The rim lies either side of the radius; below a pixel's width it would be jagged.
        inner = radius * (1 - soft)
        outer = max(radius * (1 + soft), inner + 1)
        angle, phases = rng.uniform(0, math.pi), rng.uniform(0, 2 * math.pi, 4).tolist()
        heights, turns = rng.uniform(-1, 1, 4).tolist(), (rng.uniform(0.7, 2.0, 4) / radius).tolist()
        raggedness = self.irregularity * min(radius / _RAGGED_FROM, 1.0)
        reach = outer * long * (1 + raggedness) + 1
        left, top = max(math.floor(x - reach), 0), max(math.floor(y - reach), 0)
        window = picture[top : max(math.ceil(y + reach), 0), left : max(math.ceil(x + reach), 0)]
        if not window.size or not opacity:
            return
        across = np.arange(left, left + window.shape[1], dtype=np.float32)[None, :] + np.float32(0.5 - x)
        down = np.arange(top, top + window.shape[0], dtype=np.float32)[:, None] + np.float32(0.5 - y)
        if raggedness:
            # Bending the axes bends the outline, for the price of sines of single rows and columns.
            size = raggedness * radius * 0.4
            bent = [
                size
                * (heights[k] * np.sin(turns[k] * x + phases[k]) + heights[k + 1] * np.sin(2 * turns[k + 1] * x))
                for k, x in ((0, across), (2, down))
            ]
            across, down = across + bent[1], down + bent[0]
        cos, sin = math.cos(angle), math.sin(angle)
        # Squares of the distances along and across the spot's long axis.
        distance = np.square(across * (cos / long) + down * (sin / long))
        distance += np.square(down * (cos * long) - across * (sin * long))
        np.sqrt(distance, out=distance)
        spot = np.clip((outer - distance) * np.float32(1 / (outer - inner)), 0, 1)
        spot *= spot * (3 - 2 * spot)
        if hollow:
            spot *= np.clip(distance * np.float32(1 / radius) - 0.25, 0.15, 1)
        spot *= opacity
        if bright:
            window += spot * (1 - window)
        else:
            window -= spot * window
