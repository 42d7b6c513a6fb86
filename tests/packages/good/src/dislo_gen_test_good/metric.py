"""How well masks overlap."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from dislo_gen import Help, Metric, Range, Sample, component


@component
class Overlap(Metric):
    """Intersection over union of each mask with the channel that fits it best, averaged."""

    threshold: Annotated[float, Range(0.1, 0.9), Help("probability from which a pixel counts")] = 0.5

    def score(self, predicted: NDArray[np.float32], truth: Sample) -> Mapping[str, float]:
        """Score one image; a channel too many counts as a mask that nothing fits."""
        found = [channel for channel in predicted >= self.threshold if channel.any()]
        best = [max((_overlap(mask, channel) for channel in found), default=0.0) for mask in truth.masks]
        count = max(len(best), len(found))
        return {"overlap": sum(best) / count if count else 1.0, "instances": float(len(found))}


def _overlap(mask: NDArray[np.bool_], channel: NDArray[np.bool_]) -> float:
    return float((mask & channel).sum() / (mask | channel).sum())
