"""Recipes on disk: what is written is read back, and the schema says what the program does."""

from __future__ import annotations

import json
import tomllib
from typing import Any

from dislo_gen.component_tables import read_component, write_component
from dislo_gen.convert import EXPECTED
from dislo_gen.interfaces import INTERFACES
from dislo_gen.parameters import Parameter
from dislo_gen.testing.check import NotConformingError, check
from dislo_gen.testing.exercise import Task, fixed
from dislo_gen.testing.subject import Subject

COMPONENTS = tuple(INTERFACES)
_EXAMPLES = 40


@check(*COMPONENTS)
def round_trip_through_toml(subject: Subject) -> None:
    """Written as TOML and read back, it is equal: as a recipe says it, and with its numbers drawn."""
    import tomli_w

    for component in (subject.instance, fixed(subject.instance, Task())):
        plain = write_component(component)
        _same(component, read_component(tomllib.loads(tomli_w.dumps(plain)), subject.kind))


@check(*COMPONENTS)
def round_trip_through_json(subject: Subject) -> None:
    """Written as JSON and read back, it is equal: as a recipe says it, and with its numbers drawn."""
    for component in (subject.instance, fixed(subject.instance, Task())):
        plain = write_component(component)
        _same(component, read_component(json.loads(json.dumps(plain, allow_nan=False)), subject.kind))


def _same(component: Any, again: Any) -> None:
    if again != component:
        differ = [p for p in vars(component) if getattr(again, p) != getattr(component, p)]
        raise NotConformingError(
            f"it is not read back as it was written: {differ[0]} was {getattr(component, differ[0])!r} "
            f"and is {getattr(again, differ[0])!r}"
        )


@check(*COMPONENTS)
def schema_agrees_with_the_program(subject: Subject) -> None:
    """What its JSON Schema allows, the program reads; what the schema forbids, the program refuses."""
    import jsonschema
    from hypothesis import HealthCheck, given, settings
    from hypothesis import strategies as st

    from dislo_gen.schema import component_schema
    from dislo_gen.testing import strategies

    validator = jsonschema.Draft202012Validator(component_schema(subject.target))
    base = write_component(subject.instance)
    validator.validate(base)
    varied = [p for p in subject.parameters if strategies.can_generate(p)]
    if not varied:
        return

    def one_value(p: Parameter) -> st.SearchStrategy[tuple[str, Any]]:
        fitting = strategies.plain_values(p)
        return st.tuples(st.just(p.name), fitting | strategies.unfitting_values(p))

    @settings(
        max_examples=_EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.one_of([one_value(p) for p in varied]))
    def agree(setting: tuple[str, Any]) -> None:
        name, value = setting
        plain = {**base, name: value}
        allowed = validator.is_valid(plain)
        try:
            read_component(plain, subject.kind)
        except EXPECTED as error:
            if allowed:
                raise NotConformingError(
                    f"the schema allows {name} = {value!r}, and the program refuses it: {error}"
                ) from None
        else:
            if not allowed:
                raise NotConformingError(f"the schema forbids {name} = {value!r}, and the program takes it")

    agree()
