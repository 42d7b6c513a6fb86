"""Points along curves, true and predicted, for metrics that ask how near they are to each other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dislo_gen import Region, Sample, Size, centrelines, points_inside

Points = NDArray[np.float64]

_LEAST_TOLERANCE = 1.5  # px of the image: nearer than that nobody can say where a line is


def pixels_near(tolerance: float, shape: tuple[int, ...]) -> float:
    """Return a tolerance in pixels of the image, (..., H, W), that is given for one whose longer side is 512."""
    return max(_LEAST_TOLERANCE, tolerance * max(shape[-2:]) / 512)


def true_points(truth: Sample) -> list[Points]:
    """Return points about every pixel along the visible part of each labelled defect's curve, (N, 2) px.

    Areas have the centrelines of their masks.
    """
    height, width = truth.image.shape
    size, result = Size(width, height), []
    for defect, mask in zip(truth.scene.labelled, truth.masks, strict=True):
        points = np.zeros((0, 2)) if isinstance(defect.shape, Region) else points_inside(defect.shape, size)
        # A curve that only just touches the image has a mask there, and no point.
        result.append(points if len(points) else mask_points(mask, 1))
    return result


def mask_points(mask: NDArray[np.bool_], smallest: int) -> Points:
    """Return points about every pixel along the centrelines of an (H, W) bool mask, (N, 2) px."""
    size = Size(mask.shape[1], mask.shape[0])
    points = [points_inside(curve, size) for curve in centrelines(mask, smallest)]
    return np.concatenate(points) if points else np.zeros((0, 2))
