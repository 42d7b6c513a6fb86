"""How much of a shape lies inside the image."""

from __future__ import annotations

import attrs
import numpy as np
from numpy.typing import NDArray

from dislo_gen.scene import Scene
from dislo_gen.shapes import ClosedCurve, Region, Shape
from dislo_gen.size import Size


def visible_fraction(shape: Shape, size: Size) -> float:
    """Fraction of a curve's length, or of a region's area, inside the image; 0 to 1.

    Exact for the polyline or polygon. A shape without length or area is wholly visible or not at all.
    """
    points = shape.points
    inside = (points >= 0).all() and (points <= size.xy).all()
    if inside:
        return 1.0
    if isinstance(shape, Region):
        if shape.area > 0:
            return min(1.0, _clipped_area(points, size) / shape.area)
        shape = ClosedCurve(points)  # an outline that crosses itself may enclose as much on either side of it
    line = shape.closed_points if isinstance(shape, ClosedCurve) else points
    total = shape.length
    return min(1.0, visible_length(line, size) / total) if total > 0 else 0.0


def visible_length(points: NDArray[np.float64], size: Size) -> float:
    """Length in pixels of the part of a polyline inside the image (Liang and Barsky 1984, each segment)."""
    start, step = points[:-1], np.diff(points, axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = -start / step, (np.asarray(size.xy) - start) / step
    enter, leave = np.minimum(low, high), np.maximum(low, high)
    still = step == 0
    outside = still & ((start < 0) | (start > size.xy))
    enter = np.where(still, -np.inf, enter).max(axis=1).clip(0, 1)
    leave = np.where(still, np.inf, leave).min(axis=1).clip(0, 1)
    part = np.where(outside.any(axis=1), 0.0, np.maximum(0.0, leave - enter))
    return float(np.dot(part, np.hypot(step[:, 0], step[:, 1])))


def _clipped_area(points: NDArray[np.float64], size: Size) -> float:
    """Area of a polygon inside the image (Sutherland and Hodgman 1974, one image edge after the other)."""
    polygon = points
    for axis, limit, sign in ((0, 0.0, 1), (0, size.width, -1), (1, 0.0, 1), (1, size.height, -1)):
        distance = sign * (polygon[:, axis] - limit)
        following, next_distance = np.roll(polygon, -1, axis=0), np.roll(distance, -1)
        crossing = (distance < 0) != (next_distance < 0)
        with np.errstate(divide="ignore", invalid="ignore"):
            cut = polygon + (following - polygon) * (distance / (distance - next_distance))[:, None]
        pairs = np.stack((polygon, cut), axis=1).reshape(-1, 2)
        polygon = pairs[np.stack((distance >= 0, crossing), axis=1).ravel()]
        if len(polygon) < 3:
            return 0.0
    return Region(polygon).area


def measure_visibility(scene: Scene, size: Size) -> Scene:
    """Return the scene with each defect's ``visible`` fraction filled in.

    A labelled defect that is wholly outside the image loses its label.
    """
    measured = []
    for defect in scene:
        visible = round(visible_fraction(defect.shape, size), 4)
        labelled = defect.labelled and visible > 0
        if (visible, labelled) != (defect.visible, defect.labelled):
            defect = attrs.evolve(defect, visible=visible, labelled=labelled)
        measured.append(defect)
    return Scene(measured)
