"""The loss of channels that mean one thing each: a part of the Dice loss, a part of cross entropy."""

from __future__ import annotations

from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

_SMOOTH = 1.0  # places: a channel that is rightly empty has no loss, and nothing is divided by zero
_CROSS_ENTROPY = 4.0
_OF_LINES = 2.0
"""How much more a place on a line counts than one beside it: of a hundred places about one is of lines."""


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
            return cast(Tensor, _Loss.apply(logits.float(), targets))


class _Loss(torch.autograd.Function):
    """The loss with its gradient written out.

    Channels are large and nearly everywhere empty. What most places add to loss and gradient is simple, and what
    the few places of lines add is put in there alone: half the time of the same formulas place by place.
    """

    @staticmethod
    def forward(ctx: Any, logits: Tensor, targets: Tensor) -> Tensor:
        lines = targets.nonzero(as_tuple=True)
        image, channel, _, _ = lines
        probabilities = logits.sigmoid()
        on_lines, logits_on_lines = probabilities[lines], logits[lines]

        entropy = softplus(logits).sum((1, 2, 3))
        more = (_OF_LINES - 1) * softplus(logits_on_lines) - _OF_LINES * logits_on_lines
        entropy = entropy.index_add(0, image, more) / logits[0].numel()

        zeros = logits.new_zeros(logits.shape[1])
        shared = zeros.index_add(0, channel, on_lines)
        total = probabilities.sum((0, 2, 3)).index_add(0, channel, torch.ones_like(on_lines))
        dice = 1 - (2 * shared + _SMOOTH) / (total + _SMOOTH)

        ctx.save_for_backward(probabilities, shared, total, *lines)
        return _CROSS_ENTROPY * entropy + dice.mean()

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        (gradient,) = gradients
        probabilities, shared, total, *where = ctx.saved_tensors
        lines = tuple(where)
        image, channel, _, _ = lines
        count = probabilities.shape[1]

        of_entropy = gradient * (_CROSS_ENTROPY / probabilities[0].numel())
        of_total = gradient.sum() * (2 * shared + _SMOOTH) / (total + _SMOOTH) ** 2 / count
        of_shared = -2 * gradient.sum() / (total + _SMOOTH) / count

        on_lines = probabilities[lines]
        slope = on_lines * (1 - on_lines)
        here = _OF_LINES * of_entropy[image] * (on_lines - 1) + (of_total + of_shared)[channel] * slope
        # p (e + t (1 - p)), in place: as few passes over all places as there can be
        result = (probabilities * -of_total[:, None, None]).add_(
            of_entropy[:, None, None, None] + of_total[None, :, None, None]
        )
        result.mul_(probabilities)
        result[lines] = here
        return result, None
