"""What a mistake in a recipe probably meant, as the end of the sentence about it."""

from __future__ import annotations

import contextlib
import json
from typing import Any

from dislo_gen.numeric import is_number
from dislo_gen.parameters import Parameter, parameters
from dislo_gen.registry import load, name_of, plugins


def who_has(kind: str, parameter: str) -> str:
    """Name an installed component of a kind that has a parameter, else return ""; this imports all of the kind."""
    for offer in plugins(kind):
        with contextlib.suppress(Exception):  # a broken plugin must not hide the user's own mistake
            cls = load(kind, f"{offer.package}:{offer.name}")
            if any(p.name == parameter for p in parameters(cls)):
                return f"; {kind} '{name_of(cls)}' has it: --{kind} {name_of(cls)}"
    return ""


def instead_of_list(parameter: Parameter, values: list[Any]) -> str:
    """Say which distribution a list in place of one value probably meant, else return ""."""
    if parameter.type is Any or not (parameter.varied or parameter.distribution):
        return ""
    try:
        for value in values:
            parameter.check_value(value)
    except ValueError:
        return ""
    numbers = parameter.choices is None and all(map(is_number, values))
    key = "uniform" if numbers and len(values) == 2 and values[0] < values[1] else "choice"
    return f"; to draw it at random, write {{{key} = {json.dumps(values, ensure_ascii=False)}}}" if values else ""


def what_to_write(path: str, text: str) -> str:
    """Say how to fill a slot that a recipe leaves open, if that is the mistake, else return ""."""
    if text != "is missing" or path not in ("background", "geometry", "renderer"):
        return ""
    names = [offer.name for offer in plugins(path)]
    if not names:
        return f", and no {path} is installed"
    value = f'["{names[0]}"]' if path == "geometry" else f'"{names[0]}"'
    return f"; write {path} = {value} at the top of the recipe, or another from 'dislo-gen plugins'"
