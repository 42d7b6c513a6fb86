"""Backgrounds."""

from __future__ import annotations

import itertools

import numpy as np

from dislo_gen.testing.check import NotConformingError, check
from dislo_gen.testing.demand import demand_contract
from dislo_gen.testing.exercise import Task, work
from dislo_gen.testing.subject import Subject


@check("background")
def paints_a_picture(subject: Subject) -> None:
    """It returns a float32 array of the size asked for, finite, from 0 to 1."""
    for index in range(4):
        demand_contract(subject, Task(index=index))


@check("background")
def pictures_differ(subject: Subject) -> None:
    """No two samples show the same picture: a network would learn it by heart."""
    pictures = [work(subject.instance, "background", Task(index=index)) for index in range(4)]
    if any(np.array_equal(one, other) for one, other in itertools.combinations(pictures, 2)):
        raise NotConformingError("two samples show the same picture; draw something from rng")
