"""What counts as a number: never a bool, and finite only if a float can hold it."""

from __future__ import annotations

import math
from typing import Any


def is_number(value: object) -> bool:
    """Say whether a value is an int or a float, and no bool."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_finite(value: object) -> bool:
    """Say whether a value is a number that a float can hold, neither infinite nor NaN."""
    try:
        return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    except OverflowError:
        return False


def unsigned_zero(value: Any) -> Any:
    """Return a value, but 0.0 for -0.0: it is the same number, yet NumPy refuses it as a width or a scale."""
    return 0.0 if isinstance(value, float) and value == 0 else value


def number_text(value: float) -> str:
    """Write a number without a needless ``.0``."""
    return f"{value:g}" if math.isfinite(value) else str(value)


def instead_of_percent(value: object) -> str:
    """Say which number a percentage is, else return ""."""
    if not isinstance(value, str) or not value.endswith("%"):
        return ""
    try:
        share = float(value[:-1]) / 100
    except ValueError:
        return ""
    return f"; did you mean {number_text(share)}?" if math.isfinite(share) else ""
