"""What a file says of its frames besides their grey values: scale, time, instrument."""

from __future__ import annotations

import math
import re
from typing import Protocol

import attrs
import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.generic]
"""(H, W) or (H, W, 3), numbers of a file's own type; in floating point ones NaN stands where there is no value."""

_NANOMETRES = {
    "m": 1e9,
    "cm": 1e7,
    "mm": 1e6,
    "um": 1e3,
    "nm": 1.0,
    "a": 0.1,
    "pm": 1e-3,
    "in": 2.54e7,
}
_OTHER_NAMES = {"å": "a", "ang": "a", "ångström": "a", "ångstrom": "a", "angström": "a", "angstrom": "a"}
_OTHER_NAMES |= {"micron": "um", "mu": "um", "inch": "in", "inche": "in"}
_PREFIXES = {"centi": "c", "milli": "m", "micro": "u", "nano": "n", "pico": "p", "": ""}
_OTHER_NAMES |= {f"{word}met{end}": f"{short}m" for word, short in _PREFIXES.items() for end in ("er", "re")}
_LONGEST_UNIT = 40
_PER_PIXEL = re.compile(r"\s*(/|per\b)\s*(pixel|pix|px)$")
_INVERSE = re.compile(r"^(1\s*/|per\b|reciprocal\b)|\^?\s*\(?([-−]1|⁻¹)\)?$")  # noqa: RUF001 - a minus sign


def _nanometres(unit: str) -> tuple[float, bool] | None:
    """Return how many nm a unit of length has, and whether it stands below a 1; None if it is none."""
    name = _PER_PIXEL.sub("", unit.strip(" \t\r\n\0[](){}").lower().replace("µ", "u").replace("μ", "u"))
    name, signs = _INVERSE.subn("", name)
    name = name.strip(" ()[].")
    for each in (name, name.removesuffix("s")):
        factor = _NANOMETRES.get(_OTHER_NAMES.get(each, each))
        if factor is not None and signs < 2:
            return factor, bool(signs)
    return None


@attrs.frozen
class PixelSize:
    """How much of the specimen, or of its diffraction pattern, a pixel shows.

    Attributes:
        x, y: width and height of a pixel, in the unit.
        unit: "nm"; "1/nm" for diffraction patterns.
    """

    x: float
    y: float
    unit: str = "nm"

    @classmethod
    def of(cls, x: object, y: object, unit: object) -> PixelSize | None:
        """Return a size in nm (or 1/nm) from what a file says; None if it says nothing that can be one."""
        if not isinstance(unit, str) or not all(isinstance(v, (int, float, np.number)) for v in (x, y)):
            return None
        known = _nanometres(unit) if len(unit) <= _LONGEST_UNIT else None
        if known is None:
            return None
        factor, inverse = known
        sizes = [abs(float(v)) * (1 / factor if inverse else factor) for v in (x, y)]  # type: ignore[arg-type]
        if not all(math.isfinite(size) and size > 0 for size in sizes):
            return None
        across, down = (float(f"{size:.9g}") for size in sizes)
        return cls(across, down, "1/nm" if inverse else "nm")


@attrs.frozen
class Instrument:
    """The few numbers of a microscope that later measurements need; None where the file does not say.

    Attributes:
        voltage: acceleration voltage, kV.
        magnification: as the microscope showed it.
        camera_length: for diffraction patterns, mm.
        exposure: of one frame, s.
        camera: name of the camera or detector.
        microscope: name of the microscope.
    """

    voltage: float | None = None
    magnification: float | None = None
    camera_length: float | None = None
    exposure: float | None = None
    camera: str | None = None
    microscope: str | None = None

    def __bool__(self) -> bool:
        return any(value is not None for value in attrs.astuple(self))


class Source(Protocol):
    """An open file of frames; each kind of file has its own.

    Attributes:
        count: how many frames there are.
        pixel_size: what a pixel shows, where the file says so.
        instrument: what the file says of the microscope.
        taken: where the file holds pictures of several detectors or several series, which one is taken and what
            is left out, as a clause for people; else nothing.
    """

    count: int
    pixel_size: PixelSize | None
    instrument: Instrument
    taken: str

    def values(self, index: int) -> Values:
        """Decode one frame, 0 <= index < count; sizes are checked before memory is taken.

        Raises:
            Exception: whatever a decoder raises at a broken frame; `Film` makes one sentence of it.
        """

    def time(self, index: int) -> float | None:
        """Return when a frame was taken, s since the first one; None if the file does not say."""

    def close(self) -> None:
        """Close the file."""
