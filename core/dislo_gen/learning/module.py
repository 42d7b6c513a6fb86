"""The Lightning module: one step of learning, and judging held-out images."""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from typing import Any, cast

import lightning
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from dislo_gen.errors import LearningError
from dislo_gen.instances import Finding, line_masks, lines_of
from dislo_gen.interfaces import Metric, Model
from dislo_gen.learning.batch import Batch
from dislo_gen.learning.channel_loss import ChannelLoss
from dislo_gen.learning.loss import InstanceLoss
from dislo_gen.learning.network import standardise
from dislo_gen.learning.plan import Plan
from dislo_gen.sample import Sample

HELD_OUT = "held-out"
LABELLED = "labelled"


class NotANumberError(LearningError):
    """The loss of some sample is not a number; what was learnt from here on would be none, either."""


class Teacher(lightning.LightningModule):
    """A network and how it learns.

    Attributes:
        network: what learns.
        average: the same with the running mean of its weights, or None if they are not averaged.
        plan: how.
        groups: names of the groups of held-out images, in the order of their loaders.
        scores: what was found on held-out images in this epoch.
    """

    def __init__(self, network: nn.Module, plan: Plan, steps: int, groups: tuple[str, ...]) -> None:
        super().__init__()
        self.network = network
        self.average = copy.deepcopy(network).requires_grad_(False) if plan.schedule.averaging else None
        self.plan = plan
        self.steps = steps
        self.groups = groups
        self.loss = InstanceLoss(plan.loss)
        self.channel_loss = ChannelLoss()
        self.epoch_loss = _Mean()
        self.scores: dict[str, float] = {}
        self._finding = plan.load_finding()
        self._sums: dict[str, _Mean] = {}

    def training_step(self, batch: Batch, number: int) -> Tensor:
        """Return the mean loss of a batch.

        Raises:
            NotANumberError: it is none.
        """
        # Whatever a network draws (dropout) depends on the step alone, so that a resumed training draws the same.
        torch.manual_seed((self.plan.seed * 1_000_003 + self.global_step * 8191 + self.global_rank) % 2**63)
        losses = self.losses_of(batch)
        if not bool(losses.isfinite().all()):
            wrong = [
                name for name, loss in zip(batch.names, losses.tolist(), strict=True) if not math.isfinite(loss)
            ]
            raise NotANumberError(
                f"the loss is not a number at {wrong[0]} (step {self.global_step + 1}, counted from 1); "
                f"a smaller learning rate or --precision 32-true may help"
            )
        self.epoch_loss.add(float(losses.detach().sum()), len(losses))
        mean: Tensor = losses.mean()
        return mean

    @property
    def judged(self) -> nn.Module:
        """The network that is judged and kept."""
        return self.network if self.average is None else self.average

    def take_into_average(self) -> None:
        """Take the step's weights into the mean; at first it follows them more closely."""
        if self.average is None:
            return
        step = self.global_step
        kept = min(self.plan.schedule.averaging, (1 + step) / (10 + step))
        with torch.no_grad():
            for mean, weight in zip(self.average.parameters(), self.network.parameters(), strict=True):
                mean.lerp_(weight, 1 - kept)
            for own, value in zip(self.average.buffers(), self.network.buffers(), strict=True):
                own.copy_(value)

    def validation_step(self, batch: Batch, number: int, dataloader_idx: int = 0) -> None:
        """Judge some held-out images."""
        group = self.groups[dataloader_idx]
        logits = self.judged(standardise(batch.images))
        losses = self._losses(logits, batch)
        self._sum(f"{group} loss").add(float(losses.sum()), len(losses))
        for probabilities, sample in zip(logits.float().sigmoid().cpu().numpy(), batch.samples, strict=True):
            assert sample is not None
            height, width = (side * self.plan.model.oversampling for side in sample.image.shape)
            found = probabilities[:, :height, :width]
            for name, value in judge(self.plan.model, [self.plan.metric], found, sample, self._finding).items():
                self._sum(name if group == HELD_OUT else f"{group} {name}").add(value, 1)

    def losses_of(self, batch: Batch) -> Tensor:
        """Return the loss of each picture of a batch that is learnt from, (B,)."""
        return self._losses(self.network(standardise(batch.images)), batch)

    def _losses(self, logits: Tensor, batch: Batch) -> Tensor:
        if batch.targets is not None:
            return cast(Tensor, self.channel_loss(logits, batch.targets))
        return cast(Tensor, self.loss(logits, batch.masks, batch.counts))

    def on_validation_epoch_end(self) -> None:
        """Put the processes' sums together."""
        self.scores = {}
        for name in sorted(self._sums):
            self.scores[name] = self._together(self._sums[name])
        self._sums.clear()

    def mean_loss(self) -> float:
        """Return the mean loss of the epoch so far, over all processes."""
        return self._together(self.epoch_loss)

    def _together(self, mean: _Mean) -> float:
        both = torch.tensor(
            [mean.total, mean.count], dtype=torch.float64 if self.device.type != "mps" else torch.float32
        )
        both = self.trainer.strategy.reduce(both.to(self.device), reduce_op="sum")
        return float(both[0] / both[1].clamp(min=1))

    def _sum(self, name: str) -> _Mean:
        return self._sums.setdefault(name, _Mean())

    def configure_optimizers(self) -> Any:
        """AdamW; the learning rate rises, then falls along a cosine to zero."""
        schedule = self.plan.schedule
        optimizer = torch.optim.AdamW(
            self.network.parameters(), lr=schedule.learning_rate, weight_decay=schedule.weight_decay
        )
        rising = max(1, round(schedule.warm_up * self.steps))

        def factor(step: int) -> float:
            if step < rising:
                return (step + 1) / rising
            return 0.5 * (1 + math.cos(math.pi * min(1.0, (step - rising) / max(1, self.steps - rising))))

        scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, factor)
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": scheduler, "interval": "step"}}

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Keep the running mean of an epoch's loss."""
        checkpoint["epoch_loss"] = [self.epoch_loss.total, self.epoch_loss.count]

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Take the running mean up again."""
        self.epoch_loss = _Mean(*checkpoint["epoch_loss"])


def judge(
    model: Model,
    metrics: Sequence[Metric],
    probabilities: NDArray[np.float32],
    sample: Sample,
    finding: Finding | None = None,
) -> dict[str, float]:
    """Return the metrics' numbers for one picture; for those that judge lines, prediction's steps come first.

    Where a model's channels are no instances, its lines stand for channels.
    """
    channels = np.ascontiguousarray(probabilities, dtype=np.float32)
    lines = channels
    if not model.instance_channels or any(metric.judges == "lines" for metric in metrics):
        lines = line_masks(lines_of(model, probabilities, finding), sample.image.shape).astype(np.float32)
        channels = channels if model.instance_channels else lines
    numbers: dict[str, float] = {}
    for metric in metrics:
        numbers |= metric.score(lines if metric.judges == "lines" else channels, sample)
    return numbers


class _Mean:
    """A sum and how many it is of."""

    def __init__(self, total: float = 0.0, count: float = 0.0) -> None:
        self.total = total
        self.count = count

    @property
    def mean(self) -> float:
        return self.total / max(1.0, self.count)

    def add(self, total: float, count: float) -> None:
        self.total += total
        self.count += count
