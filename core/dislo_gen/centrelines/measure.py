"""What is measured along curves."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dislo_gen.centrelines.smooth import evenly
from dislo_gen.shapes import ClosedCurve, OpenCurve
from dislo_gen.size import Size
from dislo_gen.visibility import visible_length


def length_inside(curve: OpenCurve | ClosedCurve, size: Size) -> float:
    """Length in pixels of the part of a curve that lies inside the image."""
    return visible_length(curve.closed_points if isinstance(curve, ClosedCurve) else curve.points, size)


def points_inside(curve: OpenCurve | ClosedCurve, size: Size, step: float = 1.0) -> NDArray[np.float64]:
    """Return points in even steps of about ``step`` px along a curve, as far as it is in the image, (N, 2) px."""
    points = evenly(curve.points, isinstance(curve, ClosedCurve), step)
    return points[((points >= 0) & (points <= size.xy)).all(axis=1)]
