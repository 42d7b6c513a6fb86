"""Every size of picture, and every value that the parameters allow."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from dislo_gen.distributions import Fixed
from dislo_gen.parameters import Parameter
from dislo_gen.size import Size
from dislo_gen.testing import situations
from dislo_gen.testing.check import check
from dislo_gen.testing.demand import demand_contract
from dislo_gen.testing.exercise import Task
from dislo_gen.testing.subject import Subject

PICTURES = ("background", "geometry", "effect", "renderer", "writer", "metric")
_SMALL = Size(24, 16)


@check(*PICTURES, "hook")
def odd_sizes(subject: Subject) -> None:
    """It works at odd, non-square and tiny sizes, down to a single pixel."""
    for size in situations.ODD_SIZES:
        demand_contract(subject, Task(size), when=f"at {size.width} x {size.height} px ")


@check(*PICTURES)
def ends_of_every_range(subject: Subject) -> None:
    """It works with every parameter at either end of its range, and with each of its choices."""
    for parameter in subject.parameters:
        for value in _ends(parameter):
            instance = subject.instance.evolve(**{parameter.name: value})
            demand_contract(subject, Task(_SMALL), instance, f"with {parameter.name} = {value!r} ")


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
