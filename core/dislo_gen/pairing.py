"""Pairing: which predicted channel is which true line.

SciPy is imported where it is used, which keeps `import dislo_gen` quick.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

_SMALL = 1e-6  # px: two empty masks are equal

Pairs = tuple[tuple[int, int], ...]
"""Numbers of a true mask and of its channel, in the true masks' order."""


def dice_losses(truth: NDArray[np.bool_], predicted: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the Dice loss between every true mask and every channel (Govind et al. 2023, section 3).

    Args:
        truth: (M, H, W) bool.
        predicted: (N, H, W) float32 from 0 to 1.

    Returns:
        (M, N) float64, 0 where a channel is the mask, 1 where they share nothing.
    """
    pixels = math.prod(truth.shape[1:])
    true = truth.reshape(len(truth), pixels).astype(np.float32)
    found = predicted.reshape(len(predicted), pixels).astype(np.float32, copy=False)
    shared = (true @ found.T).astype(np.float64)
    total = true.sum(axis=1, dtype=np.float64)[:, None] + found.sum(axis=1, dtype=np.float64)
    losses: NDArray[np.float64] = 1 - (2 * shared + _SMALL) / (total + _SMALL)
    return losses.clip(0, 1)


def pair_in_order(losses: NDArray[np.float64]) -> Pairs:
    """Let each true mask in turn take, of the channels that are left, that of the least loss.

    This is Algorithm 1 of Govind et al. 2023.

    Args:
        losses: (M, N); a mask never takes a channel where its loss is infinite.

    Returns:
        The pairs; what is left over, masks or channels, is in none.
    """
    left = losses.astype(np.float64)
    pairs = []
    for mask, of_mask in enumerate(left):
        if not of_mask.size:
            break
        channel = int(of_mask.argmin())
        if of_mask[channel] < np.inf:
            pairs.append((mask, channel))
            left[:, channel] = np.inf
    return tuple(pairs)


def pair_optimally(losses: NDArray[np.float64]) -> Pairs:
    """Pair true masks and channels so that as many as can be have a partner, at the least sum of losses.

    The order of neither makes a difference (Hungarian method).

    Args:
        losses: (M, N), finite ones from 0 to 1; what has an infinite loss is never paired.

    Returns:
        The pairs; what is left over, masks or channels, is in none.
    """
    from scipy.optimize import linear_sum_assignment

    possible = np.isfinite(losses)
    never = 2.0 + min(losses.shape)  # dearer than all other pairs together
    masks, channels = linear_sum_assignment(np.where(possible, losses, never))
    pairs = zip(masks.tolist(), channels.tolist(), strict=True)
    return tuple((mask, channel) for mask, channel in pairs if possible[mask, channel])
