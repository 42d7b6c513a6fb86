"""The loss of the paper: every true mask takes a channel of its own, the pairs' Dice losses are averaged."""

from __future__ import annotations

import torch
from scipy.optimize import linear_sum_assignment
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

from dislo_gen.learning.options import LossOptions, Matching

UNPAIRED = -1
"""The channel of a true mask for which no channel is left, and of padding."""
_SMOOTH = 1.0  # px: two empty masks are equal, and no division by zero


class InstanceLoss(nn.Module):
    """Dice loss of instances whose channels have no order.

    Source: Govind et al. 2023, section 3 and Algorithm 1. Differences: true masks for which no channel is left
    count as wholly missed (a loss of 1 each), so that more masks than channels are no mistake; and unused channels
    can be taught to stay empty. Cross entropy of the pairs may be added.
    """

    def __init__(self, options: LossOptions | None = None) -> None:
        super().__init__()
        self.options = options or LossOptions()

    def forward(self, logits: Tensor, masks: Tensor, counts: Tensor) -> Tensor:
        """Return the loss of each image.

        Args:
            logits: (B, N, H, W), the network's output.
            masks: (B, M, H, W) bool or 0 and 1, padded to the largest number of masks in the batch.
            counts: (B,) integers, how many of them are real.

        Returns:
            (B,) float32 from 0; 0 for an image without any mask if ``empty`` is 0.
        """
        with torch.autocast(logits.device.type, enabled=False):  # sums over a whole image need more than 8 bits
            return self._losses(logits.float(), masks, counts)

    def _losses(self, logits: Tensor, masks: Tensor, counts: Tensor) -> Tensor:
        probabilities = logits.sigmoid().flatten(2)
        truth = masks.flatten(2).to(probabilities.dtype)
        areas, predicted_areas = truth.sum(2), probabilities.sum(2)
        losses = dice_losses(truth, probabilities, areas, predicted_areas)
        channels = pair(losses.detach(), counts, self.options.matching)
        paired = channels != UNPAIRED
        wanted = torch.arange(masks.shape[1], device=counts.device) < counts[:, None]
        of_pairs = losses.gather(2, channels.clamp(min=0)[..., None])[..., 0]
        per_mask = torch.where(paired, of_pairs, wanted.to(losses.dtype))
        if self.options.cross_entropy:
            per_mask = per_mask + self.options.cross_entropy * _entropies(logits, truth, channels) * paired
        total = per_mask.sum(1) / counts.clamp(min=1)
        if self.options.empty:
            total = total + self.options.empty * _not_empty(predicted_areas, areas, counts, channels, logits)
        return total


def dice_losses(truth: Tensor, probabilities: Tensor, areas: Tensor, predicted_areas: Tensor) -> Tensor:
    """Return the Dice loss of every pair, (B, M, N), from one matrix product.

    Args:
        truth: (B, M, P), 0 or 1.
        probabilities: (B, N, P), 0 to 1.
        areas: (B, M), the masks' sums over the P pixels.
        predicted_areas: (B, N), likewise.
    """
    shared = torch.bmm(truth, probabilities.transpose(1, 2))
    total = areas[:, :, None] + predicted_areas[:, None, :]
    return 1 - (2 * shared + _SMOOTH) / (total + _SMOOTH)


def pair(losses: Tensor, counts: Tensor, matching: Matching) -> Tensor:
    """Return the channel of every true mask, (B, M) int64; `UNPAIRED` where there is none.

    Args:
        losses: (B, M, N).
        counts: (B,), how many of the M masks are real.
        matching: see `LossOptions`.
    """
    return _pair_optimally(losses, counts) if matching == "optimal" else _pair_in_order(losses, counts)


def _pair_in_order(losses: Tensor, counts: Tensor) -> Tensor:
    """All images at once: the m-th masks of a batch choose, then the (m+1)-th from what is left."""
    batch, masks, channels = losses.shape
    chosen = torch.full((batch, masks), UNPAIRED, dtype=torch.int64, device=losses.device)
    taken = torch.zeros((batch, channels), dtype=torch.bool, device=losses.device)
    images = torch.arange(batch, device=losses.device)
    for number in range(min(masks, channels)):
        best = losses[:, number].masked_fill(taken, torch.inf).argmin(dim=1)
        real = number < counts
        chosen[real, number] = best[real]
        taken[images[real], best[real]] = True
    return chosen


def _pair_optimally(losses: Tensor, counts: Tensor) -> Tensor:
    chosen = torch.full(losses.shape[:2], UNPAIRED, dtype=torch.int64)
    for image, (costs, count) in enumerate(zip(losses.cpu().numpy(), counts.tolist(), strict=True)):
        # What is not a number has no optimum; any pairing passes it on to the loss, where it is noticed.
        rows, columns = linear_sum_assignment(torch.nan_to_num(torch.from_numpy(costs[:count])).numpy())
        chosen[image, torch.from_numpy(rows)] = torch.from_numpy(columns)
    return chosen.to(losses.device)


def _entropies(logits: Tensor, truth: Tensor, channels: Tensor) -> Tensor:
    """Cross entropy of each true mask and its channel, (B, M); that of masks without a channel has no meaning."""
    own = logits.flatten(2).gather(1, channels.clamp(min=0)[..., None].expand(-1, -1, truth.shape[2]))
    return binary_cross_entropy_with_logits(own, truth, reduction="none").mean(2)


def _not_empty(predicted: Tensor, areas: Tensor, counts: Tensor, channels: Tensor, logits: Tensor) -> Tensor:
    """Mean over the unused channels of S / (S + A), (B,): S the predicted area, A that of a line.

    It is the Dice loss against an empty mask, smoothed with A. A is the mean area of the image's true masks, or
    as many pixels as a line across the image has that is 1 % of it wide.
    """
    usual = 0.01 * logits.shape[-1] * logits.shape[-2]
    line = torch.where(counts > 0, areas.sum(1) / counts.clamp(min=1), torch.full_like(areas.sum(1), usual))
    used = torch.zeros_like(predicted, dtype=torch.bool)
    if channels.shape[1]:
        rows = torch.arange(len(channels), device=channels.device)[:, None].expand_as(channels)
        paired = channels != UNPAIRED
        used[rows[paired], channels[paired]] = True
    share = predicted / (predicted + line[:, None].clamp(min=1))
    unused = ~used
    result: Tensor = (share * unused).sum(1) / unused.sum(1).clamp(min=1)
    return result
