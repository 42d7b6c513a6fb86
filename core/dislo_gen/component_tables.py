"""Components as a recipe file writes them: an open union over whatever is installed, tagged with ``use``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import attrs

from dislo_gen.component import Component
from dislo_gen.convert import EXPECTED, TypedHere, converter
from dislo_gen.distribution_tables import distribution_from_plain
from dislo_gen.distributions import Distribution
from dislo_gen.errors import did_you_mean, shown
from dislo_gen.hints import instead_of_list, who_has
from dislo_gen.interfaces import INTERFACES
from dislo_gen.parameters import Parameter, parameters
from dislo_gen.problems import ProblemsError, walk
from dislo_gen.registry import load, name_of

T = TypeVar("T")
USE = "use"
"""The key that names a component in a recipe's table."""


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
        raise ValueError(
            f"must be the name of a {kind}, or a table with the name under '{USE}', not {shown(value)}"
        )
    cls = load(kind, value[USE])
    content = {key: part for key, part in value.items() if key != USE}
    return read_parameters(cls, content, f"{kind} '{value[USE]}'", lambda name: who_has(kind, name))


def read_parameters(
    cls: type[T], table: Mapping[str, Any], owner: str, elsewhere: Callable[[str], str] = lambda _: ""
) -> T:
    """Read a class made with ``@component`` from a table of its parameters.

    Args:
        cls: the class.
        table: its parameters as plain data.
        owner: what to call it in messages.
        elsewhere: what to add to the message about a parameter that it does not have.

    Raises:
        ProblemsError: parameters are unknown, missing, of the wrong type or out of range; all of them are named.
    """
    known = {p.name: p for p in parameters(cls)}
    problems: list[tuple[str, str]] = []
    arguments: dict[str, Any] = {}
    for key, part in table.items():
        if key not in known:
            hint = did_you_mean(str(key), known) or elsewhere(str(key))
            problems.append((str(key), f"{owner} has no such parameter{hint}"))
            continue
        try:
            arguments[key] = read_parameter(known[key], part)
            known[key].check(arguments[key])
        except EXPECTED as error:
            problems += [(f"{key}{path}", text) for path, text in walk(error)]
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
    if isinstance(value, TypedHere) and parameter.type is not Path:
        value = str(value) if parameter.takes_text else value.parsed
    if isinstance(value, list) and (hint := instead_of_list(parameter, value)):
        raise ValueError(f"must be {parameter.expected()}, not {shown(value)}{hint}")
    if parameter.distribution or (parameter.varied and isinstance(value, dict)):
        return distribution_from_plain(value)
    if value is None or parameter.choices is not None:
        return value
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


TABLES: set[type] = set()
"""Classes made with ``@component`` that are no plugins, but tables of a file with parameters of their own."""


def register_table(cls: type, owner: str, example: str = "") -> None:
    """Let a class made with ``@component`` be read where it stands as a field of another class.

    Args:
        cls: the class.
        owner: what to call it in messages.
        example: such a table, for the message about what is none.
    """

    def read(value: Any, _: Any) -> Any:
        if not isinstance(value, dict):
            such = f", such as {example}" if example else ""
            raise ValueError(f"must be a table{such}, not {shown(value)}")
        return read_parameters(cls, value, owner)

    converter.register_structure_hook(cls, read)
    TABLES.add(cls)


def _reader_of(kind: str) -> Callable[[Any, Any], Component]:
    return lambda value, _: read_component(value, kind)


for _kind, _interface in INTERFACES.items():
    converter.register_structure_hook(_interface, _reader_of(_kind))
converter.register_unstructure_hook_func(
    lambda kind: isinstance(kind, type) and issubclass(kind, Component), write_component
)
