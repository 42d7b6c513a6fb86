"""What a slider runs over: the part of a parameter's range that is of use, in even steps or in equal ratios."""

from __future__ import annotations

import math
from typing import Any

import attrs

from dislo_gen import Distribution, Parameter
from dislo_gen_app.controls.spread import numbers_in

_FAR = 4  # times as far as the usual values reach
_MUCH_WIDER = 5  # a range that is not so many times as wide is shown whole
_DECADES = 2  # of a range of positive numbers that is shown in equal ratios
_NEAR_RATIO = 20  # a range in equal ratios is cut at so many times the usual values
_STEPS = 200
_DIGITS = 3


@attrs.frozen
class Span:
    """What a slider runs over.

    Attributes:
        low, high: the ends.
        is_whole: whether there are whole numbers only.
        in_ratios: whether equal ways along it are equal ratios; the ends are positive then.
    """

    low: float
    high: float
    is_whole: bool = False
    in_ratios: bool = False

    @property
    def step(self) -> float:
        """The distance of neighbouring positions."""
        if self.in_ratios:
            return (self.to_position(self.high) - self.to_position(self.low)) / _STEPS
        return 1.0 if self.is_whole else _nice((self.high - self.low) / _STEPS)

    def to_position(self, value: float) -> float:
        """Return where on the slider a value is, the nearest end for one beyond."""
        value = min(max(value, self.low), self.high)
        return math.log10(value) if self.in_ratios else value

    def to_value(self, position: float) -> float:
        """Return the value at a position, rounded to what the slider can tell apart."""
        if self.in_ratios:
            value = float(f"{10**position:.{_DIGITS}g}")
        else:
            value = round(position, max(0, -math.floor(math.log10(self.step))))
        value = min(max(value, self.low), self.high)
        return round(value) if self.is_whole else float(value)


def span_of(parameter: Parameter, value: Any = None) -> Span:
    """Return the span of a parameter's slider.

    The whole range where that is not much wider than what is usual; else from the default, or from what is there
    now, four times as far. Positive numbers over more than two decades are shown in equal ratios.

    Args:
        parameter: of numbers.
        value: what it is now, as a recipe writes it.
    """
    low, high = parameter.range.low, parameter.range.high
    usual = [*numbers_in(_plain(parameter.default)), *numbers_in(value)] or [1.0]
    least, most = min(usual), max(usual)
    if low > 0 and high / low > 10**_DECADES and least > 0:
        low = max(low, _rounded(least / _NEAR_RATIO))
        high = min(high, _rounded(most * _NEAR_RATIO))
        if high / low > 10**_DECADES:
            return Span(low, high, parameter.is_whole, in_ratios=True)
        low, high = parameter.range.low, parameter.range.high
    reach = _FAR * max(abs(least), abs(most))
    if not reach:
        reach = 1.0 if math.isinf(high - low) else max(abs(low), abs(high))
    near_low, near_high = max(low, -_rounded(reach)), min(high, _rounded(reach))
    if not (high - low) <= _MUCH_WIDER * (near_high - near_low):
        low, high = near_low, near_high
    if parameter.is_whole:
        low, high = math.floor(low), math.ceil(high)
    if not low < high:
        high = low + 1
    return Span(low, high, parameter.is_whole)


def _plain(default: Any) -> Any:
    return default.to_plain() if isinstance(default, Distribution) else default


def _rounded(number: float) -> float:
    """Round to two digits, so that a slider ends at a number that reads well."""
    return float(f"{number:.2g}")


def _nice(step: float) -> float:
    """Return the largest of 1, 2 and 5 times a power of ten that is not above a step."""
    power = 10.0 ** math.floor(math.log10(step))
    return next(factor * power for factor in (5, 2, 1) if factor * power <= step * 1.000001)
