"""Length: whether each line is found alone and whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from dislo_gen import (
    Defect,
    Help,
    Metric,
    Range,
    Region,
    Sample,
    Size,
    centrelines,
    component,
    drop_small,
    length_inside,
)
from dislo_gen_plugins.metrics.common_parameters import Pairing, Smallest, Threshold
from dislo_gen_plugins.metrics.matched_masks import match


@component
class Length(Metric):
    """Agreement of the lengths of predicted and true lines: 1 minus the relative error, mean over true lines.

    A channel is binarised, small specks are removed, and the centrelines of all that is left are measured; so a
    channel that holds two lines is too long, and one that holds a part is too short. Errors of the whole length
    and more score 0, and so does a line without a channel. The true length is that of the curve in the image.
    After Govind et al. 2023, section 3.

    Its parts: ``length_matched``, the share of true lines that have a channel; ``length_single``, the share of
    these channels that hold one connected thing; ``length_of_matched``, the mean score of lines that have one.
    """

    matching: Pairing = "in-order"
    threshold: Threshold = 0.5
    smallest: Smallest = 10
    overlap: Annotated[
        float, Range(0, 0.99), Help("a line is not found where its mask's Dice coefficient is not above this")
    ] = 0.1

    def score(self, predicted: NDArray[np.float32], truth: Sample) -> Mapping[str, float]:
        """Score one image.

        Args:
            predicted: (N, H, W) float32, probabilities.
            truth: the sample.

        Returns:
            ``length`` and its parts, each from 0 to 1. Where no line is labelled all are 1 if every channel is
            empty after cleaning, and 0 otherwise.
        """
        cleaned = [drop_small(channel >= self.threshold, self.smallest) for channel in predicted]
        binary = np.array([mask for mask, _ in cleaned], dtype=np.bool_).reshape(predicted.shape)
        labelled = truth.scene.labelled
        if not labelled:
            return _named(*(4 * [float(not binary.any())]))
        channels, _ = match(truth.masks, predicted, binary, self.matching, self.overlap)
        scores = []
        for number, channel in channels.items():
            wanted = self._true_length(labelled[number], truth.masks[number])
            found = sum(curve.length for curve in centrelines(binary[channel], self.smallest))
            scores.append(1 - min(1.0, abs(found - wanted) / max(wanted, 1e-9)))
        single = [float(cleaned[channel][1] == 1) for channel in channels.values()]
        total, count = sum(scores), max(1, len(scores))
        return _named(total / len(labelled), len(scores) / len(labelled), sum(single) / count, total / count)

    def _true_length(self, defect: Defect, mask: NDArray[np.bool_]) -> float:
        """The length of a defect's curve in the image, px; that of an area is measured as a prediction's is."""
        if isinstance(defect.shape, Region):
            return sum(curve.length for curve in centrelines(mask, 1))
        height, width = mask.shape
        return length_inside(defect.shape, Size(width, height))


def _named(score: float, matched: float, single: float, of_matched: float) -> dict[str, float]:
    return {
        "length": score,
        "length_matched": matched,
        "length_single": single,
        "length_of_matched": of_matched,
    }
