"""Learning: networks that find every defect, trained on made images.

Needs the extra ``train``: ``pip install 'dislo-gen[train]'``. Names are imported when they are first used, so that
what needs no torch works without it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from dislo_gen.errors import MissingExtraError
from dislo_gen.extras import EXTRA

if TYPE_CHECKING:
    from dislo_gen.learning.augmentation import NO_AUGMENTATION as NO_AUGMENTATION
    from dislo_gen.learning.augmentation import Augmentation as Augmentation
    from dislo_gen.learning.batch import Batch as Batch
    from dislo_gen.learning.batch import Example as Example
    from dislo_gen.learning.batch import collate as collate
    from dislo_gen.learning.callbacks import read_history as read_history
    from dislo_gen.learning.cards import WeightsCard as WeightsCard
    from dislo_gen.learning.cards import read_card as read_card
    from dislo_gen.learning.datasets import FromSamples as FromSamples
    from dislo_gen.learning.datasets import InOrder as InOrder
    from dislo_gen.learning.datasets import Mixed as Mixed
    from dislo_gen.learning.datasets import OnTheFly as OnTheFly
    from dislo_gen.learning.estimate import estimate_training as estimate_training
    from dislo_gen.learning.evaluation import evaluate as evaluate
    from dislo_gen.learning.line_widths import LineWidths as LineWidths
    from dislo_gen.learning.line_widths import measure_lines as measure_lines
    from dislo_gen.learning.loading import Epochs as Epochs
    from dislo_gen.learning.loading import Loader as Loader
    from dislo_gen.learning.loss import InstanceLoss as InstanceLoss
    from dislo_gen.learning.machine import Machine as Machine
    from dislo_gen.learning.network import build_network as build_network
    from dislo_gen.learning.network import predict_channels as predict_channels
    from dislo_gen.learning.network import standardise as standardise
    from dislo_gen.learning.options import TUNING as TUNING
    from dislo_gen.learning.options import HeldOut as HeldOut
    from dislo_gen.learning.options import Labelled as Labelled
    from dislo_gen.learning.options import LossOptions as LossOptions
    from dislo_gen.learning.options import Schedule as Schedule
    from dislo_gen.learning.plan import Plan as Plan
    from dislo_gen.learning.planning import make_plan as make_plan
    from dislo_gen.learning.prediction import find_in as find_in
    from dislo_gen.learning.prediction import predict as predict
    from dislo_gen.learning.results import Evaluation as Evaluation
    from dislo_gen.learning.results import Result as Result
    from dislo_gen.learning.results import read_evaluation as read_evaluation
    from dislo_gen.learning.scale import Scale as Scale
    from dislo_gen.learning.scale import given_scale as given_scale
    from dislo_gen.learning.scale import known_widths as known_widths
    from dislo_gen.learning.scale import scale_for as scale_for
    from dislo_gen.learning.seeking import Found as Found
    from dislo_gen.learning.seeking import Seeker as Seeker
    from dislo_gen.learning.seeking import Seen as Seen
    from dislo_gen.learning.sources import Source as Source
    from dislo_gen.learning.sources import find_source as find_source
    from dislo_gen.learning.state import StoppedError as StoppedError
    from dislo_gen.learning.training import train as train
    from dislo_gen.learning.weights import load_weights as load_weights
    from dislo_gen.learning.weights import save_weights as save_weights

_HOMES = {
    "Augmentation": "augmentation",
    "NO_AUGMENTATION": "augmentation",
    "Batch": "batch",
    "Example": "batch",
    "collate": "batch",
    "StoppedError": "state",
    "read_history": "callbacks",
    "FromSamples": "datasets",
    "InOrder": "datasets",
    "Mixed": "datasets",
    "OnTheFly": "datasets",
    "estimate_training": "estimate",
    "evaluate": "evaluation",
    "Epochs": "loading",
    "Loader": "loading",
    "LineWidths": "line_widths",
    "measure_lines": "line_widths",
    "InstanceLoss": "loss",
    "build_network": "network",
    "predict_channels": "network",
    "standardise": "network",
    "TUNING": "options",
    "HeldOut": "options",
    "Labelled": "options",
    "LossOptions": "options",
    "Schedule": "options",
    "Plan": "plan",
    "make_plan": "planning",
    "Found": "seeking",
    "find_in": "prediction",
    "predict": "prediction",
    "Evaluation": "results",
    "Result": "results",
    "read_evaluation": "results",
    "Scale": "scale",
    "given_scale": "scale",
    "known_widths": "scale",
    "scale_for": "scale",
    "Source": "sources",
    "find_source": "sources",
    "Seeker": "seeking",
    "Seen": "seeking",
    "Machine": "machine",
    "train": "training",
    "WeightsCard": "cards",
    "load_weights": "weights",
    "read_card": "cards",
    "save_weights": "weights",
}
_OF_THE_EXTRA = ("lightning", "matplotlib", "safetensors", "tensorboard", "torch")

__all__ = [
    "NO_AUGMENTATION",
    "TUNING",
    "Augmentation",
    "Batch",
    "Epochs",
    "Evaluation",
    "Example",
    "Found",
    "FromSamples",
    "HeldOut",
    "InOrder",
    "InstanceLoss",
    "Labelled",
    "LineWidths",
    "Loader",
    "LossOptions",
    "Machine",
    "Mixed",
    "OnTheFly",
    "Plan",
    "Result",
    "Scale",
    "Schedule",
    "Seeker",
    "Seen",
    "Source",
    "StoppedError",
    "WeightsCard",
    "build_network",
    "collate",
    "estimate_training",
    "evaluate",
    "find_in",
    "find_source",
    "given_scale",
    "known_widths",
    "load_weights",
    "make_plan",
    "measure_lines",
    "predict",
    "predict_channels",
    "read_card",
    "read_evaluation",
    "read_history",
    "save_weights",
    "scale_for",
    "standardise",
    "train",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        found = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _OF_THE_EXTRA:
            raise
        raise MissingExtraError(
            f"{__name__}.{name} needs {error.name}, which is not installed: pip install 'dislo-gen[{EXTRA}]'"
        ) from None
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
