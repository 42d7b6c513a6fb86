"""What files say of scale, time and instrument: a stranger's words, so only what can be true is taken."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Sequence

import numpy as np

from dislo_gen.micrographs.facts import Instrument

_SECONDS = {
    "s": 1.0,
    "sec": 1.0,
    "second": 1.0,
    "seconds": 1.0,
    "ms": 1e-3,
    "us": 1e-6,
    "µs": 1e-6,
    "μs": 1e-6,
    "ns": 1e-9,
    "min": 60.0,
    "h": 3600.0,
}
_LONGEST_NAME = 80


def number(value: object, least: float = 0.0, most: float = 1e12) -> float | None:
    """Return what a file says as a number above ``least`` and up to ``most``; None if it is no such number."""
    if isinstance(value, (str, bytes)) and len(value) > 60:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float, str, bytes, np.number)):
        return None
    try:
        found = float(value)
    except (ValueError, TypeError, OverflowError):
        return None
    return float(f"{found:.9g}") if math.isfinite(found) and least < found <= most else None


def name(value: object) -> str | None:
    """Return what a file says as a short name on one line; None if there is nothing that can be printed."""
    if isinstance(value, bytes):
        value = value.split(b"\0")[0].decode("latin-1")
    if not isinstance(value, str):
        return None
    text = " ".join("".join(c if c.isprintable() else " " for c in value[: 4 * _LONGEST_NAME]).split())
    return text[:_LONGEST_NAME].rstrip() or None


def quoted(value: object, otherwise: str) -> str:
    """Return a picture's name in a file for messages, in quotes; ``otherwise`` if it has none."""
    known = name(value)
    return f"'{known}'" if known else otherwise


def chosen(taken: str, left_out: list[str]) -> str:
    """Return the clause that says which picture of a file is taken; nothing if there is but one."""
    if not left_out:
        return ""
    counted = Counter(left_out)
    names = [each if times == 1 else f"{each} ({times} times)" for each, times in counted.items()]
    named = ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
    return f"of {len(left_out) + 1} pictures in this file {taken} is taken; left out: {named}"


def seconds(unit: object) -> float | None:
    """Return how many seconds a unit of time has; None if it is none."""
    return _SECONDS.get(unit.strip(" []()").lower()) if isinstance(unit, str) and len(unit) < 20 else None


def instrument(
    *,
    volts: object = None,
    magnification: object = None,
    camera_length: object = None,
    exposure: object = None,
    camera: object = None,
    microscope: object = None,
) -> Instrument:
    """Return what a file says of the microscope.

    Args:
        volts: acceleration voltage, V.
        magnification: as the microscope showed it.
        camera_length: mm.
        exposure: s.
        camera: its name, or that of the detector.
        microscope: its name.
    """
    voltage = number(volts, least=10, most=1e7)
    return Instrument(
        voltage=None if voltage is None else float(f"{voltage / 1000:.9g}"),
        magnification=number(magnification, most=1e9),
        camera_length=number(camera_length, most=1e7),
        exposure=number(exposure, most=1e6),
        camera=name(camera),
        microscope=name(microscope),
    )


def time_at(index: int, step: float | None, count: int) -> float | None:
    """Return a frame's time from the time between frames, s; a picture that stands alone has none."""
    return None if step is None or count < 2 else float(f"{index * step:.9g}")


def times_since_first(stamps: Sequence[float]) -> list[float] | None:
    """Return times since the first one, s; None unless they are finite, in order and not all the same."""
    if len(stamps) < 2 or not all(math.isfinite(stamp) for stamp in stamps):
        return None
    if stamps[-1] == stamps[0] or any(b < a for a, b in itertools.pairwise(stamps)):
        return None
    return [float(f"{stamp - stamps[0]:.9g}") for stamp in stamps]
