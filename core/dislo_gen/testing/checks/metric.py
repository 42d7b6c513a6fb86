"""Metrics."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dislo_gen.sample import Sample
from dislo_gen.size import Size
from dislo_gen.testing import situations
from dislo_gen.testing.check import NotConformingError, check
from dislo_gen.testing.contracts import scores_problem
from dislo_gen.testing.exercise import Task, fixed
from dislo_gen.testing.subject import Subject

_SIZE = Size(96, 80)
_CHANNELS = 6
Predicted = NDArray[np.float32]


def _metric(subject: Subject) -> Any:
    return fixed(subject.instance, Task())


def _first(scores: Any) -> float:
    found = scores_problem(scores)
    if found:
        raise NotConformingError(f"it {found}")
    return float(next(iter(scores.values())))


def _worse(truth: Sample) -> dict[str, Predicted]:
    """Return predictions that no metric should like better than the perfect one."""
    perfect = situations.prediction(truth, _CHANNELS)
    lost, merged = perfect.copy(), np.zeros_like(perfect)
    lost[0] = 0
    merged[0] = perfect.max(axis=0)
    noise = np.random.Generator(np.random.PCG64(0)).random(perfect.shape, dtype=np.float32)
    return {
        "nothing": np.zeros_like(perfect),
        "every pixel": np.ones_like(perfect),
        "one line lost": lost,
        "all lines in one channel": merged,
        "lines 9 px off": np.roll(perfect, 9, axis=2),
        "noise": noise,
    }


@check("metric")
def gives_named_numbers(subject: Subject) -> None:
    """It returns finite numbers under the same names for every prediction, with few channels and with many."""
    truth = situations.sample(_SIZE)
    names = None
    for channels in (0, 1, len(truth.masks), 2 * len(truth.masks)):
        scores = _metric(subject).score(situations.prediction(truth, channels), truth)
        found = scores_problem(scores)
        if found:
            raise NotConformingError(f"with {channels} channels it {found}")
        if names not in (None, list(scores)):
            raise NotConformingError(
                f"with {channels} channels it names its numbers {list(scores)}, before {names}"
            )
        names = list(scores)


@check("metric")
def perfect_is_best(subject: Subject) -> None:
    """No prediction scores better than the truth itself, and predicting nothing scores worse."""
    metric, truth = _metric(subject), situations.sample(_SIZE)
    sign = 1 if metric.higher_is_better else -1
    best = sign * _first(metric.score(situations.prediction(truth, _CHANNELS), truth))
    for name, predicted in _worse(truth).items():
        score = sign * _first(metric.score(predicted, truth))
        if score > best + 1e-6 or (name == "nothing" and not score < best):
            raise NotConformingError(
                f"the truth scores {sign * best:g}, and a prediction of {name} {sign * score:g} "
                f"({'higher' if sign > 0 else 'lower'} is better)"
            )


@check("metric")
def order_does_not_matter(subject: Subject) -> None:
    """Which channel holds which defect changes nothing."""
    metric, truth = _metric(subject), situations.sample(_SIZE)
    rng = np.random.Generator(np.random.PCG64(1))
    for name, predicted in {"the truth": situations.prediction(truth, _CHANNELS), **_worse(truth)}.items():
        score = _first(metric.score(predicted, truth))
        for _ in range(3):
            shuffled = _first(metric.score(predicted[rng.permutation(_CHANNELS)], truth))
            if not math.isclose(score, shuffled, rel_tol=1e-5, abs_tol=1e-6):
                raise NotConformingError(
                    f"{name} scores {score:g}, and {shuffled:g} with its channels in another order"
                )


@check("metric")
def empty_against_empty_is_defined(subject: Subject) -> None:
    """Where nothing is labelled and nothing predicted, the score is that of a perfect prediction, within 2 %."""
    metric, truth = _metric(subject), situations.sample(_SIZE)
    perfect = _first(metric.score(situations.prediction(truth, _CHANNELS), truth))
    nothing = situations.empty_sample(_SIZE)
    for channels in (0, _CHANNELS):
        score = _first(metric.score(situations.prediction(nothing, channels), nothing))
        # A metric that measures finds the truth itself a little off: a centreline of a mask, for one.
        if not math.isclose(score, perfect, rel_tol=0.02, abs_tol=1e-6):
            raise NotConformingError(f"nothing predicted where nothing is scores {score:g}, not {perfect:g}")
