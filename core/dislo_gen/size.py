"""The size of an image, and the largest one allowed."""

from __future__ import annotations

import re

import attrs

from dislo_gen.errors import shown

MAX_SIDE = 8192
"""Longest side in pixels; checked before any memory is taken."""


def _check_side(_instance: object, attribute: attrs.Attribute[int], value: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MAX_SIDE:
        raise ValueError(f"{attribute.name} must be a whole number from 1 to {MAX_SIDE} px, not {shown(value)}")


@attrs.frozen
class Size:
    """Width and height of an image in pixels.

    Raises:
        ValueError: a side is not a whole number between 1 and `MAX_SIDE`.
    """

    width: int = attrs.field(validator=_check_side)
    height: int = attrs.field(validator=_check_side)

    @property
    def shape(self) -> tuple[int, int]:
        """``(height, width)``, the order NumPy arrays use."""
        return self.height, self.width

    @property
    def xy(self) -> tuple[int, int]:
        """``(width, height)``, the order of the scene's coordinates."""
        return self.width, self.height

    @classmethod
    def parse(cls, value: object) -> Size:
        """Read ``512``, ``"512"``, ``"512x384"`` (width x height) or ``[512, 384]``.

        Raises:
            ValueError: the value is none of these.
        """
        if isinstance(value, Size):
            return value
        if isinstance(value, str):
            match = re.fullmatch(r"\s*(\d{1,6})\s*(?:[xX]\s*(\d{1,6})\s*)?", value)
            if match:
                width = int(match[1])
                return cls(width, int(match[2]) if match[2] else width)
        elif isinstance(value, int) and not isinstance(value, bool):
            return cls(value, value)
        elif isinstance(value, (list, tuple)) and len(value) == 2:
            return cls(*value)
        raise ValueError(f"a size is one number or two, like 512 or 512x384, not {shown(value)}")


def check_sides(_instance: object, attribute: attrs.Attribute[tuple[int, int]], value: tuple[int, int]) -> None:
    """Check (width, height) in a file, as a validator of attrs.

    Raises:
        ValueError: a side is not a whole number between 1 and `MAX_SIDE`.
    """
    try:
        Size(*value)
    except ValueError as error:
        raise ValueError(f"{attribute.name}: {error}") from None
