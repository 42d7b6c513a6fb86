"""What every distribution has, and how its numbers are checked."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, ClassVar

import attrs
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from dislo_gen.errors import shown
from dislo_gen.numeric import instead_of_percent, is_finite, is_number

if TYPE_CHECKING:
    # A parameter typed ``Varied[int]`` is an int to its reader, yet ``= Uniform(3, 12)`` must be a legal default.
    # A class that inherits from Any is compatible with every type, which is the closest the type system comes.
    _AnyType = Any
else:
    _AnyType = object


def finite(instance: object, attribute: attrs.Attribute[float], value: float) -> None:
    """Validate that a field is a finite number."""
    del instance
    if not is_finite(value):
        raise ValueError(
            f"{attribute.name} must be a finite number, not {shown(value)}{instead_of_percent(value)}"
        )


def bound(instance: object, attribute: attrs.Attribute[float], value: float) -> None:
    """Validate that a field is a number, perhaps an infinite one."""
    del instance
    if not is_number(value) or value != value or not (math.isinf(value) or is_finite(value)):
        raise ValueError(f"{attribute.name} must be a number, not {shown(value)}{instead_of_percent(value)}")


class Distribution(_AnyType):  # type: ignore[misc]
    """Something that values can be drawn from."""

    key: ClassVar[str]

    def draw(self, rng: Generator) -> Any:
        """Draw one value."""
        raise NotImplementedError

    def draw_integer(self, rng: Generator) -> int:
        """Draw one whole number: the nearest one to a drawn value, unless the distribution knows better."""
        value: float = self.draw(rng)
        return round(value)

    def draw_many(self, rng: Generator, count: int) -> NDArray[np.float64]:
        """Draw ``count`` values, float64."""
        return np.array([self.draw(rng) for _ in range(count)], dtype=np.float64)

    def outcomes(self) -> tuple[Any, ...] | None:
        """Every value that can come out, when there are finitely many; else None."""
        return None

    def bounds(self) -> tuple[float, float]:
        """Smallest and largest number that can come out."""
        raise NotImplementedError

    def within(self, low: float, high: float) -> Distribution:
        """Return this distribution, cut off at ``low`` and ``high`` if it reaches past them."""
        del low, high
        return self

    def to_plain(self) -> Any:
        """Return what a recipe file says for this distribution."""
        raise NotImplementedError
