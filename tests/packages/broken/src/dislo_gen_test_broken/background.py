"""Broken backgrounds."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
from dislo_gen_test_good.background import Grain
from numpy.random import Generator

from dislo_gen import Image, Size, component
from dislo_gen_test_broken import declarations
from dislo_gen_test_broken.misbehaviour import Misbehaves


@component
class Misbehaving(Misbehaves, Grain):
    """Misbehaves as it is told to."""

    def paint(self, size: Size, rng: Generator) -> Image:
        return super().paint(size, rng) * np.float32(1 - 0.1 * self.disturbance(size.xy))


@component
class Unpublished(Grain):
    """No entry point leads to it."""


@component
class Undocumented(Grain):
    pass


@component
class Unexplained(declarations.Unexplained, Grain):
    """Has a parameter without Help."""


@component
class Unbounded(declarations.Unbounded, Grain):
    """Has a number without Range."""


@component
class Converted(declarations.Converted, Grain):
    """Is not read back as it was written."""


@component
class Validated(declarations.Validated, Grain):
    """Demands what no schema knows."""


@component
class Unwritable(declarations.Unwritable, Grain):
    """Has a parameter of a type that no recipe can hold."""


@component
class ChangesWhatItFixed(Misbehaves, Grain):
    """Names what it picked, as it should, and changes that at work."""

    def fix(self, size: Size, rng: Generator) -> Self:
        return self.evolve(level=0.25)

    def paint(self, size: Size, rng: Generator) -> Image:
        object.__setattr__(self, "level", 0.75)
        return super().paint(size, rng)


@component
class Listed(Grain):
    """Returns a list."""

    def paint(self, size: Size, rng: Generator) -> Any:
        return super().paint(size, rng).tolist()


@component
class Double(Grain):
    """Returns float64."""

    def paint(self, size: Size, rng: Generator) -> Any:
        return super().paint(size, rng).astype(np.float64)


@component
class Flipped(Grain):
    """Takes width for height."""

    def paint(self, size: Size, rng: Generator) -> Image:
        return super().paint(size, rng).T


@component
class Holed(Grain):
    """Has NaN in some pictures."""

    def paint(self, size: Size, rng: Generator) -> Image:
        picture = super().paint(size, rng)
        if rng.random() < 0.7:
            picture[0, 0] = np.nan
        return picture


@component
class Bright(Grain):
    """Has grey values up to 255."""

    def paint(self, size: Size, rng: Generator) -> Image:
        return super().paint(size, rng) * np.float32(255)


@component
class Same(Grain):
    """Paints one picture again and again."""

    def paint(self, size: Size, rng: Generator) -> Image:
        return Grain(grey=0.5).paint(size, np.random.Generator(np.random.PCG64(0)))


@component
class Coin(Grain):
    """Paints one of two pictures."""

    def paint(self, size: Size, rng: Generator) -> Image:
        return Grain(grey=0.5).paint(size, np.random.Generator(np.random.PCG64(int(rng.integers(2)))))


@component
class Keeps(Grain):
    """Keeps the pictures that it returned."""

    kept: ClassVar[dict[bytes, Image]] = {}

    def paint(self, size: Size, rng: Generator) -> Image:
        picture = super().paint(size, rng)
        return self.kept.setdefault(picture.tobytes(), picture)
