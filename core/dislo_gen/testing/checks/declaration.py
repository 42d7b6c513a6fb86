"""What a plugin says of itself: its entry point, its import, its parameters."""

from __future__ import annotations

import math
import typing
from pathlib import Path
from typing import Any

import attrs

from dislo_gen.errors import PluginError
from dislo_gen.registry import group_of, load
from dislo_gen.testing.check import NotConformingError, check
from dislo_gen.testing.elsewhere import ask
from dislo_gen.testing.subject import Subject

_PLAIN = (bool, int, float, str, Path)


@check()
def loads(subject: Subject) -> None:
    """An entry point of an installed package leads to it, and its name to nothing else."""
    group = group_of(subject.kind)
    try:
        plugin = subject.plugin()
    except (PluginError, LookupError) as error:
        raise NotConformingError(
            f"{error}; add an entry point in the group '{group}' to pyproject.toml, then 'pip install -e .' again"
        ) from error
    if subject.kind == "hook":
        return
    found = load(subject.kind, plugin.name)
    if found is not subject.target:
        raise NotConformingError(f"the name '{plugin.name}' leads to {found.__qualname__}")


@check()
def light_import(subject: Subject) -> None:
    """Importing it neither imports heavy libraries (they belong where they are used) nor draws random numbers."""
    answer = ask({"module": subject.plugin().target.partition(":")[0]})
    if answer["heavy"]:
        raise NotConformingError(
            f"importing it imports {', '.join(answer['heavy'])}; import that inside the method that needs it"
        )
    if answer["random_state_touched"]:
        raise NotConformingError("importing it seeds or draws from a global random generator")


@check()
def documented(subject: Subject) -> None:
    """It has a docstring, and every parameter a Help."""
    if not (getattr(subject.target, "__doc__", None) or "").strip():
        raise NotConformingError("it has no docstring; its first line is what 'dislo-gen plugins' shows")
    silent = [p.name for p in subject.parameters if not p.help]
    if silent:
        raise NotConformingError(f"no Help('...') says what {_and(silent)} {'do' if len(silent) > 1 else 'does'}")


@check()
def parameters_typed_and_bounded(subject: Subject) -> None:
    """Every parameter has a type that a recipe can hold, and every number a Range with two ends."""
    for p in subject.parameters:
        if not _can_be_written(p.type) and p.choices is None:
            raise NotConformingError(
                f"{p.name}: a recipe cannot hold a {getattr(p.type, '__name__', p.type)}; use a number, a word, "
                f"a path, true or false, a Literal, a Distribution, or a tuple of these"
            )
        is_number = p.type in (int, float) and p.choices is None
        if is_number and not (math.isfinite(p.range.low) and math.isfinite(p.range.high)):
            raise NotConformingError(f"{p.name}: needs a Range(low, high) with two finite ends")


def _can_be_written(kind: Any) -> bool:
    if typing.get_origin(kind) is tuple:
        return all(item is Ellipsis or _can_be_written(item) for item in typing.get_args(kind))
    if attrs.has(kind):
        hints = typing.get_type_hints(kind)
        return all(_can_be_written(hints[field.name]) for field in attrs.fields(kind))
    if typing.get_origin(kind) is typing.Literal:
        return True
    return kind in _PLAIN


def _and(names: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
