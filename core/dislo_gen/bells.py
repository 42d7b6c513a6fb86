"""Normal and lognormal distributions, which may be cut off."""

from __future__ import annotations

import math
from typing import Any, Self

import attrs
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from dislo_gen.distribution import Distribution, bound, finite
from dislo_gen.numeric import unsigned_zero

_LARGEST_EXPONENT = 700.0  # exp of it is just short of what a float holds


class _CutOff(Distribution):
    """A distribution that ``low`` and ``high`` cut off."""

    low: float
    high: float

    def bounds(self) -> tuple[float, float]:
        """The cut-offs."""
        return self.low, self.high

    def within(self, low: float, high: float) -> Self:
        """Return the same bell, cut off at the narrower of its own bounds and these."""
        low, high = max(low, self.low), min(high, self.high)
        return self if (low, high) == (self.low, self.high) else attrs.evolve(self, low=low, high=high)  # type: ignore[misc]


@attrs.frozen
class Normal(_CutOff):
    """A normal distribution, cut off (not heaped up) at ``low`` and ``high`` where these are given."""

    mean: float = attrs.field(converter=unsigned_zero, validator=finite)
    sd: float = attrs.field(converter=unsigned_zero, validator=finite)
    low: float = attrs.field(default=-math.inf, converter=unsigned_zero, validator=bound)
    high: float = attrs.field(default=math.inf, converter=unsigned_zero, validator=bound)
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
        return float(_cut_off_normal(self, rng.random(1))[0])

    def draw_many(self, rng: Generator, count: int) -> NDArray[np.float64]:
        """Draw ``count`` floats at once, the same as one after the other."""
        if self.sd == 0:
            return np.full(count, self.draw(rng))
        if math.isinf(self.low) and math.isinf(self.high):
            return rng.normal(self.mean, self.sd, count)
        return _cut_off_normal(self, rng.random(count))

    def to_plain(self) -> Any:
        """``{normal = [mean, sd]}``, or a table when it is cut off."""
        return {self.key: _bell_to_plain({"mean": self.mean, "sd": self.sd}, self.low, self.high)}


def _cut_off_normal(bell: Normal, uniform: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn uniform draws into those of a cut-off normal through the inverse of its distribution function."""
    from scipy.special import ndtr, ndtri

    low, high = (bell.low - bell.mean) / bell.sd, (bell.high - bell.mean) / bell.sd
    # Probabilities close to 1 lose their digits, those close to 0 keep them: work in the lower tail.
    side = -1.0 if low > 0 else 1.0
    if side < 0:
        low, high = -high, -low
    bottom, top = float(ndtr(low)), float(ndtr(high))
    values = np.asarray(ndtri(bottom + (top - bottom) * uniform), dtype=np.float64)
    # So far out that no float holds the probability: all of it is at the near bound.
    values[~np.isfinite(values)] = high if math.isfinite(high) else low
    return np.clip(bell.mean + side * bell.sd * values, bell.low, bell.high)


@attrs.frozen
class LogNormal(_CutOff):
    """A number whose logarithm is normal: half of the draws lie below ``median``; ``sigma`` is the log's sd."""

    median: float = attrs.field(converter=unsigned_zero, validator=finite)
    sigma: float = attrs.field(converter=unsigned_zero, validator=finite)
    low: float = attrs.field(default=-math.inf, converter=unsigned_zero, validator=bound)
    high: float = attrs.field(default=math.inf, converter=unsigned_zero, validator=bound)
    key = "lognormal"

    def __attrs_post_init__(self) -> None:
        if self.median <= 0 or self.sigma < 0:
            raise ValueError(f"median must be positive and sigma not negative, not {self.median} and {self.sigma}")
        if self.low > self.high or self.high <= 0:
            raise ValueError(f"low must not be above high, nor high below 0: {self.low}, {self.high}")

    def draw(self, rng: Generator) -> float:
        """Draw one positive float."""
        return float(self.draw_many(rng, 1)[0])

    def draw_many(self, rng: Generator, count: int) -> NDArray[np.float64]:
        """Draw ``count`` floats at once, the same as one after the other."""
        low = math.log(self.low) if self.low > 0 else -math.inf
        high = math.log(self.high) if math.isfinite(self.high) else math.inf
        exponents = Normal(math.log(self.median), self.sigma, low, high).draw_many(rng, count)
        return np.clip(np.exp(np.minimum(exponents, _LARGEST_EXPONENT)), self.low, self.high)

    def to_plain(self) -> Any:
        """``{lognormal = [median, sigma]}``, or a table when it is cut off."""
        return {self.key: _bell_to_plain({"median": self.median, "sigma": self.sigma}, self.low, self.high)}


def _bell_to_plain(parts: dict[str, float], low: float, high: float) -> Any:
    limits = {name: value for name, value in (("low", low), ("high", high)) if math.isfinite(value)}
    return parts | limits if limits else list(parts.values())
