"""Tables of diffraction contrast over the distance from a line and the line's depth, calculated once and kept."""

from __future__ import annotations

import functools
from typing import Literal

import attrs
import numpy as np
from numpy.typing import NDArray

from dislo_gen_plugins.renderers.displacement import StraightDislocation
from dislo_gen_plugins.renderers.howie_whelan import TwoBeam, depth_series_intensities

BEYOND = 0.8
"""How far outside the foil a line's continuation is still looked up, in extinction distances."""

# Distances are dense at the core and wide apart far from it: d = _SCALE sinh(k _SPACING). An even number of them
# has none at the very centre, where the displacement has no value.
_SCALE, _SPACING, _HALF = 0.2, 0.08, 44
_KEPT = 256
# What is fainter than this is not drawn, and from _FADE of the reach on it fades out.
_FAINTEST, _FADE = 0.02, 0.5


@attrs.frozen(eq=False)
class ContrastTable:
    """The relative change of intensity that a dislocation makes: 0 where it changes nothing, -1 for black.

    Attributes:
        values: (D, Z) float32.
        first_depth, depth_step: the line's depth at ``values[:, 0]`` and between columns, in extinction distances.
        reach: how far from the line it is looked up, in extinction distances.
    """

    values: NDArray[np.float32]
    first_depth: float
    depth_step: float
    reach: float

    def look_up(self, distance: NDArray[np.float32], depth: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the contrast at distances and depths in extinction distances, (N,) float32 each: bilinear."""
        d = np.arcsinh(distance * np.float32(1 / _SCALE))
        d *= np.float32(1 / _SPACING)
        d += np.float32(_HALF - 0.5)
        z = depth - np.float32(self.first_depth)
        z *= np.float32(1 / self.depth_step)
        rows, columns = self.values.shape
        np.clip(d, 0, rows - 1.001, out=d)
        np.clip(z, 0, columns - 1.001, out=z)
        row, column = d.astype(np.int32), z.astype(np.int32)
        d -= row
        z -= column
        row *= columns
        row += column
        flat = self.values.ravel()
        upper = flat[row]
        upper += (flat[row + 1] - upper) * z
        row += columns
        lower = flat[row]
        lower += (flat[row + 1] - lower) * z
        lower -= upper
        lower *= d
        lower += upper
        beyond = np.abs(distance) * np.float32(1 / self.reach)
        beyond -= np.float32(_FADE)
        beyond *= np.float32(1 / (1 - _FADE))
        np.clip(beyond, 0, 1, out=beyond)
        lower *= 1 - beyond * beyond * (3 - 2 * beyond)
        faded: NDArray[np.float32] = lower
        return faded


def distances() -> NDArray[np.float64]:
    """Distances of a table's rows in extinction distances, (D,) float64."""
    at: NDArray[np.float64] = _SCALE * np.sinh(_SPACING * (np.arange(2 * _HALF) - _HALF + 0.5))
    return at


@functools.lru_cache(maxsize=_KEPT)
def contrast_table(
    foil: TwoBeam,
    dislocation: StraightDislocation,
    field: Literal["bright", "dark"] = "bright",
    diffuse: float = 0.0,
    pixel: float = 0.0,
    reach: float = 3.2,
) -> ContrastTable:
    """Calculate a table, or return the one calculated before.

    Args:
        foil: thickness, deviation, absorption.
        dislocation: what lies in it.
        field: the bright field shows I_0, the dark field I_g.
        diffuse: intensity of diffusely scattered electrons over the incident; it fogs lines and background alike.
        pixel: size of a pixel in extinction distances, over which the image is averaged.
        reach: farthest distance from the line at which it is looked up.
    """
    depths, *both = depth_series_intensities(foil, dislocation, distances(), BEYOND)
    intensity = both[field == "dark"]
    background = foil.perfect()[field == "dark"] + diffuse
    # Where the background is black a line is infinitely brighter; a camera's range ends long before.
    change = np.clip((intensity + diffuse) / max(background, 1e-3) - 1, -1, 50)
    values = _averaged(change, pixel).astype(np.float32)
    seen = np.abs(values).max(axis=1) > _FAINTEST
    needed = float(np.abs(distances()[seen]).max()) / _FADE if seen.any() else _SCALE
    return ContrastTable(values, float(depths[0]), float(depths[1] - depths[0]), min(needed, reach))


def _averaged(values: NDArray[np.float64], pixel: float) -> NDArray[np.float64]:
    """Average over a pixel's width across the line: the core's detail is finer than a pixel."""
    if not pixel:
        return values
    at = distances()
    total = np.zeros_like(values)
    offsets = pixel * (np.arange(5) - 2) / 5
    for offset in offsets:
        position = np.clip(np.arcsinh((at + offset) / _SCALE) / _SPACING + _HALF - 0.5, 0, len(at) - 1.001)
        row = position.astype(np.intp)
        share = (position - row)[:, None]
        total += values[row] * (1 - share) + values[row + 1] * share
    return total / len(offsets)
