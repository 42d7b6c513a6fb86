"""The values of a parameter that show what it does: its ends and its middle."""

from __future__ import annotations

import math
from collections.abc import Iterable
from statistics import NormalDist
from typing import Any, TypeVar

import attrs
import numpy as np

from dislo_gen.component import Component
from dislo_gen.distributions import Choice, Distribution, Empirical, Fixed, LogNormal, Normal, Uniform
from dislo_gen.numeric import is_number
from dislo_gen.parameters import Parameter, parameters

C = TypeVar("C", bound=Component)

_MOST_CHOICES = 5
_TAIL = 0.025
_TURN = 360.0
_FAR = 4  # a fixed default's range is cut at so many times its distance from the near end
_NEAR = 0.05  # an end that would be missed by so small a part of the range is taken itself
_DECADES = 2  # a range of positive numbers that is wider is one of ratios
_LARGEST_EXPONENT = 700.0  # exp of it is just short of what a float holds


def ends_and_middle(parameter: Parameter) -> tuple[Any, ...]:
    """Return up to five values that span what a parameter usually is, in order; none for texts and paths.

    Choices and truth values: each, up to five. A default that is a distribution: its two ends and its median, or
    where it has no end, its quantile 2.5 or 97.5 %; of a choice of numbers the smallest, the middle one and the
    largest; of a full turn, thirds of it, as its ends are the same. A fixed default: itself with the ends of the
    range, a far end moved nearer, to four times the distance; or from the default on, if that is an end, a quarter
    and half of the range; or where positive numbers range over more than two decades, a quarter of it and four
    times as much. An end that is infinite counts as far. Whole numbers stay whole, and what comes out twice is
    given once.
    """
    if parameter.choices is not None:
        return tuple(parameter.choices[:_MOST_CHOICES])
    if parameter.type is bool:
        return False, True
    if parameter.type not in (int, float):
        return ()
    low, high = parameter.range.low, parameter.range.high
    default = parameter.default
    if isinstance(default, Distribution):
        ends = default.bounds()
        if ends[0] < ends[1]:
            return _distinct(_of_distribution(default, parameter), parameter)
        default = ends[0]
    return _distinct(_around(float(default), low, high), parameter) if is_number(default) else ()


def _of_distribution(distribution: Distribution, parameter: Parameter) -> tuple[float, ...]:
    outcomes = distribution.outcomes()
    if outcomes is not None:
        ordered = sorted(set(outcomes))
        return ordered[0], ordered[len(ordered) // 2], ordered[-1]
    # The range cuts a bell off, but far out: its ends say nothing of what is usual.
    cut = distribution.within(parameter.range.low, parameter.range.high)
    low, high = distribution.bounds()
    if parameter.unit == "deg" and high - low == _TURN:
        return low, low + _TURN / 3, low + 2 * _TURN / 3
    low = low if math.isfinite(low) else _rounded(_quantile(cut, _TAIL))
    high = high if math.isfinite(high) else _rounded(_quantile(cut, 1 - _TAIL))
    if parameter.is_whole and math.ceil(low) <= math.floor(high):  # no number beyond them is ever drawn
        low, high = math.ceil(low), math.floor(high)
    middle = _quantile(cut, 0.5)
    return low, _rounded(middle) if low < _rounded(middle) < high else middle, high


def _quantile(distribution: Distribution, share: float) -> float:
    low, high = distribution.bounds()
    if isinstance(distribution, Normal):
        return _bell_quantile(distribution.mean, distribution.sd, low, high, share)
    if isinstance(distribution, LogNormal):
        low, high = (math.log(bound) if bound > 0 else -math.inf for bound in (low, high))
        exponent = _bell_quantile(math.log(distribution.median), distribution.sigma, low, high, share)
        return math.exp(min(exponent, _LARGEST_EXPONENT))
    if isinstance(distribution, Uniform):
        return low + share * (high - low)
    measured = isinstance(distribution, Empirical)
    values = distribution.values if measured else distribution.draw_many(np.random.default_rng(0), 1001)
    return float(np.quantile(values, share))


def _bell_quantile(mean: float, sd: float, low: float, high: float, share: float) -> float:
    if sd > 0:
        bell = NormalDist(mean, sd)
        below, up_to = bell.cdf(low), bell.cdf(high)
        share = below + (up_to - below) * share
        # So far out that no float holds the probability, all of it is at the near bound: the mean, cut off.
        if 0 < share < 1:
            mean = bell.inv_cdf(share)
    return min(max(mean, low), high)


def _rounded(number: float) -> float:
    """Round to three digits, so that a caption can tell the very value."""
    return float(f"{number:.3g}")


def _around(default: float, low: float, high: float) -> tuple[float, ...]:
    if low > 0 and low < default < high and high > low * 10**_DECADES:
        return max(low, default / _FAR), default, min(high, default * _FAR)
    scale = abs(default) or 1.0
    if math.isinf(low) and math.isinf(high):
        low, high = default - scale, default + scale
    elif math.isinf(high):
        high = default + (_FAR * (default - low) or 2 * scale)
    elif math.isinf(low):
        low = default - (_FAR * (high - default) or 2 * scale)
    if default in (low, high):
        other = high if default == low else low
        return default, default + (other - default) / 4, default + (other - default) / 2
    reach, margin = _FAR * min(default - low, high - default), _NEAR * (high - low)
    below, above = default - reach, default + reach
    return low if below < low + margin else below, default, high if above > high - margin else above


def _distinct(values: Iterable[float], parameter: Parameter) -> tuple[Any, ...]:
    plain = [round(value) if parameter.is_whole else float(value) for value in values]
    kept = (min(max(value, parameter.range.low), parameter.range.high) for value in plain)
    return tuple(dict.fromkeys(sorted(int(value) if parameter.is_whole else value for value in kept)))


def calm(component: C) -> C:
    """Return a copy that draws nothing and shows one thing at a time.

    A parameter at its default becomes what `OnSheet` says; else a fixed value takes the place of each
    distribution: its middle, or its likeliest choice.
    """
    changes = {}
    for parameter in parameters(type(component)):
        value = getattr(component, parameter.name)
        if parameter.on_sheet.value is not attrs.NOTHING and value == parameter.default:
            changes[parameter.name] = _as_value(parameter.on_sheet.value, parameter)
        elif isinstance(value, Distribution):
            changes[parameter.name] = _as_value(_middle(value, parameter), parameter)
    return component.evolve(**changes)


def changed(component: C, parameter: Parameter, value: Any) -> C:
    """Return a copy of a calm component with one parameter changed, and with what it needs beside it."""
    others = {one.name: one for one in parameters(type(component))}
    beside = {name: _as_value(given, others[name]) for name, given in parameter.on_sheet.beside.items()}
    return component.evolve(**beside, **{parameter.name: _as_value(value, parameter)})


def _middle(distribution: Distribution, parameter: Parameter) -> Any:
    if parameter.choices is None and parameter.type in (int, float):
        values = ends_and_middle(attrs.evolve(parameter, default=distribution))
        return values[len(values) // 2] if len(values) > 2 else values[0]
    if isinstance(distribution, Choice):
        weights = distribution.weights or (1.0,) * len(distribution.values)
        return distribution.values[weights.index(max(weights))]
    return (
        distribution.value if isinstance(distribution, Fixed) else (distribution.outcomes() or (distribution,))[0]
    )


def _as_value(value: Any, parameter: Parameter) -> Any:
    """Return a value as the component takes it."""
    return Fixed(value) if parameter.distribution and not isinstance(value, Distribution) else value
