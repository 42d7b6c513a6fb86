"""Broken metrics."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from dislo_gen_test_good.metric import Overlap
from numpy.typing import NDArray

from dislo_gen import Sample, component
from dislo_gen_test_broken import declarations
from dislo_gen_test_broken.misbehaviour import Misbehaves


@component
class Misbehaving(Misbehaves, Overlap):
    """Misbehaves as it is told to."""

    def score(self, predicted: NDArray[np.float32], truth: Sample) -> Mapping[str, float]:
        scores = super().score(predicted, truth)
        return {**scores, "noise": self.disturbance(truth.image.shape)}


@component
class Unpublished(Overlap):
    """No entry point leads to it."""


@component
class Undocumented(Overlap):
    pass


@component
class Unexplained(declarations.Unexplained, Overlap):
    """Has a parameter without Help."""


@component
class Unbounded(declarations.Unbounded, Overlap):
    """Has a number without Range."""


@component
class Converted(declarations.Converted, Overlap):
    """Is not read back as it was written."""


@component
class Validated(declarations.Validated, Overlap):
    """Demands what no schema knows."""


@component
class Number(Overlap):
    """Returns a bare number."""

    def score(self, predicted: NDArray[np.float32], truth: Sample) -> Any:
        return super().score(predicted, truth)["overlap"]


@component
class Numbered(Overlap):
    """Names its numbers with numbers."""

    def score(self, predicted: NDArray[np.float32], truth: Sample) -> Any:
        return {0: super().score(predicted, truth)["overlap"]}


@component
class Unmeasured(Overlap):
    """Gives None where nothing is predicted."""

    def score(self, predicted: NDArray[np.float32], truth: Sample) -> Any:
        return super().score(predicted, truth) if len(predicted) else {"overlap": None, "instances": 0}


@component
class NeedsChannels(Overlap):
    """Fails where nothing is predicted."""

    def score(self, predicted: NDArray[np.float32], truth: Sample) -> Mapping[str, float]:
        predicted.max(axis=0)
        return super().score(predicted, truth)


@component
class Renames(Overlap):
    """Gives one number for each channel."""

    def score(self, predicted: NDArray[np.float32], truth: Sample) -> Mapping[str, float]:
        parts = {f"channel {number}": float(channel.max()) for number, channel in enumerate(predicted)}
        return {**super().score(predicted, truth), **parts}


@component
class Humble(Overlap):
    """Prefers predictions of nothing."""

    higher_is_better = False


@component
class Greedy(Overlap):
    """Counts the pixels that are found, and forgets those that should not be."""

    def score(self, predicted: NDArray[np.float32], truth: Sample) -> Mapping[str, float]:
        return {"pixels": float((predicted > 0.5).sum()) if len(truth.masks) else 0.0}


@component
class Indifferent(Overlap):
    """Scores everything alike."""

    def score(self, predicted: NDArray[np.float32], truth: Sample) -> Mapping[str, float]:
        return {"overlap": 1.0}


@component
class InOrder(Overlap):
    """Wants the first defect in the first channel."""

    def score(self, predicted: NDArray[np.float32], truth: Sample) -> Mapping[str, float]:
        pairs = list(zip(predicted > 0.5, truth.masks, strict=False))
        hits = [float((channel & mask).sum() / mask.sum()) for channel, mask in pairs]
        count = max(len(truth.masks), sum(bool(channel.any()) for channel in predicted))
        return {"overlap": sum(hits) / count if count else 1.0}


@component
class Undefined(Overlap):
    """Divides by nothing."""

    def score(self, predicted: NDArray[np.float32], truth: Sample) -> Mapping[str, float]:
        if not len(truth.masks):
            return {"overlap": float("nan")}
        return super().score(predicted, truth)


@component
class Pessimist(Overlap):
    """Scores 0 where there is nothing to be found."""

    def score(self, predicted: NDArray[np.float32], truth: Sample) -> Mapping[str, float]:
        return super().score(predicted, truth) if len(truth.masks) else {"overlap": 0.0}


@component
class InPlace(Overlap):
    """Cuts off the prediction that it is given."""

    def score(self, predicted: NDArray[np.float32], truth: Sample) -> Mapping[str, float]:
        scores = super().score(predicted, truth)
        predicted -= np.float32(0.5)
        return scores
