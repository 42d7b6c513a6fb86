"""Changing trees of tables, lists and values: JSON, TOML and settings as a hand or another program spoils them."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

from numpy.random import Generator

_DEEP = "@deep@"  # is put in after the tree has become text: writers do not nest so deeply
_WORDS = (
    "", " ", "nan", "inf", "-inf", "1e999", "0", "-1", "true", "null", "ü", "日本語", "\u202e", "a\0b", "\ud800",
    "\r\n", "..", "../../etc/passwd", "/etc/passwd", "/dev/zero", "C:\\x", "~nobody/x", "~", ".", "a/b",
    "x" * 300, "x" * 20_000, "%s%n", "{}", "[red]", "\x1b[31m", "use", "perlin", "cairo", "pileup", "unetpp",
    "@", "1_000", "0x10", "١٢",
)  # fmt: skip
_NUMBERS = (
    0, 1, -1, 2, 3, 0.5, -0.0, 1.5, 1e-320, 1e308, -1e308, 255, 256, 65536, 2**31, 2**32, 2**53 + 1, 2**63, 2**64,
    10**30, 10**400, float("nan"), float("inf"), float("-inf"), 1e10, 7,
)  # fmt: skip

Place = tuple[Any, Any]
"""A table or a list, and a key or an index in it."""


def mutate_tree(tree: Any, rng: Generator) -> Any:
    """Return a copy of a tree changed in one to five places."""
    changed = [copy.deepcopy(tree)]  # in a list, so that the root is a place, too
    for _ in range(min(5, int(rng.geometric(0.55)))):
        places = list(_places(changed))
        at = 0 if rng.random() < 0.02 else int(rng.integers(len(places)))
        _CHANGES[rng.integers(len(_CHANGES))](places[at], places, rng)
        if not changed:
            return None
    return changed[0]


def any_value(rng: Generator) -> Any:
    """Return a value that is seldom the right one."""
    which = rng.random()
    if which < 0.35:
        return _NUMBERS[rng.integers(len(_NUMBERS))]
    if which < 0.65:
        return _WORDS[rng.integers(len(_WORDS))]
    simple: tuple[Any, ...] = (
        None, True, False, [], {}, [[]], [None], {"": 0}, {"use": []}, [1, 2], [0.1] * 5, ["a", "b"],
        {"uniform": [1, 0]}, {"uniform": [-1e308, 1e308]}, {"choice": []}, {"choice": [1, "a", None]},
        {"normal": [0, -1]}, {"lognormal": [0, 0]}, {"empirical": [1]}, {"uniform": {"low": 0}},
        {"low": 1, "high": 0},
        _DEEP, {"a": _DEEP}, [0] * 3000, {"use": "lines"},
        [[1, 2], [3]], [[1e308, 1e308], [-1e308, -1e308]], [[0, 0], [0, 0]], [[float("nan"), 0], [1, 1]],
    )  # fmt: skip
    return copy.deepcopy(simple[rng.integers(len(simple))])


def json_text(tree: Any, rng: Generator) -> bytes:
    """Write a tree as JSON, now and then with a table's key twice, or in another encoding."""
    text = json.dumps(tree, ensure_ascii=rng.random() < 0.8).replace(f'"{_DEEP}"', _nested(rng))
    if rng.random() < 0.03:
        text = text.replace('{"', '{"twice": 1, "twice": {}, "', 1)
    encoding = str(rng.choice(["utf-8"] * 20 + ["utf-8-sig", "utf-16", "latin-1"]))
    return text.encode(encoding, "backslashreplace" if encoding == "latin-1" else "surrogatepass")


def toml_text(tree: Any, rng: Generator) -> bytes:
    """Write a tree as TOML: one line for each key at the top."""
    if not isinstance(tree, dict):
        return _toml(tree).encode("utf-8", "replace")
    lines = [f"{json.dumps(str(key))} = {_toml(value)}" for key, value in tree.items()]
    return "\n".join(lines).replace(f'"{_DEEP}"', _nested(rng)).encode("utf-8", "surrogatepass")


def toml_value(value: Any, rng: Generator) -> str:
    """Write a value as TOML."""
    return _toml(value).replace(f'"{_DEEP}"', _nested(rng))


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(str(key))} = {_toml(part)}" for key, part in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, float):
        return repr(value)
    return json.dumps(value)


def _nested(rng: Generator) -> str:
    depth = int(rng.choice([20, 400, 3000, 100_000]))
    return "[" * depth + "]" * depth


def _places(parent: Any) -> Iterator[Place]:
    waiting = [parent]
    while waiting:
        holder = waiting.pop(0)
        keys = list(holder) if isinstance(holder, dict) else range(len(holder))
        for key in keys:
            yield holder, key
            if isinstance(holder[key], (dict, list)):
                waiting.append(holder[key])


def _delete(place: Place, _: list[Place], __: Generator) -> None:
    holder, key = place
    del holder[key]


def _replace(place: Place, _: list[Place], rng: Generator) -> None:
    holder, key = place
    holder[key] = any_value(rng)


def _tweak(place: Place, _: list[Place], rng: Generator) -> None:
    """Change a value to one of its own type."""
    holder, key = place
    value = holder[key]
    if isinstance(value, bool):
        holder[key] = not value
    elif isinstance(value, (int, float)) and not abs(value) > 1e300:
        factors = (0, -1, 2, 10, 1000, 1e9, 0.1, 1.0000001)
        holder[key] = value * factors[rng.integers(len(factors))] + int(rng.integers(-1, 2))
    elif isinstance(value, str):
        at = int(rng.integers(len(value) + 1))
        holder[key] = value[:at] + _WORDS[rng.integers(len(_WORDS))] + value[at + int(rng.integers(2)) :]
    elif isinstance(value, list):
        holder[key] = value * int(rng.integers(4)) or [any_value(rng)]
    else:
        holder[key] = any_value(rng)


def _add(place: Place, _: list[Place], rng: Generator) -> None:
    holder, key = place
    value = holder[key]
    if isinstance(value, dict):
        value[_WORDS[rng.integers(len(_WORDS))]] = any_value(rng)
    elif isinstance(value, list):
        value.insert(int(rng.integers(len(value) + 1)), any_value(rng))
    else:
        holder[key] = any_value(rng)


def _swap(place: Place, places: list[Place], rng: Generator) -> None:
    """Put what stands at another place here, whole."""
    holder, key = place
    other, other_key = places[rng.integers(len(places))]
    holder[key] = copy.deepcopy(other[other_key])


_CHANGES: tuple[Callable[[Place, list[Place], Generator], None], ...] = (
    _delete, _replace, _replace, _replace, _tweak, _tweak, _tweak, _add, _swap,
)  # fmt: skip
