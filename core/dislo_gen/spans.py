"""The values of a parameter that show what it does: its ends and its middle."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, TypeVar

import attrs
import numpy as np

from dislo_gen.component import Component
from dislo_gen.distributions import Choice, Distribution, Fixed
from dislo_gen.markers import Range
from dislo_gen.parameters import Parameter, parameters

C = TypeVar("C", bound=Component)

_MOST_CHOICES = 5
_TAILS = (0.025, 0.5, 0.975)
_DRAWS = 1001
_FAR = 4  # a fixed default's range is cut at so many times its distance from the near end


def ends_and_middle(parameter: Parameter) -> tuple[Any, ...]:
    """Return two to five values that span what a parameter usually is, in order; none for texts and paths.

    Choices and truth values: each, up to five. A default that is a distribution: its two ends and its middle, or
    where it has no ends, its quantiles 2.5, 50 and 97.5 %. A fixed default: itself with the ends of the range, a
    far end moved nearer, to four times the distance; or from the default on, if that is an end, a quarter and half
    of the range.
    """
    if parameter.choices is not None:
        return tuple(parameter.choices[:_MOST_CHOICES])
    if parameter.type is bool:
        return False, True
    if parameter.type not in (int, float):
        return ()
    default = parameter.default
    if isinstance(default, Fixed):
        default = default.value
    if isinstance(default, Distribution):
        values = _of_distribution(default, parameter.range)
    elif isinstance(default, (int, float)):
        values = _around(float(default), parameter.range.low, parameter.range.high)
    else:
        return ()
    return _distinct(values, parameter)


def _of_distribution(distribution: Distribution, allowed: Range) -> tuple[float, ...]:
    outcomes = distribution.outcomes()
    if outcomes is not None:
        ordered = sorted(set(outcomes))
        return ordered[0], ordered[len(ordered) // 2], ordered[-1]
    drawn = distribution.within(allowed.low, allowed.high).draw_many(np.random.default_rng(0), _DRAWS)
    low, high = distribution.bounds()
    tails = np.quantile(drawn, _TAILS).tolist()
    return (low if math.isfinite(low) else tails[0], tails[1], high if math.isfinite(high) else tails[2])


def _around(default: float, low: float, high: float) -> tuple[float, ...]:
    if not (math.isfinite(low) and math.isfinite(high)):
        return ()
    if default in (low, high):
        other = high if default == low else low
        return default, default + (other - default) / 4, default + (other - default) / 2
    below, above = default - low, high - default
    reach = _FAR * min(below, above)
    return max(low, default - reach), default, min(high, default + reach)


def _distinct(values: Iterable[float], parameter: Parameter) -> tuple[Any, ...]:
    plain = [round(value) if parameter.is_whole else float(value) for value in values]
    kept = (min(max(value, parameter.range.low), parameter.range.high) for value in plain)
    return tuple(dict.fromkeys(sorted(int(value) if parameter.is_whole else value for value in kept)))


def at_the_middle(component: C) -> C:
    """Return a copy with a fixed value in place of each distribution: its middle, or its likeliest choice."""
    changes = {}
    for parameter in parameters(type(component)):
        value = getattr(component, parameter.name)
        if isinstance(value, Distribution):
            changes[parameter.name] = as_value(_middle(value, parameter), parameter)
    return component.evolve(**changes)


def _middle(distribution: Distribution, parameter: Parameter) -> Any:
    if isinstance(distribution, Choice):
        weights = distribution.weights or (1.0,) * len(distribution.values)
        return distribution.values[weights.index(max(weights))]
    if isinstance(distribution, Fixed):
        return distribution.value
    values = ends_and_middle(attrs.evolve(parameter, default=distribution))
    return values[len(values) // 2]


def as_value(value: Any, parameter: Parameter) -> Any:
    """Return a plain value as the component takes it."""
    return Fixed(value) if parameter.distribution else value
