"""Mistakes in plain data: from cattrs' tree of exceptions to one sentence with a path for each."""

from __future__ import annotations

import attrs
from cattrs.errors import ClassValidationError, ForbiddenExtraKeysError, IterableValidationError

from dislo_gen.errors import did_you_mean

_NAMED = 40  # looking for what each of a million was meant to be takes a minute


class ProblemsError(Exception):
    """Problems found in plain data, each with its path; as `walk` finds them."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        super().__init__(problems)
        self.problems = problems


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
        unknown = sorted(error.extra_fields)
        for key in unknown[:_NAMED]:
            hint = did_you_mean(key, names) or f"; there are {', '.join(names)}"
            found.append((f"{path}.{key}", f"there is no such key{hint}"))
        if len(unknown) > _NAMED:
            found.append((path, f"there are {len(unknown) - _NAMED} more keys that are not known"))
    elif isinstance(error, KeyError):
        found.append((f"{path}.{error.args[0]}", "is missing"))
    else:
        found.append((path, str(error)))
    return found
