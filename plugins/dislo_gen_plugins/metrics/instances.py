"""Instances: how many lines are found, each as one line of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar, Literal

import numpy as np
import scipy
from numpy.typing import NDArray

from dislo_gen import Help, Metric, Range, Sample, component
from dislo_gen_plugins.metrics.common_parameters import Smallest, Threshold, Tolerance
from dislo_gen_plugins.metrics.curve_points import Points, mask_points, pixels_near, true_points


@component
class Instances(Metric):
    """F1 score of whole lines: a channel and a true line match if most of each centreline is near the other.

    What is judged are lines as prediction gives them. Every one counts as a line that was found, so that a line
    found twice is wrong once. Two lines in one match neither if both are long, and a piece of a line does not
    match it. Each line matches one other at most, so that as many match as can.
    """

    judges: ClassVar[Literal["channels", "lines"]] = "lines"

    share: Annotated[float, Range(0.01, 1), Help("part of each centreline that must be near the other")] = 0.7
    threshold: Threshold = 0.5
    smallest: Smallest = 10
    tolerance: Tolerance = 4.0

    def score(self, predicted: NDArray[np.float32], truth: Sample) -> Mapping[str, float]:
        """Score one image.

        Args:
            predicted: (N, H, W) float32, probabilities.
            truth: the sample.

        Returns:
            ``instances_f1``, ``instances_precision`` and ``instances_recall`` from 0 to 1, and
            ``instances_count_error``, the difference of the numbers of found and of true lines over that of true
            lines (over 1, if there are none). Recall is 1 where there is nothing to find. Where nothing is found,
            precision is 1 if there is nothing, and 0 otherwise.
        """
        points = (mask_points(channel >= self.threshold, self.smallest) for channel in predicted)
        found = [of_channel for of_channel in points if len(of_channel)]
        true = true_points(truth)
        tolerance = pixels_near(self.tolerance, truth.image.shape)
        matches = self._matches(true, found, tolerance) if true and found else 0
        return {
            "instances_f1": 2 * matches / (len(found) + len(true)) if found or true else 1.0,
            "instances_precision": matches / len(found) if found else float(not true),
            "instances_recall": matches / len(true) if true else 1.0,
            "instances_count_error": abs(len(found) - len(true)) / max(1, len(true)),
        }

    def _matches(self, true: Sequence[Points], found: Sequence[Points], tolerance: float) -> int:
        """How many true lines have a channel of their own."""
        of_true, of_found = shares_near(true, found, tolerance)
        alike = np.minimum(of_true, of_found.T) >= self.share
        return int(alike[scipy.optimize.linear_sum_assignment(alike, maximize=True)].sum())


def shares_near(
    first: Sequence[Points], second: Sequence[Points], tolerance: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how much of each line is within the tolerance of each line of the other kind.

    Args:
        first: M lines, (N, 2) points each, px.
        second: K lines.
        tolerance: px.

    Returns:
        (M, K) shares of the first lines' points, and (K, M) shares of the second lines'.
    """
    one, other = np.concatenate(first), np.concatenate(second)
    owner_of_one = np.repeat(np.arange(len(first)), [len(points) for points in first])
    owner_of_other = np.repeat(np.arange(len(second)), [len(points) for points in second])
    pairs = scipy.spatial.cKDTree(one).sparse_distance_matrix(
        scipy.spatial.cKDTree(other), tolerance, output_type="ndarray"
    )
    return (
        _shares(pairs["i"], owner_of_other[pairs["j"]], owner_of_one, len(first), len(second)),
        _shares(pairs["j"], owner_of_one[pairs["i"]], owner_of_other, len(second), len(first)),
    )


def _shares(
    points: NDArray[np.intp], near_to: NDArray[np.intp], owner: NDArray[np.intp], lines: int, others: int
) -> NDArray[np.float64]:
    """The share of each line's points that are near each other line: (lines, others)."""
    near = np.zeros((len(owner), others), dtype=np.bool_)
    near[points, near_to] = True
    counts = np.zeros((lines, others))
    np.add.at(counts, owner, near)
    result: NDArray[np.float64] = counts / np.bincount(owner, minlength=lines)[:, None]
    return result
