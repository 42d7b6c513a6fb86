"""Every size of picture, and every value that the parameters allow."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from dislo_gen.distributions import Fixed
from dislo_gen.parameters import Parameter
from dislo_gen.size import Size
from dislo_gen.testing import situations
from dislo_gen.testing.conformance import NotConformingError, check
from dislo_gen.testing.contracts import problem
from dislo_gen.testing.exercise import Task, work
from dislo_gen.testing.subject import Subject

PICTURES = ("background", "geometry", "effect", "renderer", "writer", "metric")
_SMALL = Size(24, 16)


@check(*PICTURES, "hook")
def odd_sizes(subject: Subject) -> None:
    """It works at odd, non-square and tiny sizes, down to a single pixel."""
    for size in situations.ODD_SIZES:
        _try(subject, subject.instance, Task(size), f"at {size.width} x {size.height} px ")


@check(*PICTURES)
def ends_of_every_range(subject: Subject) -> None:
    """It works with every parameter at either end of its range, and with each of its choices."""
    for parameter in subject.parameters:
        for value in _ends(parameter):
            instance = subject.instance.evolve(**{parameter.name: value})
            _try(subject, instance, Task(_SMALL), f"with {parameter.name} = {value!r} ")


def _ends(parameter: Parameter) -> Iterator[Any]:
    if parameter.choices is not None:
        values: tuple[Any, ...] = tuple(parameter.choices)
    elif parameter.type in (int, float):
        values = tuple(filter(math.isfinite, (parameter.range.low, parameter.range.high)))
    elif parameter.type is bool:
        values = False, True
    else:
        return
    for value in values:
        yield Fixed(value) if parameter.distribution else value


def _try(subject: Subject, instance: Any, task: Task, when: str) -> None:
    try:
        output = work(instance, subject.kind, task)
    except Exception as error:
        raise NotConformingError(f"{when}it raises {type(error).__name__}: {error}") from error
    found = problem(subject.kind, output, task.size)
    if found:
        raise NotConformingError(f"{when}it {found}")
