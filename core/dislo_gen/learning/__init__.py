"""Learning: networks that find every defect, trained on made images.

Needs the extra ``train``: ``pip install 'dislo-gen[train]'``. Importing `dislo_gen` alone imports nothing of this.
"""

from dislo_gen.extras import require_torch

require_torch()

from dislo_gen.learning.augmentation import NO_AUGMENTATION, Augmentation  # noqa: E402
from dislo_gen.learning.batch import Batch, Example, collate  # noqa: E402
from dislo_gen.learning.callbacks import StoppedError, read_history  # noqa: E402
from dislo_gen.learning.datasets import FromSamples, InOrder, Mixed, OnTheFly  # noqa: E402
from dislo_gen.learning.evaluation import Evaluation, Result, evaluate, read_evaluation  # noqa: E402
from dislo_gen.learning.loading import Epochs, Loader  # noqa: E402
from dislo_gen.learning.loss import InstanceLoss, LossOptions  # noqa: E402
from dislo_gen.learning.network import build_network, predict_channels, standardise  # noqa: E402
from dislo_gen.learning.plan import HeldOut, Labelled, Plan, Schedule  # noqa: E402
from dislo_gen.learning.prediction import Found, find_in, predict  # noqa: E402
from dislo_gen.learning.sources import Source, find_source  # noqa: E402
from dislo_gen.learning.training import Machine, train  # noqa: E402
from dislo_gen.learning.weights import WeightsCard, load_weights, read_card, save_weights  # noqa: E402

__all__ = [
    "NO_AUGMENTATION",
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
    "Loader",
    "LossOptions",
    "Machine",
    "Mixed",
    "OnTheFly",
    "Plan",
    "Result",
    "Schedule",
    "Source",
    "StoppedError",
    "WeightsCard",
    "build_network",
    "collate",
    "evaluate",
    "find_in",
    "find_source",
    "load_weights",
    "predict",
    "predict_channels",
    "read_card",
    "read_evaluation",
    "read_history",
    "save_weights",
    "standardise",
    "train",
]
