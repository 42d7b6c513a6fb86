"""Distributions a recipe may hold in place of a number or a word.

Each is written in a recipe as a table with one key: ``{uniform = [10, 100]}``, ``{normal = [5, 1]}``,
``{normal = {mean = 5, sd = 1, low = 0}}``, ``{lognormal = [12, 0.4]}``, ``{choice = ["a", "b"]}``,
``{choice = {values = [1, 2], weights = [3, 1]}}``, ``{empirical = [3.1, 4.7, 9.0]}``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import attrs
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from dislo_gen.bells import LogNormal, Normal
from dislo_gen.distribution import Distribution, finite
from dislo_gen.errors import shown
from dislo_gen.numeric import is_finite, unsigned_zero


@attrs.frozen
class Fixed(Distribution):
    """Always the same value. A recipe writes it as the bare value."""

    value: Any = attrs.field(converter=unsigned_zero)
    key = "fixed"

    def draw(self, rng: Generator) -> Any:
        """Return the value; nothing is taken from ``rng``."""
        del rng
        return self.value

    def outcomes(self) -> tuple[Any, ...]:
        """The one value."""
        return (self.value,)

    def bounds(self) -> tuple[float, float]:
        """The value, twice."""
        return self.value, self.value

    def to_plain(self) -> Any:
        """The bare value."""
        return self.value


@attrs.frozen
class Uniform(Distribution):
    """Every value from ``low`` to ``high`` is as likely as any other (whole numbers: both ends included)."""

    low: float = attrs.field(converter=unsigned_zero, validator=finite)
    high: float = attrs.field(converter=unsigned_zero, validator=finite)
    key = "uniform"

    def __attrs_post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError(
                f"uniform runs from the smaller to the larger value, not from {self.low} to {self.high}"
            )
        if not is_finite(self.high - self.low):
            raise ValueError(f"uniform cannot be as wide as from {self.low} to {self.high}")

    def draw(self, rng: Generator) -> float:
        """Draw one float."""
        return float(rng.uniform(self.low, self.high))

    def draw_integer(self, rng: Generator) -> int:
        """Draw a whole number between the ends, both included."""
        low, high = math.ceil(self.low), math.floor(self.high)
        return int(rng.integers(low, high, endpoint=True)) if low <= high else round(self.low)

    def draw_many(self, rng: Generator, count: int) -> NDArray[np.float64]:
        """Draw ``count`` floats at once."""
        return rng.uniform(self.low, self.high, count)

    def bounds(self) -> tuple[float, float]:
        """The two ends."""
        return self.low, self.high

    def to_plain(self) -> Any:
        """``{uniform = [low, high]}``."""
        return {self.key: [self.low, self.high]}


def _weights(instance: Choice, attribute: attrs.Attribute[Any], value: tuple[float, ...] | None) -> None:
    del attribute
    if value is None:
        return
    if len(value) != len(instance.values):
        raise ValueError(f"{len(instance.values)} values need as many weights, not {len(value)}")
    if not all(is_finite(weight) and weight >= 0 for weight in value) or sum(value) <= 0:
        raise ValueError("weights must be finite numbers of at least 0, and not all 0")


def _values(value: Iterable[Any]) -> tuple[Any, ...]:
    if not isinstance(value, (list, tuple)):
        raise ValueError(f"values must be a list, not {shown(value)}")
    return tuple(map(unsigned_zero, value))


def _weights_or_none(value: Any) -> tuple[Any, ...] | None:
    if value is not None and not isinstance(value, (list, tuple)):
        raise ValueError(f"weights must be a list, not {shown(value)}")
    return None if value is None else tuple(value)


@attrs.frozen
class Choice(Distribution):
    """One of the listed values (numbers, words or booleans), each as likely, or by weight."""

    values: tuple[Any, ...] = attrs.field(converter=_values)
    weights: tuple[float, ...] | None = attrs.field(default=None, converter=_weights_or_none, validator=_weights)
    key = "choice"

    def __attrs_post_init__(self) -> None:
        if not self.values:
            raise ValueError("choice needs at least one value")

    def draw(self, rng: Generator) -> Any:
        """Draw one of the values."""
        if self.weights is None:
            return self.values[int(rng.integers(len(self.values)))]
        edges = np.cumsum(self.weights)
        return self.values[int(np.searchsorted(edges, rng.random() * edges[-1], side="right"))]

    def outcomes(self) -> tuple[Any, ...]:
        """The values."""
        return self.values

    def bounds(self) -> tuple[float, float]:
        """Smallest and largest of the values."""
        return min(self.values), max(self.values)

    def to_plain(self) -> Any:
        """``{choice = [...]}``, or a table with weights."""
        if self.weights is None:
            return {self.key: list(self.values)}
        return {self.key: {"values": list(self.values), "weights": list(self.weights)}}


def _sorted(value: Iterable[float]) -> tuple[float, ...]:
    values = _values(value)
    for number in values:
        if not is_finite(number):
            raise ValueError(f"empirical takes finite numbers, not {shown(number)}")
    return tuple(sorted(values))


@attrs.frozen
class Empirical(Distribution):
    """What was measured: draws follow the sample's quantiles, with straight lines between neighbouring values."""

    values: tuple[float, ...] = attrs.field(converter=_sorted)
    key = "empirical"

    def __attrs_post_init__(self) -> None:
        if not self.values:
            raise ValueError("empirical needs at least one value")

    def draw(self, rng: Generator) -> float:
        """Draw one float."""
        position = rng.random() * (len(self.values) - 1)
        return float(np.interp(position, np.arange(len(self.values)), self.values))

    def draw_integer(self, rng: Generator) -> int:
        """Draw one of the measured values, rounded."""
        return round(self.values[int(rng.integers(len(self.values)))])

    def bounds(self) -> tuple[float, float]:
        """Smallest and largest measured value."""
        return self.values[0], self.values[-1]

    def to_plain(self) -> Any:
        """``{empirical = [...]}``."""
        return {self.key: list(self.values)}


DISTRIBUTIONS: dict[str, type[Distribution]] = {
    cls.key: cls for cls in (Uniform, Normal, LogNormal, Choice, Empirical)
}

__all__ = [
    "DISTRIBUTIONS",
    "Choice",
    "Distribution",
    "Empirical",
    "Fixed",
    "LogNormal",
    "Normal",
    "Uniform",
]
