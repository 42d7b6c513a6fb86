"""Parameters that no component should have, as mixins."""

from __future__ import annotations

import math
from typing import Annotated, Any

import attrs

from dislo_gen import Help, Range, component


@component
class Unexplained:
    """No Help."""

    grain_size: Annotated[float, Range(0, 9)] = 1.0


@component
class Unbounded:
    """No Range."""

    level: Annotated[float, Help("a number")] = 0.5


@component
class Unwritable:
    """A type that no recipe can hold."""

    phase: Annotated[complex, Help("a phase")] = 1j


@component
class Converted:
    """Degrees that become radians each time they are read."""

    angle: Annotated[float, Range(0, 360), Help("an angle")] = attrs.field(default=90.0, converter=math.radians)


def _odd(_instance: object, _field: object, value: Any) -> None:
    if value % 2 == 0:
        raise ValueError(f"must be odd, not {value}")


@component
class Validated:
    """A demand that no schema knows."""

    count: Annotated[int, Range(1, 99), Help("an odd number")] = attrs.field(default=3, validator=_odd)
