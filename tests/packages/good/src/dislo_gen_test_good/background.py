"""Grain, as a film shows it."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.random import Generator

from dislo_gen import Background, Help, Image, Range, Size, Uniform, Varied, component


@component
class Grain(Background):
    """Even grey with grain."""

    grey: Annotated[Varied[float], Range(0, 1), Help("mean grey value")] = Uniform(0.4, 0.6)

    def paint(self, size: Size, rng: Generator) -> Image:
        """Paint the picture."""
        picture: Image = np.clip(self.grey + rng.uniform(-0.2, 0.2, size.shape), 0, 1).astype(np.float32)
        return picture
