"""Lines as the page has them: their curves, without a mask for each, and which of them are the same."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import attrs
import numpy as np
from numpy.typing import NDArray

from dislo_gen import ClosedCurve, OpenCurve, PixelSize, arc_length

SAME = 0.6
"""Two curves are the same line where so much of one is near the other."""
_STEP = 2.0  # px between the places at which curves are compared


@attrs.frozen(eq=False, slots=False)
class Line:
    """A line that was found.

    Attributes:
        curve: px of the picture.
        confidence: 0 to 1.
    """

    curve: OpenCurve | ClosedCurve
    confidence: float

    @property
    def points(self) -> NDArray[np.float64]:
        """All along it, (N, 2) float64, px; of a closed one the first is the last, too."""
        return self.curve.closed_points if isinstance(self.curve, ClosedCurve) else self.curve.points

    @cached_property
    def places(self) -> NDArray[np.float64]:
        """Places at equal distances along it, (N, 2) float64, px."""
        along = arc_length(self.points)
        steps = np.linspace(0, along[-1], max(2, round(along[-1] / _STEP)))
        return np.stack([np.interp(steps, along, self.points[:, axis]) for axis in (0, 1)], axis=1)

    @property
    def length(self) -> float:
        """Its length, px."""
        return float(self.curve.length)

    def length_nm(self, pixel: PixelSize | None) -> float | None:
        """Return its length in nm, or None where the pixel size is not known."""
        if pixel is None or pixel.unit != "nm":
            return None
        return float(arc_length(self.points * (pixel.x, pixel.y))[-1])


def count_text(count: int) -> str:
    """Return how many lines there are, in words."""
    return {0: "no line", 1: "1 line"}.get(count, f"{count:,} lines")


def shares(lines: Sequence[Line], others: Sequence[Line], near: float) -> NDArray[np.float64]:
    """Return how much of each line is near each other one, (lines, others) float64 from 0 to 1.

    Args:
        lines: of one picture.
        others: of the same.
        near: how far from each other curves may run, px.
    """
    found = np.zeros((len(lines), len(others)))
    if not lines or not others:
        return found
    from scipy.spatial import cKDTree

    counts = [len(line.places) for line in lines]
    starts = np.cumsum([0, *counts[:-1]])
    places = np.concatenate([line.places for line in lines])
    for column, other in enumerate(others):
        distance, _ = cKDTree(other.places).query(places, distance_upper_bound=near)
        found[:, column] = np.add.reduceat(np.isfinite(distance), starts, dtype=np.float64) / counts
    return found


def nearness(shape: tuple[int, int]) -> float:
    """Return how far from each other the curves of one line may run in a picture of a shape, px."""
    return max(2.0, 5 * max(shape) / 512)
