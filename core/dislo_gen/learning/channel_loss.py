"""The loss of channels that mean one thing each: a part of the Dice loss, a part of cross entropy."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

_SMOOTH = 1.0  # px: a channel that is rightly empty has no loss, and nothing is divided by zero
_CROSS_ENTROPY = 4.0
_OF_LINES = 2.0
"""How much more a pixel of a line counts than one beside it: of a hundred pixels about three are of lines."""


class ChannelLoss(nn.Module):
    """Dice loss and cross entropy against what each channel is taught.

    Dice losses are of each channel over the whole batch: in one picture a channel may have next to nothing.
    """

    def forward(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Return the loss of each image.

        Args:
            logits: (B, N, H, W), the network's output.
            targets: (B, N, H, W), 0 or 1, as finely sampled.

        Returns:
            (B,) float32 from 0.
        """
        with torch.autocast(logits.device.type, enabled=False):  # sums over a whole image need more than 8 bits
            logits, truth = logits.float(), targets.float()
            weight = logits.new_tensor(_OF_LINES)
            entropy = binary_cross_entropy_with_logits(logits, truth, pos_weight=weight, reduction="none")
            probabilities = logits.sigmoid()
            pixels = (0, 2, 3)
            shared, total = (probabilities * truth).sum(pixels), probabilities.sum(pixels) + truth.sum(pixels)
            dice = 1 - (2 * shared + _SMOOTH) / (total + _SMOOTH)
            losses: Tensor = _CROSS_ENTROPY * entropy.mean(dim=(1, 2, 3)) + dice.mean()
            return losses
