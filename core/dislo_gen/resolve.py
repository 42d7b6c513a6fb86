"""From distributions to numbers: the drawn parameters of one sample."""

from __future__ import annotations

from typing import Any, TypeVar

from numpy.random import Generator

from dislo_gen.blame import blame
from dislo_gen.component import Component
from dislo_gen.distributions import Distribution
from dislo_gen.errors import RecipeError, shown
from dislo_gen.numeric import unsigned_zero
from dislo_gen.parameters import Parameter, parameters
from dislo_gen.seeding import Purpose, generator
from dislo_gen.size import Size

C = TypeVar("C", bound=Component)


def resolve_component(component: C, slot: str, size: Size, seed: int, index: int) -> C:
    """Return the component with every varied parameter drawn and every outside choice fixed."""
    component = draw_component(component, slot, seed, index)
    if not chooses_outside(component):
        return component
    with blame(component, slot):
        return component.fix(size, generator(seed, index, Purpose.FIX, slot))


def draw_component(component: C, slot: str, seed: int, index: int) -> C:
    """Return the component with every varied parameter drawn.

    Each parameter draws from a generator of its own, keyed by its path: adding one shifts none of the others.
    """
    changes: dict[str, Any] = {}
    for parameter in parameters(type(component)):
        value = getattr(component, parameter.name)
        if not isinstance(value, Distribution):
            continue
        limited = value.within(parameter.range.low, parameter.range.high)
        if parameter.distribution:
            if limited is not value:
                changes[parameter.name] = limited
        else:
            rng = generator(seed, index, Purpose.PARAMETER, f"{slot}.{parameter.name}")
            changes[parameter.name] = _draw(parameter, limited, rng, slot)
    return component.evolve(**changes) if changes else component


def chooses_outside(component: Component) -> bool:
    """Say whether a component turns choices that no seed repeats into parameters."""
    return type(component).fix is not Component.fix


def _draw(parameter: Parameter, distribution: Distribution, rng: Generator, slot: str) -> Any:
    try:
        return unsigned_zero(distribution.draw_integer(rng) if parameter.is_whole else distribution.draw(rng))
    except (ValueError, OverflowError) as error:  # NumPy's, of numbers that no image needs
        plain = shown(distribution.to_plain())
        raise RecipeError(f"{slot}.{parameter.name}: cannot be drawn from {plain}: {error}") from None
