"""What a parameter may be and what it means: markers for `typing.Annotated`.

They are read once (`dislo_gen.parameters`) and serve checking, JSON Schema, help texts and test strategies.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

import attrs

from dislo_gen.errors import shown
from dislo_gen.numeric import is_number

T = TypeVar("T")


@attrs.frozen
class Range:
    """Smallest and largest value allowed, both included.

    Raises:
        TypeError: an end is no number.
        ValueError: they are the wrong way round.
    """

    low: float = -math.inf
    high: float = math.inf

    def __attrs_post_init__(self) -> None:
        for end in (self.low, self.high):
            if not is_number(end):
                raise TypeError(f"Range({self.low!r}, {self.high!r}): an end must be a number, not {shown(end)}")
        if not self.low <= self.high:
            raise ValueError(f"Range({self.low!r}, {self.high!r}) runs from the smaller number to the larger")


@attrs.frozen
class Unit:
    """The unit a number is given in, such as ``px`` or ``deg``."""

    text: str


@attrs.frozen
class Help:
    """One line that says what a parameter does."""

    text: str


@attrs.frozen
class OneOf:
    """The values that a `Distribution` of words may draw from."""

    values: tuple[str, ...]

    def __init__(self, *values: str) -> None:
        self.__attrs_init__(values)  # type: ignore[attr-defined]


@attrs.frozen
class Whole:
    """What a `Distribution` gives is counted: its numbers are rounded as they are drawn (`draw_integer`)."""


@attrs.frozen(init=False)
class OnSheet:
    """How the sheets of ``dislo-gen plugins show`` set a parameter, where the middle of its default shows little.

    ``OnSheet(0)`` on a roughness: 0 in all rows but its own, so that they show one thing at a time.
    ``OnSheet(shape="kinked")`` on the angle of a kink: its own row has kinked lines, as it does nothing to others.

    Attributes:
        value: what it is while another parameter changes, or ``attrs.NOTHING``: the middle of its default.
        beside: what others are in its own row; a `Distribution` is drawn from.
    """

    value: Any
    beside: Mapping[str, Any]

    def __init__(self, value: Any = attrs.NOTHING, /, **beside: Any) -> None:
        self.__attrs_init__(value, beside)

    def __hash__(self) -> int:
        return hash((self.value, tuple(self.beside.items())))


@attrs.frozen
class VariedMarker:
    """Marks a parameter that a recipe may give as a distribution, drawn anew for each image."""


Varied = Annotated[T, VariedMarker()]
"""``Varied[float]`` is a ``float`` to a component's author; a recipe may write a distribution in its place."""
