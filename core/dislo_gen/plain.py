"""Plain data: reading it from files of strangers, writing it, and saying how two pieces of it differ."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

from dislo_gen import paths
from dislo_gen.errors import DatasetError, DisloGenError, RecipeError

T = TypeVar("T")
MAX_FILE_BYTES = 64 * 1024 * 1024
"""Largest recipe or record that is read; a record of a crowded image takes about 100 kB."""


ABSENT = "(absent)"
"""What stands in a difference for a value that one side has not."""

MAX_DEPTH = 100
"""How deep tables and lists may lie in each other: ours lie eight deep, and copying takes stack for each."""

_LONG_NUMBER = "a number in it has thousands of digits"


def read_text(path: Path, error_class: type[DisloGenError] = DatasetError) -> str:
    """Read a UTF-8 file of bounded size; a byte order mark, as editors on Windows write it, is no part of it.

    Raises:
        error_class: it is missing, unreadable, too large, or not UTF-8.
    """
    try:
        return paths.read_bytes(path, MAX_FILE_BYTES).decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise error_class(f"{path}: this is not a UTF-8 text") from None
    except DatasetError as error:
        raise error_class(str(error)) from None


def parse_json(text: str, where: object, error_class: type[DisloGenError] = DatasetError) -> Any:
    """Parse JSON; NaN and infinities are refused, as JSON does.

    Raises:
        error_class: it is not JSON; the message has line and column.
    """

    def refuse(word: str) -> Any:
        raise ValueError(f"{word} is not a JSON number")

    try:
        return check_depth(json.loads(text, parse_constant=refuse))
    except json.JSONDecodeError as error:
        raise error_class(f"{where}: not JSON: {error.msg} in line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise error_class(f"{where}: not JSON: nested too deeply") from None
    except ValueError as error:
        reason = _LONG_NUMBER if "int_max_str_digits" in str(error) else str(error)
        raise error_class(f"{where}: not JSON: {reason}") from None


def read_json(path: Path, error_class: type[DisloGenError] = DatasetError) -> Any:
    """Read a JSON file; see `read_text` and `parse_json` for the errors."""
    return parse_json(read_text(path, error_class), path, error_class)


def read_toml(path: Path) -> Any:
    """Read a TOML file.

    Raises:
        RecipeError: missing, unreadable, or not TOML; the message has line and column.
    """
    text = read_text(path, RecipeError)
    try:
        return check_depth(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise RecipeError(f"{path}: not TOML: {error}") from None
    except ValueError:
        raise RecipeError(f"{path}: not TOML: {_LONG_NUMBER}") from None
    except RecursionError:
        raise RecipeError(f"{path}: not TOML: nested too deeply") from None


def check_depth(data: T) -> T:
    """Return plain data as they are.

    Raises:
        RecursionError: they are nested more than `MAX_DEPTH` deep, however they were written: a TOML key with
            thousands of dots takes no recursion to be read.
    """
    layer: list[Any] = [data]
    for _ in range(MAX_DEPTH):
        layer = [
            part
            for value in layer
            if isinstance(value, (dict, list))
            for part in (value.values() if isinstance(value, dict) else value)
        ]
        if not layer:
            return data
    raise RecursionError


def dump_json(data: dict[str, Any]) -> bytes:
    """Write a table as JSON, one top-level key a line: compact, yet a person finds their way."""
    rows = (f"{json.dumps(key)}: {json.dumps(value, allow_nan=False)}" for key, value in data.items())
    return ("{\n" + ",\n".join(rows) + "\n}\n").encode()


def flatten(data: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield (path, value) for every leaf; a list of bare values and a distribution count as leaves."""
    is_table = isinstance(data, dict) and not (len(data) == 1 and isinstance(next(iter(data.values())), list))
    if is_table and data:
        for key, value in data.items():
            yield from flatten(value, f"{path}.{key}" if path else str(key))
    elif isinstance(data, list) and any(isinstance(part, dict) for part in data):
        for number, value in enumerate(data):
            yield from flatten(value, f"{path}.{number}")
    else:
        yield path, data


def differences(old: Any, new: Any) -> list[str]:
    """Say in one line each where two pieces of plain data differ.

    Where one component stands in place of another (their ``use`` differs), its parameters are left out.
    """
    before, after = dict(flatten(old)), dict(flatten(new))
    differing = [path for path in {**before, **after} if before.get(path, ...) != after.get(path, ...)]
    exchanged = tuple(path.removesuffix("use") for path in differing if path.endswith(".use"))
    lines = []
    for path in differing:
        if path.endswith(".use") or not path.startswith(exchanged):
            was = json.dumps(before[path]) if path in before else ABSENT
            now = json.dumps(after[path]) if path in after else ABSENT
            lines.append(f"{path}: {was} there, {now} now")
    return lines
