"""Plain background: an even foil in even light, for effects to act on."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.random import Generator

from dislo_gen import Background, Help, Image, Range, Size, Uniform, Varied, component


@component
class Plain(Background):
    """The same grey everywhere; effects bring light, texture and noise to it."""

    level: Annotated[Varied[float], Range(0, 1), Help("grey value: 0 black, 1 white")] = Uniform(0.35, 0.75)

    def paint(self, size: Size, rng: Generator) -> Image:
        """Return the grey."""
        del rng
        return np.full(size.shape, self.level, dtype=np.float32)
