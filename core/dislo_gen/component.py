"""Components: frozen attrs classes whose fields are the parameters a recipe can set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self, TypeVar, dataclass_transform

import attrs
from numpy.random import Generator

from dislo_gen.parameters import parameter
from dislo_gen.size import Size

C = TypeVar("C", bound=type)


class Component:
    """Base of everything a recipe can name. Subclass one of its interfaces, not this class."""

    def fix(self, size: Size, rng: Generator) -> Self:
        """Turn choices that a seed alone cannot repeat into parameters.

        Called once per image, after every distribution has been drawn. A component that picks from something
        outside the recipe (files in a folder, say) returns a copy of itself that names what it picked, so that
        the record repeats the choice even when the folder has grown. Most components need nothing of this.

        Args:
            size: the size of the image to come.
            rng: a generator for this purpose alone.
        """
        del size, rng
        return self

    def evolve(self, **changes: Any) -> Self:
        """Return a copy with some parameters changed."""
        return attrs.evolve(self, **changes)  # type: ignore[misc]

    def inputs(self) -> Mapping[str, str]:
        """Return what the component reads besides its parameters: a name to a SHA-256 for each file."""
        return {}

    def remarks(self) -> Sequence[str]:
        """Return sentences the user should see once when the component is used."""
        return ()


def _check(instance: Any, attribute: attrs.Attribute[Any], value: Any) -> None:
    try:
        parameter(type(instance), attribute.name).check(value)
    except ValueError as error:
        raise ValueError(f"{attribute.name}: {error}") from None


def _add_checks(_cls: type, fields: list[attrs.Attribute[Any]]) -> list[attrs.Attribute[Any]]:
    return [
        field.evolve(validator=attrs.validators.and_(field.validator, _check) if field.validator else _check)
        for field in fields
    ]


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(attrs.field,))
def component(cls: C) -> C:
    """Make a class a component: frozen, keyword-only, its parameters checked whenever one is made.

    Fields are annotated with their type and markers::

        @component
        class Loops(Geometry):
            count: Annotated[Varied[int], Range(0, 200), Help("loops per image")] = Uniform(3, 12)
    """
    return attrs.define(cls, frozen=True, kw_only=True, slots=False, field_transformer=_add_checks)
