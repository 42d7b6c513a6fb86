"""Matching: true masks and binarised channels, as the metrics that go by masks pair them."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dislo_gen import Masks, dice_losses, pair_in_order, pair_optimally

_TOUCHING = 1e-5
"""Dice coefficients up to this come from nothing but the smoothing of the loss."""

Matching = Literal["in-order", "optimal"]


def match(
    truth: Masks, predicted: NDArray[np.float32], binary: Masks, matching: Matching, overlap: float
) -> tuple[dict[int, int], NDArray[np.float64]]:
    """Pair true masks and channels by the Dice loss of the probabilities.

    Args:
        truth: (M, H, W) bool.
        predicted: (N, H, W) float32, probabilities.
        binary: (N, H, W) bool, what is left of them.
        matching: "in-order" or "optimal".
        overlap: masks and channels whose Dice coefficient is not above this are never paired.

    Returns:
        The channel of each true mask that has one, and the Dice coefficients of the binary masks, (M, N) float64.
    """
    dice = 1 - dice_losses(truth, binary.astype(np.float32))
    # Otherwise a line that was lost would take, in its turn, the channel of another.
    losses = np.where(dice > max(overlap, _TOUCHING), dice_losses(truth, predicted), np.inf)
    pairs = pair_in_order(losses) if matching == "in-order" else pair_optimally(losses)
    return dict(pairs), dice
