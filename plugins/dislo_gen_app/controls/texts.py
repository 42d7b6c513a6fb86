"""What is said of a parameter: its meaning, range, unit and default, and values as a person reads them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import attrs

from dislo_gen import Distribution, Parameter
from dislo_gen_app.controls.spread import CHOICE, EMPIRICAL, FIXED, LOGNORMAL, NORMAL, content, spread_of

_MOST = 6  # values of a list that are said


def about(parameter: Parameter) -> str:
    """Return what a person should know of a parameter: its meaning, then range and default."""
    facts = [text for text in (_range_text(parameter), _default_text(parameter)) if text]
    return f"{parameter.help or parameter.name.replace('_', ' ')} ({'; '.join(facts)})"


def value_text(value: Any) -> str:
    """Return a value, as a recipe writes it, as a person reads it."""
    key = spread_of(value)
    if key == FIXED:
        return _plain_text(value)
    numbers = content(value)
    if key in (NORMAL, LOGNORMAL):
        names = {"mean": "mean", "median": "median", "sd": "sd", "sigma": "sigma", "low": "from", "high": "to"}
        said = [f"{word} {_plain_text(numbers[name])}" for name, word in names.items() if name in numbers]
        return f"{key}, {' '.join(said)}"
    if key in (CHOICE, EMPIRICAL):
        return _list_text(numbers["values"], "or") if isinstance(numbers["values"], (list, tuple)) else "measured"
    return f"{_plain_text(numbers['low'])} to {_plain_text(numbers['high'])}"


def _plain_text(value: Any) -> str:
    if value is None or value == "":
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.7g}"
    if isinstance(value, (list, tuple)):
        return _list_text(value, "and") if value else "none"
    return str(value)


def _list_text(values: Iterable[Any], word: str) -> str:
    said = [_plain_text(value) for value in values]
    if len(said) > _MOST:
        return f"{', '.join(said[: _MOST - 1])}, … {said[-1]}"
    return f" {word} ".join([", ".join(said[:-1]), said[-1]]) if len(said) > 1 else "".join(said)


def _range_text(parameter: Parameter) -> str:
    unit = f" {parameter.unit}" if parameter.unit else ""
    if parameter.choices is not None:
        return _list_text(parameter.choices, "or")
    if parameter.type not in (int, float):
        return {bool: "yes or no", Path: "a file or folder", str: "a text"}.get(parameter.type, "")
    low, high = parameter.range.low, parameter.range.high
    if math.isinf(low) and math.isinf(high):
        return f"any number{unit}"
    if math.isinf(high):
        return f"from {low:.7g}{unit}"
    return f"up to {high:.7g}{unit}" if math.isinf(low) else f"{low:.7g} to {high:.7g}{unit}"


def _default_text(parameter: Parameter) -> str:
    if parameter.default is attrs.NOTHING:
        return "must be given"
    default = parameter.default
    return f"default: {value_text(default.to_plain() if isinstance(default, Distribution) else default)}"
