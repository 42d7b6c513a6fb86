"""Contrast inversion."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import numpy as np
from numpy.random import Generator

from dislo_gen import Choice, Effect, Help, Image, Range, Scene, Varied, component


@component
class Inversion(Effect):
    """The negative of the picture, as of a photographic plate; or part of the way to it."""

    acts_on: ClassVar[Literal["specimen", "image"]] = "image"

    amount: Annotated[Varied[float], Range(0, 1), Help("0: untouched; 0.5: all grey; 1: the negative")] = Choice(
        (0.0, 1.0)
    )

    def apply(self, image: Image, scene: Scene, rng: Generator) -> Image:
        """Return the picture, inverted as far as asked for."""
        del scene, rng
        if not self.amount:
            return image.copy()
        result: Image = image * np.float32(1 - 2 * self.amount)
        result += np.float32(self.amount)
        return np.clip(result, 0, 1, out=result)
