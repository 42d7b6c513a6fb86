"""How a value varies, as a recipe writes it: which distribution, and from one into another."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from dislo_gen import Choice, Distribution, Empirical, LogNormal, Normal, Parameter, Uniform

FIXED = "fixed"
UNIFORM, NORMAL, LOGNORMAL = Uniform.key, Normal.key, LogNormal.key
CHOICE, EMPIRICAL = Choice.key, Empirical.key
WORDS = {
    FIXED: "one value",
    UNIFORM: "anything between two values",
    NORMAL: "normal: around a mean",
    LOGNORMAL: "lognormal: around a median, in ratios",
    CHOICE: "one of several values",
    EMPIRICAL: "as measured values are distributed",
}
_SIGMA = 0.35  # of a lognormal that nothing else is known of
_WIDTH = 0.3  # of the ends around a value that nothing else is known of, relative to it


def spread_of(value: Any) -> str:
    """Return how a value varies: "fixed", or a distribution's key."""
    return next(iter(value)) if isinstance(value, Mapping) and len(value) == 1 else FIXED


def spreads_of(parameter: Parameter) -> tuple[str, ...]:
    """Return the ways in which a parameter may vary."""
    if not (parameter.varied or parameter.distribution):
        return (FIXED,)
    if parameter.choices is not None or parameter.type not in (int, float):
        return FIXED, CHOICE
    positive = (LOGNORMAL,) if parameter.range.high > 0 else ()
    return FIXED, UNIFORM, NORMAL, *positive, CHOICE, EMPIRICAL


def content(value: Any) -> dict[str, Any]:
    """Return a distribution's numbers by name, however the recipe writes them."""
    key = spread_of(value)
    inner = value[key] if key != FIXED else value
    names = {UNIFORM: ("low", "high"), NORMAL: ("mean", "sd"), LOGNORMAL: ("median", "sigma")}.get(
        key, ("values",)
    )
    if isinstance(inner, Mapping):
        return dict(inner)
    return dict(zip(names, inner if len(names) > 1 else [inner], strict=False))


def written(key: str, numbers: Mapping[str, Any]) -> Any:
    """Return a distribution as a recipe writes it; numbers that are None are left out."""
    known = {name: number for name, number in numbers.items() if number is not None}
    short = {UNIFORM: ("low", "high"), NORMAL: ("mean", "sd"), LOGNORMAL: ("median", "sigma")}.get(key)
    if short and tuple(known) == short:
        return {key: list(known.values())}
    return {key: known["values"]} if tuple(known) == ("values",) else {key: known}


def numbers_in(value: Any) -> list[float]:
    """Return the numbers that say where a value usually lies; none for words and truth values."""
    key, inner = spread_of(value), content(value)
    if key in (NORMAL, LOGNORMAL):
        low, middle, high = _ends(value)
        return [low, middle, high]
    if key == UNIFORM:
        return _numbers(inner.values())
    found = inner.get("values")
    return _numbers(found if isinstance(found, (list, tuple)) else [found])


def _numbers(values: Iterable[Any]) -> list[float]:
    return [
        float(v) for v in values if isinstance(v, (int, float)) and not isinstance(v, bool) and math.isfinite(v)
    ]


def _ends(value: Any) -> tuple[float, float, float]:
    """Return the ends and the middle of what a value usually is."""
    key, inner = spread_of(value), content(value)
    if key == NORMAL:
        middle, sd = inner["mean"], inner["sd"]
        low, high = middle - 2 * sd, middle + 2 * sd
    elif key == LOGNORMAL:
        middle = inner["median"]
        ratio = math.exp(min(2 * inner["sigma"], 50.0))
        low, high = middle / ratio, middle * ratio
    else:
        numbers = sorted(numbers_in(value)) or [0.0]
        low, high = numbers[0], numbers[-1]
        return low, numbers[len(numbers) // 2] if len(numbers) > 2 else (low + high) / 2, high
    return max(low, inner.get("low", -math.inf)), middle, min(high, inner.get("high", math.inf))


def turned(value: Any, key: str, parameter: Parameter) -> Any:
    """Return a value that varies in another way and lies about where it lay.

    Args:
        value: as a recipe writes it.
        key: how it is to vary, one of `spreads_of`.
        parameter: whose it is.
    """
    if spread_of(value) == key:
        return value
    if parameter.choices is not None or parameter.type not in (int, float):
        return _turned_words(value, key, parameter)
    low, middle, high = _ends(value)
    if low == high and key != FIXED:
        low, high = _around(middle, parameter)
    low, middle, high = (_fitting(number, parameter) for number in (low, middle, high))
    if key == FIXED:
        return middle
    if key == UNIFORM:
        return written(key, {"low": low, "high": high})
    if key == NORMAL:
        return written(key, {"mean": middle, "sd": _short((high - low) / 4)})
    if key == LOGNORMAL:
        median = middle if middle > 0 else _short(high / 2) or 1.0
        sigma = _short(math.log(high / low) / 4) if 0 < low < high else _SIGMA
        return written(key, {"median": median, "sigma": sigma})
    return written(key, {"values": sorted({low, middle, high})})


def _turned_words(value: Any, key: str, parameter: Parameter) -> Any:
    words = list(parameter.choices) if parameter.choices is not None else [value]
    if parameter.type is bool:
        words = [False, True]
    if key != FIXED:
        return written(key, {"values": words})
    numbers = content(value)
    values, weights = numbers["values"], numbers.get("weights")
    return values[list(weights).index(max(weights))] if weights else values[0]


def _around(middle: float, parameter: Parameter) -> tuple[float, float]:
    default = parameter.default
    if not middle and isinstance(default, Distribution):
        return _ends(default.to_plain())[::2]
    reach = _WIDTH * abs(middle)
    if not reach:
        ends = [abs(end) for end in (parameter.range.low, parameter.range.high) if math.isfinite(end) and end]
        reach = min(ends) / 4 if ends else 1.0
    if parameter.is_whole:
        reach = max(1.0, round(reach))
    return middle - reach, middle + reach


def _fitting(number: float, parameter: Parameter) -> float:
    """Return the nearest number that the parameter takes and that reads well."""
    number = min(max(_short(number), parameter.range.low), parameter.range.high)
    return round(number) if parameter.is_whole else number


def _short(number: float) -> float:
    return float(f"{number:.3g}")
