"""Line structure of video and scanned images."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import numpy as np
from numpy.random import Generator

from dislo_gen import Effect, Help, Image, Range, Scene, Uniform, Unit, Varied, component


@component
class ScanLines(Effect):
    """Rows of different brightness, as video and scanned images have them; nothing moves."""

    acts_on: ClassVar[Literal["specimen", "image"]] = "image"

    strength: Annotated[
        Varied[float], Range(0, 0.5), Help("relative standard deviation of the brightness from row to row")
    ] = Uniform(0.005, 0.04)
    interlace: Annotated[
        Varied[float], Range(0, 0.5), Help("by how much odd rows are brighter than even ones")
    ] = Uniform(0.0, 0.02)
    hum: Annotated[
        Varied[float], Range(0, 0.5), Help("contrast of a slow wave of brightness down the picture")
    ] = Uniform(0.0, 0.04)
    hum_period: Annotated[Varied[float], Range(4, 8192), Unit("px"), Help("length of that wave")] = Uniform(
        60, 400
    )

    def apply(self, image: Image, scene: Scene, rng: Generator) -> Image:
        """Return the picture with its rows."""
        del scene
        rows = np.arange(image.shape[0])
        gain = 1 + self.strength * rng.standard_normal(len(rows))
        gain += self.interlace * (rows % 2 - 0.5)
        gain += self.hum * np.sin(2 * np.pi * (rows / self.hum_period + rng.random()))
        result: Image = image * gain.astype(np.float32)[:, None]
        return np.clip(result, 0, 1, out=result)
