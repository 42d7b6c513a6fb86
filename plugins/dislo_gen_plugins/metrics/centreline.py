"""Centreline: where lines are, whichever channel they are in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np
import scipy
from numpy.typing import NDArray

from dislo_gen import Metric, Sample, component
from dislo_gen_plugins.metrics.common_parameters import Smallest, Threshold, Tolerance
from dislo_gen_plugins.metrics.curve_points import Points, mask_points, pixels_near, true_points


@component
class Centreline(Metric):
    """F1 score of the places of lines: predicted centrelines near true curves, true curves near predicted ones.

    What is judged are lines as prediction gives them, all together, so that they need not be told apart.
    ``centreline_precision`` is the share of the predicted centrelines' length within the tolerance of a true
    curve, ``centreline_recall`` the share of the true curves' length within the tolerance of a predicted one. It
    is the buffer method that roads in aerial pictures are compared with (Wiedemann et al. 1998).
    """

    judges: ClassVar[Literal["channels", "lines"]] = "lines"

    threshold: Threshold = 0.5
    smallest: Smallest = 10
    tolerance: Tolerance = 4.0

    def score(self, predicted: NDArray[np.float32], truth: Sample) -> Mapping[str, float]:
        """Score one image.

        Args:
            predicted: (N, H, W) float32, probabilities.
            truth: the sample.

        Returns:
            ``centreline_f1``, ``centreline_precision`` and ``centreline_recall``, from 0 to 1. Recall is 1 where
            there is nothing to find. Where nothing is found, precision is 1 if there is nothing, and 0 otherwise.
        """
        found = _together([mask_points(channel >= self.threshold, self.smallest) for channel in predicted])
        true = _together(true_points(truth))
        tolerance = pixels_near(self.tolerance, truth.image.shape)
        precision = _near(found, true, tolerance) if len(found) else float(not len(true))
        recall = _near(true, found, tolerance) if len(true) else 1.0
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        return {"centreline_f1": f1, "centreline_precision": precision, "centreline_recall": recall}


def _together(points: list[Points]) -> Points:
    return np.concatenate(points) if points else np.zeros((0, 2))


def _near(points: Points, others: Points, tolerance: float) -> float:
    """Share of points within the tolerance of any of the others."""
    if not len(others):
        return 0.0
    distances, _ = scipy.spatial.cKDTree(others).query(
        points, distance_upper_bound=np.nextafter(tolerance, np.inf)
    )
    return float(np.isfinite(distances).mean())
