"""What counts as a number: never a bool, and finite only if a float can hold it."""

from __future__ import annotations

import math


def is_number(value: object) -> bool:
    """Say whether a value is an int or a float, and no bool."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_finite(value: object) -> bool:
    """Say whether a value is a number that a float can hold, neither infinite nor NaN."""
    try:
        return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    except OverflowError:
        return False


def number_text(value: float) -> str:
    """Write a number without a needless ``.0``."""
    return f"{value:g}" if math.isfinite(value) else str(value)
