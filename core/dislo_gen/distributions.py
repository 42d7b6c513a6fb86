"""Distributions a recipe may hold in place of a number or a word.

Each is written in a recipe as a table with one key: ``{uniform = [10, 100]}``, ``{normal = [5, 1]}``,
``{normal = {mean = 5, sd = 1, low = 0}}``, ``{lognormal = [12, 0.4]}``, ``{choice = ["a", "b"]}``,
``{choice = {values = [1, 2], weights = [3, 1]}}``, ``{empirical = [3.1, 4.7, 9.0]}``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

import attrs
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from dislo_gen.errors import shown
from dislo_gen.numeric import is_finite, is_number

if TYPE_CHECKING:
    # A parameter typed ``Varied[int]`` is an int to its reader, yet ``= Uniform(3, 12)`` must be a legal default.
    # A class that inherits from Any is compatible with every type, which is the closest the type system comes.
    _AnyType = Any
else:
    _AnyType = object


_LARGEST_EXPONENT = 700.0  # exp of it is just short of what a float holds


def _finite(instance: object, attribute: attrs.Attribute[float], value: float) -> None:
    del instance
    if not is_finite(value):
        raise ValueError(f"{attribute.name} must be a finite number, not {shown(value)}")


def _bound(instance: object, attribute: attrs.Attribute[float], value: float) -> None:
    del instance
    if not is_number(value) or value != value or not (math.isinf(value) or is_finite(value)):
        raise ValueError(f"{attribute.name} must be a number, not {shown(value)}")


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


@attrs.frozen
class Fixed(Distribution):
    """Always the same value. A recipe writes it as the bare value."""

    value: Any
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

    low: float = attrs.field(validator=_finite)
    high: float = attrs.field(validator=_finite)
    key = "uniform"

    def __attrs_post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError(
                f"uniform runs from the smaller to the larger value, not from {self.low} to {self.high}"
            )

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


@attrs.frozen
class Normal(Distribution):
    """A normal distribution, cut off (not heaped up) at ``low`` and ``high`` where these are given."""

    mean: float = attrs.field(validator=_finite)
    sd: float = attrs.field(validator=_finite)
    low: float = attrs.field(default=-math.inf, validator=_bound)
    high: float = attrs.field(default=math.inf, validator=_bound)
    key = "normal"

    def __attrs_post_init__(self) -> None:
        if self.sd < 0:
            raise ValueError(f"sd must not be negative, and {self.sd} is")
        if self.low > self.high:
            raise ValueError(f"low must not be above high, and {self.low} is above {self.high}")

    def draw(self, rng: Generator) -> float:
        """Draw one float; a cut-off one comes from the inverse distribution function, so one draw is enough."""
        if self.sd == 0:
            return min(max(self.mean, self.low), self.high)
        if math.isinf(self.low) and math.isinf(self.high):
            return float(rng.normal(self.mean, self.sd))
        return _cut_off_normal(self, float(rng.random()))

    def bounds(self) -> tuple[float, float]:
        """The cut-offs."""
        return self.low, self.high

    def within(self, low: float, high: float) -> Normal:
        """Return the same bell, cut off at the narrower of its own bounds and these."""
        low, high = max(low, self.low), min(high, self.high)
        return self if (low, high) == (self.low, self.high) else attrs.evolve(self, low=low, high=high)

    def to_plain(self) -> Any:
        """``{normal = [mean, sd]}``, or a table when it is cut off."""
        return {self.key: _bell_to_plain({"mean": self.mean, "sd": self.sd}, self.low, self.high)}


def _cut_off_normal(bell: Normal, uniform: float) -> float:
    """Turn a uniform draw into one of a cut-off normal through the inverse of its distribution function."""
    from scipy.special import ndtr, ndtri

    low, high = (bell.low - bell.mean) / bell.sd, (bell.high - bell.mean) / bell.sd
    # Probabilities close to 1 lose their digits, those close to 0 keep them: work in the lower tail.
    side = -1.0 if low > 0 else 1.0
    if side < 0:
        low, high = -high, -low
    bottom, top = float(ndtr(low)), float(ndtr(high))
    value = float(ndtri(bottom + (top - bottom) * uniform))
    if not math.isfinite(value):  # so far out that no float holds the probability: all of it is at the near bound
        value = high if math.isfinite(high) else low
    return min(max(bell.mean + side * bell.sd * value, bell.low), bell.high)


@attrs.frozen
class LogNormal(Distribution):
    """A number whose logarithm is normal: half of the draws lie below ``median``; ``sigma`` is the log's sd."""

    median: float = attrs.field(validator=_finite)
    sigma: float = attrs.field(validator=_finite)
    low: float = attrs.field(default=-math.inf, validator=_bound)
    high: float = attrs.field(default=math.inf, validator=_bound)
    key = "lognormal"

    def __attrs_post_init__(self) -> None:
        if self.median <= 0 or self.sigma < 0:
            raise ValueError(f"median must be positive and sigma not negative, not {self.median} and {self.sigma}")
        if self.low > self.high or self.high <= 0:
            raise ValueError(f"low must not be above high, nor high below 0: {self.low}, {self.high}")

    def draw(self, rng: Generator) -> float:
        """Draw one positive float."""
        low = math.log(self.low) if self.low > 0 else -math.inf
        high = math.log(self.high) if math.isfinite(self.high) else math.inf
        exponent = Normal(math.log(self.median), self.sigma, low, high).draw(rng)
        value = math.exp(min(exponent, _LARGEST_EXPONENT))
        return min(max(value, self.low), self.high)

    def bounds(self) -> tuple[float, float]:
        """The cut-offs."""
        return self.low, self.high

    def within(self, low: float, high: float) -> LogNormal:
        """Return the same distribution, cut off at the narrower of its own bounds and these."""
        low, high = max(low, self.low), min(high, self.high)
        return self if (low, high) == (self.low, self.high) else attrs.evolve(self, low=low, high=high)

    def to_plain(self) -> Any:
        """``{lognormal = [median, sigma]}``, or a table when it is cut off."""
        return {self.key: _bell_to_plain({"median": self.median, "sigma": self.sigma}, self.low, self.high)}


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
    return tuple(value)


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


def _bell_to_plain(parts: dict[str, float], low: float, high: float) -> Any:
    limits = {name: value for name, value in (("low", low), ("high", high)) if math.isfinite(value)}
    return parts | limits if limits else list(parts.values())
