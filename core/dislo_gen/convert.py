"""Strict conversion between plain data (TOML, JSON) and the program's classes, with the path of every mistake.

cattrs is lax by default (3.7 becomes 3, "no" becomes True), so every primitive has a strict hook here.
"""

from __future__ import annotations

import contextvars
import typing
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import attrs
import cattrs
import numpy as np
from cattrs.errors import BaseValidationError
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from dislo_gen import paths
from dislo_gen.distribution_tables import distribution_from_plain
from dislo_gen.distributions import Distribution
from dislo_gen.errors import DisloGenError, shown
from dislo_gen.numeric import instead_of_percent, is_finite, is_number, unsigned_zero
from dislo_gen.problems import ProblemsError, walk
from dislo_gen.scene import Style
from dislo_gen.shapes import SHAPES, ClosedCurve, OpenCurve, Region, Shape
from dislo_gen.size import Size

T = TypeVar("T")
EXPECTED = (BaseValidationError, ProblemsError, ValueError, TypeError, KeyError, DisloGenError)
"""What reading plain data raises when the data are wrong."""

_NAMED = 50  # of a file's mistakes; nobody reads thousands

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
    """A value typed on the command line: the text as it was typed, and in ``parsed`` what TOML makes of it.

    Which of the two is meant shows only where it is read: 2024 is a number, or the name of a folder. As a path
    it is relative to where the user is, not to a file.
    """

    parsed: Any

    def __new__(cls, text: str, parsed: Any = None) -> TypedHere:
        """Take the text, and its value where that is something else."""
        typed = super().__new__(cls, text)
        typed.parsed = text if parsed is None else parsed
        return typed


def _strict(kind: type, words: str) -> None:
    def read(value: Any, _: Any) -> Any:
        if not isinstance(value, kind) or (kind is not bool and isinstance(value, bool)):
            raise ValueError(f"must be {words}, not {shown(value)}")
        return kind(value)

    converter.register_structure_hook(kind, read)


def _read_float(value: Any, _: Any) -> float:
    if not is_number(value):
        raise ValueError(f"must be a number, not {shown(value)}{instead_of_percent(value)}")
    if not is_finite(value):
        raise ValueError(f"must be a finite number, not {shown(value)}")
    return float(unsigned_zero(float(value)))


def _read_path(value: Any, _: Any) -> Path:
    if not isinstance(value, str) or not value or "\0" in value:
        raise ValueError(f"must be a path, not {shown(value)}")
    path = paths.expand(value)
    base = None if isinstance(value, TypedHere) else _base.get()
    return path if path.is_absolute() else base / path if base else paths.absolute(path)


def _origin(kind: Any) -> Any:
    return typing.get_origin(kind)


def _read_list(value: Any, kind: Any) -> tuple[Any, ...]:
    items = typing.get_args(kind)
    endless = items[-1] is Ellipsis
    if not isinstance(value, (list, tuple)):
        hint = f"; write [{shown(value)}]" if isinstance(value, str) else "; write [[...]] above the table"
        raise ValueError(f"must be a list, not {shown(value)}{hint if isinstance(value, (str, dict)) else ''}")
    if not endless and len(value) != len(items):
        raise ValueError(f"must be a list of {len(items)}, not of {len(value)}")
    kinds = [items[0]] * len(value) if endless else items
    return tuple(_read_parts(zip(range(len(value)), value, kinds, strict=True)).values())


def _read_dict(value: Any, kind: Any) -> dict[Any, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"must be a table, not {shown(value)}")
    _, item = typing.get_args(kind)
    return _read_parts((str(key), part, item) for key, part in value.items())


def _read_parts(parts: Iterable[tuple[Any, Any, Any]]) -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    problems: list[tuple[str, str]] = []
    for key, part, kind in parts:
        try:
            found[key] = converter.structure(part, kind)
        except EXPECTED as error:
            problems += [(f"{key}{path}", text) for path, text in walk(error)]
    if problems:
        raise ProblemsError(problems)
    return found


def _read_points(value: Any, _: Any) -> Any:
    try:
        return np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError("must be a list of numbers or of pairs of numbers") from None


def _table_reader(kind: Any) -> Callable[[Any, Any], Any]:
    """Return what reads a class from a table, and from nothing else."""
    read = converter.gen_structure_attrs_fromdict(kind)

    def checked(value: Any, _: Any) -> Any:
        if not isinstance(value, dict):
            raise ValueError(f"must be a table, not {shown(value)}")
        return read(value, kind)

    return checked


converter = cattrs.Converter(forbid_extra_keys=True, detailed_validation=True)
converter.register_structure_hook_factory(attrs.has, _table_reader)
_strict(bool, "true or false")
_strict(int, "a whole number")
_strict(str, "a text")
converter.register_structure_hook(float, _read_float)
converter.register_structure_hook(Path, _read_path)
converter.register_structure_hook_func(lambda kind: _origin(kind) is tuple, _read_list)
converter.register_structure_hook_func(lambda kind: _origin(kind) is dict, _read_dict)
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
# A record may hold thousands of defects, most of them drawn as usual.
converter.register_unstructure_hook(
    Style, make_dict_unstructure_fn(Style, converter, _cattrs_omit_if_default=True)
)
for _shape in (OpenCurve, ClosedCurve, Region):
    converter.register_unstructure_hook(_shape, _write_shape)
converter.register_unstructure_hook_func(lambda kind: kind == Shape, _write_shape)


def read_as(
    value: Any,
    kind: type[T],
    where: str,
    error_class: type[DisloGenError],
    root: str = "",
    advice: Callable[[str, str], str] | None = None,
) -> T:
    """Turn plain data into ``kind``.

    Args:
        value: what a TOML or JSON file holds.
        kind: the class wanted.
        where: the file's name, for the message.
        error_class: what to raise.
        root: the path inside the file that ``value`` stands at.
        advice: called with a mistake's path and sentence; what it returns is added to the sentence.

    Raises:
        error_class: with one line for each mistake: where, what, and what would be right.
    """
    try:
        return converter.structure(value, kind)
    except EXPECTED as error:
        found = [((root + path).lstrip("."), text) for path, text in walk(error)]
        if advice is not None:
            found = [(path, text + advice(path, text)) for path, text in found]
        lines = [": ".join(filter(None, (where, path, text))) for path, text in found[:_NAMED]]
        if len(found) > _NAMED:
            lines.append(f"{where}: and {len(found) - _NAMED} more mistakes")
        raise error_class("\n".join(lines)) from None
