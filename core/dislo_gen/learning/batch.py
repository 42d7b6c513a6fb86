"""Batches: pictures of one size, and as many masks for each as the richest of them has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import pad

from dislo_gen.sample import Sample


class Example(NamedTuple):
    """One sample as a network sees it.

    Attributes:
        image: (H, W) float32 from 0 to 1.
        masks: (M, H, W) bool.
        name: which sample it is, for messages.
        sample: the sample itself, where a metric needs it.
        targets: (channels, H, W) uint8, what a network whose channels are no instances is taught; (channels, K H,
            K W) with an oversampling of K.
    """

    image: Tensor
    masks: Tensor
    name: str
    sample: Sample | None = None
    targets: Tensor | None = None


class Batch(NamedTuple):
    """Several examples.

    Attributes:
        images: (B, 1, H, W) float32 from 0 to 1.
        masks: (B, M, H, W) bool, M the largest number of masks; the rest is padding.
        counts: (B,) int64, how many masks are real.
        names: which samples they are.
        samples: the samples themselves, where a metric needs them.
        targets: (B, channels, H, W) uint8, or with an oversampling of K, if all examples have some.
    """

    images: Tensor
    masks: Tensor
    counts: Tensor
    names: list[str]
    samples: list[Sample | None]
    targets: Tensor | None = None


def collate(examples: Sequence[Example]) -> Batch:
    """Lay examples together; smaller pictures are continued at the right and below with their border's values.

    For ``torch.utils.data.DataLoader(..., collate_fn=collate)``.
    """
    height = max(example.image.shape[0] for example in examples)
    width = max(example.image.shape[1] for example in examples)
    most = max(len(example.masks) for example in examples)
    masks = torch.zeros((len(examples), most, height, width), dtype=torch.bool)
    for place, example in zip(masks, examples, strict=True):
        count, rows, columns = example.masks.shape
        place[:count, :rows, :columns] = example.masks
    return Batch(
        images=torch.stack([_continued(example.image, height, width) for example in examples]),
        masks=masks,
        counts=torch.tensor([len(example.masks) for example in examples]),
        names=[example.name for example in examples],
        samples=[example.sample for example in examples],
        targets=_targets([example.targets for example in examples]),
    )


def _targets(targets: Sequence[Tensor | None]) -> Tensor | None:
    given = [own for own in targets if own is not None]
    if len(given) < len(targets):
        return None
    height, width = (max(own.shape[axis] for own in given) for axis in (1, 2))
    return torch.stack([pad(own, (0, width - own.shape[2], 0, height - own.shape[1])) for own in given])


def _continued(image: Tensor, height: int, width: int) -> Tensor:
    below, right = height - image.shape[0], width - image.shape[1]
    return pad(image[None], (0, right, 0, below), mode="replicate") if below or right else image[None]
