"""The names of a metric's numbers."""

from __future__ import annotations

import numpy as np

from dislo_gen.interfaces import Metric
from dislo_gen.sample import Sample
from dislo_gen.scene import Scene


def numbers_of(metric: Metric) -> tuple[str, ...]:
    """Return the names of a metric's numbers; the first is the metric itself."""
    nothing = Sample(np.zeros((8, 8), np.float32), np.zeros((0, 8, 8), np.bool_), Scene(), 0, 0)
    return tuple(metric.score(np.zeros((1, 8, 8), np.float32), nothing))


def main_number(metric: Metric) -> str:
    """Return the name of a metric's main number."""
    return numbers_of(metric)[0]
