"""Dots per inch, of which most files say nothing but how large they are to be printed."""

from __future__ import annotations

import math

from dislo_gen.micrographs.facts import PixelSize

_LARGEST, _SMALLEST = 1000.0, 1e-4  # nm
_PER_INCH = {"inch": 1.0, "cm": 2.54, "m": 0.0254}


def from_resolution(across: object, down: object, unit: str) -> PixelSize | None:
    """Return the size of a pixel where a resolution can be that of a specimen.

    72, 96, 300 or 9600 dots an inch are how a picture is printed; a printer's finest dots are larger than a
    micrometre, and a pixel of a micrograph is smaller.

    Args:
        across: pixels per unit along a row, whatever the file gives.
        down: the same along a column.
        unit: "inch", "cm" or "m".
    """
    factor = _PER_INCH.get(unit)
    if factor is None or not all(
        isinstance(v, (int, float)) and math.isfinite(v) and v > 0 for v in (across, down)
    ):
        return None
    size = PixelSize.of(1 / (float(across) * factor), 1 / (float(down) * factor), "inch")  # type: ignore[arg-type]
    return size if size and all(_SMALLEST <= side < _LARGEST for side in (size.x, size.y)) else None
