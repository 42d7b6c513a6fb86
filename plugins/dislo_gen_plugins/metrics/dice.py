"""Dice: how well the pixels of each line are found."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from dislo_gen import Metric, Sample, component
from dislo_gen_plugins.metrics.common_parameters import Pairing, Threshold
from dislo_gen_plugins.metrics.matched_masks import match


@component
class Dice(Metric):
    """Dice coefficient of predicted and true masks, mean over true lines.

    Each true line is paired with a channel of its own, by the Dice loss of the probabilities (Govind et al. 2023,
    section 3); one without a channel that overlaps it has 0. Lines are thin: a mask one pixel off loses much. Its
    parts: ``iou``, intersection over union of the same pairs; ``union_dice``, the Dice coefficient of all channels
    laid together and all true masks laid together, for which lines need not be told apart.
    """

    matching: Pairing = "in-order"
    threshold: Threshold = 0.5

    def score(self, predicted: NDArray[np.float32], truth: Sample) -> Mapping[str, float]:
        """Score one image.

        Args:
            predicted: (N, H, W) float32, probabilities.
            truth: the sample.

        Returns:
            ``dice``, ``iou`` and ``union_dice``, from 0 to 1. Where no line is labelled all are 1 if nothing is
            predicted, and 0 otherwise.
        """
        binary = predicted >= self.threshold
        if not len(truth.masks):
            empty = float(not binary.any())
            return {"dice": empty, "iou": empty, "union_dice": empty}
        channels, coefficients = match(truth.masks, predicted, binary, self.matching, overlap=0.0)
        dice = np.zeros(len(truth.masks))
        dice[list(channels)] = [coefficients[pair] for pair in channels.items()]
        found, true = binary.any(axis=0), truth.masks.any(axis=0)
        union = 2 * np.count_nonzero(found & true) / (np.count_nonzero(found) + np.count_nonzero(true))
        return {"dice": float(dice.mean()), "iou": float((dice / (2 - dice)).mean()), "union_dice": float(union)}
