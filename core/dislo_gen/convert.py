"""Strict conversion between plain data (TOML, JSON) and the program's classes, with the path of every mistake.

cattrs is lax by default (3.7 becomes 3, "no" becomes True), so every primitive has a strict hook here.
"""

from __future__ import annotations

import contextvars
import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import attrs
import cattrs
import numpy as np
from cattrs.errors import (
    BaseValidationError,
    ClassValidationError,
    ForbiddenExtraKeysError,
    IterableValidationError,
)
from cattrs.gen import make_dict_structure_fn, override

from dislo_gen.component import Component
from dislo_gen.distributions import Distribution, distribution_from_plain
from dislo_gen.errors import DisloGenError, did_you_mean
from dislo_gen.interfaces import INTERFACES
from dislo_gen.parameters import Parameter, parameters
from dislo_gen.registry import load, name_of
from dislo_gen.shapes import SHAPES, ClosedCurve, OpenCurve, Region, Shape
from dislo_gen.size import Size

T = TypeVar("T")
USE = "use"
"""The key that names a component in a recipe's table."""

_base: contextvars.ContextVar[Path | None] = contextvars.ContextVar("base", default=None)


@contextmanager
def paths_relative_to(folder: Path | None) -> Iterator[None]:
    """Read relative paths as relative to this folder (a recipe's paths: to where the recipe lies)."""
    token = _base.set(folder)
    try:
        yield
    finally:
        _base.reset(token)


class TypedHere(str):
    """A text typed on the command line: as a path it is relative to where the user is, not to a file."""

    __slots__ = ()


class ProblemsError(Exception):
    """Problems found in plain data, each with its path; turned into one sentence each by `explain`."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        super().__init__(problems)
        self.problems = problems


def _strict(kind: type, words: str) -> None:
    def read(value: Any, _: Any) -> Any:
        if not isinstance(value, kind) or (kind is not bool and isinstance(value, bool)):
            raise ValueError(f"must be {words}, not {value!r}")
        return kind(value)

    converter.register_structure_hook(kind, read)


def _read_float(value: Any, _: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"must be a number, not {value!r}")
    if not math.isfinite(value):
        raise ValueError(f"must be a finite number, not {value}")
    return float(value)


def _read_path(value: Any, _: Any) -> Path:
    if not isinstance(value, str) or not value or "\0" in value:
        raise ValueError(f"must be a path, not {value!r}")
    path = Path(value).expanduser()
    base = None if isinstance(value, TypedHere) else _base.get()
    return path if path.is_absolute() else (base or Path.cwd()) / path


def _read_points(value: Any, _: Any) -> Any:
    try:
        return np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError("must be a list of numbers or of pairs of numbers") from None


converter = cattrs.Converter(forbid_extra_keys=True, detailed_validation=True)
_strict(bool, "true or false")
_strict(int, "a whole number")
_strict(str, "a text")
converter.register_structure_hook(float, _read_float)
converter.register_structure_hook(Path, _read_path)
converter.register_unstructure_hook(Path, str)
converter.register_structure_hook(Size, lambda value, _: Size.parse(value))
converter.register_unstructure_hook(Size, lambda size: [size.width, size.height])
converter.register_structure_hook_func(
    lambda kind: isinstance(kind, type) and issubclass(kind, Distribution),
    lambda value, _: distribution_from_plain(value),
)
converter.register_unstructure_hook_func(
    lambda kind: isinstance(kind, type) and issubclass(kind, Distribution), lambda value: value.to_plain()
)


# --- Shapes: tagged with "type", arrays as lists -------------------------------------------------------------

_ARRAYS = {"points": override(struct_hook=_read_points), "depth": override(struct_hook=_read_points)}
_shape_readers: dict[str, Callable[..., Any]] = {
    name: make_dict_structure_fn(
        cls,
        converter,
        _cattrs_forbid_extra_keys=True,
        **{field.name: _ARRAYS[field.name] for field in attrs.fields(cls)},  # type: ignore[arg-type]
    )
    for name, cls in SHAPES.items()
}


def _read_shape(value: Any, _: Any) -> Any:
    if not isinstance(value, dict) or value.get("type") not in _shape_readers:
        raise ValueError(f"must be a table whose type is one of: {', '.join(_shape_readers)}")
    content = {key: part for key, part in value.items() if key != "type"}
    return _shape_readers[value["type"]](content, SHAPES[value["type"]])


def _write_shape(shape: Shape) -> dict[str, Any]:
    plain: dict[str, Any] = {"type": shape.name, "points": shape.points.tolist()}
    if isinstance(shape, OpenCurve) and shape.depth is not None:
        plain["depth"] = shape.depth.tolist()
    return plain


converter.register_structure_hook_func(lambda kind: kind == Shape, _read_shape)
for _shape in (OpenCurve, ClosedCurve, Region):
    converter.register_unstructure_hook(_shape, _write_shape)
converter.register_unstructure_hook_func(lambda kind: kind == Shape, _write_shape)


# --- Components: an open union over whatever is installed, tagged with "use" ---------------------------------


def read_component(value: Any, kind: str) -> Component:
    """Read one component: a bare name, or a table whose key ``use`` is the name.

    Raises:
        PluginError, ValueError, ProblemsError: unknown name; not a table; wrong parameters.
    """
    if isinstance(value, INTERFACES[kind]):
        return value
    if isinstance(value, str):
        value = {USE: value}
    if not isinstance(value, Mapping) or not isinstance(value.get(USE), str):
        raise ValueError(f"must be the name of a {kind}, or a table with the name under '{USE}', not {value!r}")
    cls = load(kind, value[USE])
    content = {key: part for key, part in value.items() if key != USE}
    return read_parameters(cls, content, f"{kind} '{value[USE]}'")


def read_parameters(cls: type[T], table: Mapping[str, Any], owner: str) -> T:
    """Read a class made with ``@component`` from a table of its parameters.

    Raises:
        ProblemsError: parameters are unknown, missing, of the wrong type or out of range; all of them are named.
    """
    known = {p.name: p for p in parameters(cls)}
    problems: list[tuple[str, str]] = []
    arguments: dict[str, Any] = {}
    for key, part in table.items():
        if key not in known:
            problems.append((str(key), f"{owner} has no such parameter{did_you_mean(str(key), known)}"))
            continue
        try:
            arguments[key] = read_parameter(known[key], part)
            known[key].check(arguments[key])
        except BaseValidationError as error:
            problems += [(f"{key}{path}", text) for path, text in walk(error)]
        except ValueError as error:
            problems.append((key, str(error)))
    problems += [
        (p.name, f"is missing; it must be {p.expected()}")
        for p in known.values()
        if p.default is attrs.NOTHING and p.name not in table
    ]
    if problems:
        raise ProblemsError(problems)
    return cls(**arguments)


def read_parameter(parameter: Parameter, value: Any) -> Any:
    """Turn plain data into a parameter's value, without yet checking its range."""
    if parameter.distribution or (parameter.varied and isinstance(value, dict)):
        return distribution_from_plain(value)
    if value is None or parameter.choices is not None:
        return str(value) if isinstance(value, TypedHere) else value
    return converter.structure(value, parameter.type)


def write_component(component: Component) -> dict[str, Any]:
    """Write a component as a table with its name and every parameter."""
    plain: dict[str, Any] = {USE: name_of(type(component))}
    for parameter in parameters(type(component)):
        value = getattr(component, parameter.name)
        if value is not None:
            plain[parameter.name] = write_value(parameter, value)
    return plain


def write_value(parameter: Parameter, value: Any) -> Any:
    """Write one parameter's value as plain data."""
    if isinstance(value, Distribution):
        return value.to_plain()
    if parameter.type is float:
        return float(value)
    return converter.unstructure(value)


def _reader_of(kind: str) -> Callable[[Any, Any], Component]:
    return lambda value, _: read_component(value, kind)


for _kind, _interface in INTERFACES.items():
    converter.register_structure_hook(_interface, _reader_of(_kind))
converter.register_unstructure_hook_func(
    lambda kind: isinstance(kind, type) and issubclass(kind, Component), write_component
)


# --- From cattrs' tree of exceptions to one sentence a mistake ------------------------------------------------


def walk(error: BaseException, path: str = "") -> list[tuple[str, str]]:
    """Flatten a tree of conversion errors into (path, sentence) pairs; paths look like ``.geometry.0.spacing``."""
    found: list[tuple[str, str]] = []
    if isinstance(error, IterableValidationError):
        with_items, without = error.group_exceptions()
        for inner, note in with_items:
            found += walk(inner, f"{path}.{note.index}")
        found += [pair for inner in without for pair in walk(inner, path)]
    elif isinstance(error, ClassValidationError):
        with_names, without = error.group_exceptions()
        for inner, field in with_names:
            missing = isinstance(inner, KeyError) and inner.args == (field.name,)
            found += walk(inner, path if missing else f"{path}.{field.name}")
        found += [pair for inner in without for pair in walk(inner, path)]
    elif isinstance(error, ProblemsError):
        found += [(f"{path}.{inner}", text) for inner, text in error.problems]
    elif isinstance(error, ForbiddenExtraKeysError):
        names = [f.name for f in attrs.fields(error.cl)]
        for key in sorted(error.extra_fields):
            hint = did_you_mean(key, names) or f"; there are {', '.join(names)}"
            found.append((f"{path}.{key}", f"there is no such key{hint}"))
    elif isinstance(error, KeyError):
        found.append((f"{path}.{error.args[0]}", "is missing"))
    else:
        found.append((path, str(error)))
    return found


def read_as(value: Any, kind: type[T], where: str, error_class: type[DisloGenError], root: str = "") -> T:
    """Turn plain data into ``kind``.

    Args:
        value: what a TOML or JSON file holds.
        kind: the class wanted.
        where: the file's name, for the message.
        error_class: what to raise.
        root: the path inside the file that ``value`` stands at.

    Raises:
        error_class: with one line for each mistake: where, what, and what would be right.
    """
    try:
        return converter.structure(value, kind)
    except Exception as error:
        if not isinstance(
            error, (BaseValidationError, ProblemsError, ValueError, TypeError, KeyError, DisloGenError)
        ):
            raise
        found = [((root + path).lstrip("."), text) for path, text in walk(error)]
        lines = [": ".join(filter(None, (where, path, text))) for path, text in found]
        raise error_class("\n".join(lines)) from None


__all__ = [
    "USE",
    "ProblemsError",
    "TypedHere",
    "converter",
    "paths_relative_to",
    "read_as",
    "read_component",
    "read_parameter",
    "read_parameters",
    "walk",
    "write_component",
    "write_value",
]
