"""PyTorch datasets: any index gives an example, for ever, and the same one on every worker."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np
import torch
from torch.utils.data import Dataset

from dislo_gen.blame import describe
from dislo_gen.errors import PluginError
from dislo_gen.interfaces import Image, Masks, Model
from dislo_gen.learning.augmentation import NO_AUGMENTATION, Augmentation
from dislo_gen.learning.batch import Example
from dislo_gen.learning.windows import random_window, turn_image
from dislo_gen.pipeline import make_sample
from dislo_gen.recipe import Recipe
from dislo_gen.sample import Sample
from dislo_gen.seeding import Purpose, generator
from dislo_gen.size import Size

_SLOT = "learning"


class OnTheFly(Dataset[Example]):
    """Samples made when they are asked for: index k is sample k of a recipe, as `make_sample` makes it.

    There is no end and therefore no length; a sampler says which indices make an epoch (`Epochs`).

    Args:
        recipes: they take turns, index by index.
        seed: of the samples.
        augmentation: what is done to the pictures; by default nothing.
        model: whose network learns; says what is taught where its channels are no instances.
        keep_samples: whether examples hold the samples, for metrics.
    """

    def __init__(
        self,
        recipes: Sequence[Recipe],
        seed: int = 0,
        augmentation: Augmentation = NO_AUGMENTATION,
        *,
        model: Model | None = None,
        keep_samples: bool = False,
    ) -> None:
        self.recipes = tuple(recipes)
        self.seed = seed
        self.augmentation = augmentation
        self.model = model
        self.keep_samples = keep_samples

    def __getitem__(self, index: int) -> Example:
        """Return example ``index``, any number from 0."""
        number, recipe = index % len(self.recipes), self.recipes[index % len(self.recipes)]
        sample = make_sample(recipe, self.seed, index)
        image = self.augmentation.apply(sample.image, _rng(self.seed, index))
        which = f" of recipe {number + 1}" if len(self.recipes) > 1 else ""
        name = f"sample {index}{which}, seed {self.seed}"
        return _example(image, sample.masks, name, sample if self.keep_samples else None, model=self.model)


class FromSamples(Dataset[Example]):
    """Samples that are there already, of a dataset on disk or labelled by hand: index k for ever on.

    Each round through the samples has an order of its own, and its own augmentation.

    Args:
        samples: such as `dislo_gen.open_dataset` or `dislo_gen.read_labelled` returns.
        seed: of order and augmentation.
        augmentation: what is done to the pictures; by default nothing.
        size: if given, examples are windows of this size, at random scales and places; else whole pictures.
        line_width: of curves in the masks of windows, px.
        scale: by which pictures are scaled before windows are taken; by default to the windows' size.
        model: whose network learns, as for `OnTheFly`.
    """

    def __init__(
        self,
        samples: Sequence[Sample],
        seed: int = 0,
        augmentation: Augmentation = NO_AUGMENTATION,
        *,
        size: Size | None = None,
        line_width: float = 3.0,
        scale: float | None = None,
        model: Model | None = None,
    ) -> None:
        self.samples = samples
        self.seed = seed
        self.augmentation = augmentation
        self.size = size
        self.line_width = line_width
        self.scale = scale
        self.model = model

    def __len__(self) -> int:
        """How many samples a round has; indices go on after it."""
        return len(self.samples)

    def __getitem__(self, index: int) -> Example:
        """Return example ``index``, any number from 0."""
        lap, place = divmod(index, len(self.samples))
        position = _order(self.seed, lap, len(self.samples))[place]
        sample: Sample = self.samples[position]
        rng = _rng(self.seed, index)
        image, masks = sample.image, sample.masks
        if self.size is not None:
            image, masks = random_window(sample, self.size, self.line_width, rng, self.scale)
        elif self.augmentation.flips:
            turn = int(rng.integers(8))
            image, masks = turn_image(image, turn), turn_image(masks, turn)
        return _example(self.augmentation.apply(image, rng), masks, f"sample {sample.index}", model=self.model)


class InOrder(Dataset[Example]):
    """Samples one after the other, unchanged, each with the sample itself: what a network is judged by."""

    def __init__(self, samples: Sequence[Sample], model: Model | None = None) -> None:
        self.samples = samples
        self.model = model

    def __len__(self) -> int:
        """How many there are."""
        return len(self.samples)

    def __getitem__(self, index: int) -> Example:
        """Return example ``index``."""
        sample = self.samples[index]
        return _example(sample.image, sample.masks, f"sample {sample.index}", sample, model=self.model)


class Mixed(Dataset[Example]):
    """Examples of two datasets, the second's evenly among the first's.

    Args:
        first, second: datasets without an end.
        share: which part of the examples is the second's, 0 to 1.
    """

    def __init__(self, first: Dataset[Example], second: Dataset[Example], share: float) -> None:
        self.first = first
        self.second = second
        self.share = share

    def __getitem__(self, index: int) -> Example:
        """Return example ``index``, any number from 0."""
        before, after = int(index * self.share), int((index + 1) * self.share)
        return self.second[before] if after > before else self.first[index - before]


@functools.lru_cache(maxsize=4)
def _order(seed: int, lap: int, count: int) -> tuple[int, ...]:
    return tuple(generator(seed, lap, Purpose.ORDER, _SLOT).permutation(count).tolist())


def _rng(seed: int, index: int) -> np.random.Generator:
    return generator(seed, index, Purpose.AUGMENTATION, _SLOT)


def _example(
    image: Image, masks: Masks, name: str, sample: Sample | None = None, *, model: Model | None = None
) -> Example:
    picture = torch.from_numpy(np.ascontiguousarray(image))
    targets = None if model is None or model.instance_channels else _targets(model, masks)
    if targets is not None:
        masks = masks[:0]  # nobody asks for them, and to hand them over from process to process takes time
    return Example(picture, torch.from_numpy(np.ascontiguousarray(masks)), name, sample, targets)


def _targets(model: Model, masks: Masks) -> torch.Tensor:
    """Return what a model wants its channels to be taught.

    Raises:
        PluginError: that is of another shape than its channels.
    """
    height, width = (side * model.oversampling for side in masks.shape[1:])
    targets, wanted = model.targets(masks), (model.channels, height, width)
    if targets.shape != wanted or targets.dtype != np.uint8:
        raise PluginError(
            f"model: {describe(model)} teaches its channels {targets.dtype} of {targets.shape}, "
            f"not uint8 of {wanted}"
        )
    return torch.from_numpy(np.ascontiguousarray(targets))
