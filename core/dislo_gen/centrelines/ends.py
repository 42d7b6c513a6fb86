"""Ends: how far a line goes on from the last place at which both its edges are seen."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from dislo_gen.centrelines.sections import Plane, run

_STEP = 0.25  # px between the samples of a ray
_TANGENT_OVER = 5.0  # px of the line's end that its direction is taken from


def extended(plane: Plane, points: NDArray[np.float64], width: float, reach: float) -> NDArray[np.float64]:
    """Return where a line ends beyond its last point, straight on, (2,) px in the box.

    A mask is drawn with round ends, half a line width beyond the line's. The area of the mask beyond the point
    tells how far that is; where the last pixel lies would be noisier. Where the line, going straight on, leaves
    the image inside the mask, it goes on outside, and ends for us at the image's border.

    Args:
        plane: the mask.
        points: (N, 2) the line so far, px.
        width: its width, px.
        reach: how far at most the mask may go on, px.
    """
    last: NDArray[np.float64] = points[-1]
    back = points[max(0, len(points) - 1 - round(_TANGENT_OVER))]
    along = last - back
    length = float(np.hypot(*along))
    if length < 1e-6:
        return last
    along = along / length
    across = width / 2 + 1
    offsets = np.linspace(-across, across, 2 * math.ceil(2 * across) + 1)  # odd: one ray is in the middle
    distances = np.arange(0, reach + _STEP, _STEP)
    starts = last + offsets[:, None] * np.array((-along[1], along[0]))
    values = plane.at(starts[:, None] + distances[:, None] * along)
    runs, _ = run(values[len(offsets) // 2])
    middle = _STEP * float(runs)
    border = _to_border(last + plane.corner, along, plane.size)
    if middle >= border:
        return np.asarray(last + border * along)
    values[:, 0] /= 2  # trapezoidal rule
    area = _STEP * (offsets[1] - offsets[0]) * float(values[:, distances <= middle + 1].sum())
    beyond = area / width - np.pi / 8 * width  # the second term is the round end's
    return np.asarray(last + float(np.clip(beyond, 0.0, max(0.0, min(middle, border)))) * along)


def _to_border(place: NDArray[np.float64], along: NDArray[np.float64], size: tuple[int, int]) -> float:
    """How far it is to the border of the image from a place in it, px."""
    with np.errstate(divide="ignore"):
        far = np.where(along > 0, np.asarray(size) - place, place) / np.abs(along)
    return max(0.0, float(far.min()))
