"""Options of a training: how long, how fast, what is taught, what is held out."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from dislo_gen.component import component
from dislo_gen.component_tables import register_table
from dislo_gen.markers import Help, Range, Unit

Matching = Literal["in-order", "optimal"]


@component
class LossOptions:
    """What the network is taught.

    Attributes:
        matching: whether the channels are shared out so that the sum of the losses is least (Hungarian method), or
            each true mask takes the best channel left (Govind et al. 2023, Algorithm 1), which learns more slowly.
        empty: weight of what teaches channels without a true mask to stay empty; the paper has none.
        cross_entropy: weight of the cross entropy of pairs, mean over all pixels, beside their Dice loss; the
            paper has none.
    """

    matching: Annotated[Matching, Help("how channels are paired with true masks")] = "optimal"
    empty: Annotated[float, Range(0, 10), Help("weight that empties channels no true mask has taken")] = 0.1
    cross_entropy: Annotated[
        float, Range(0, 100), Help("weight of cross entropy beside the Dice loss of channels and their masks")
    ] = 0.0


@component
class Schedule:
    """How long a network learns, and how fast.

    Attributes:
        epochs, images: how many epochs, and how many images in each.
        batch: how many images are looked at before each change of the weights, on each device.
        learning_rate: the largest; reached after the first part of the training; it falls to zero over the rest.
        warm_up: that first part.
        weight_decay: of AdamW.
        gradient_norm: gradients longer than this are cut.
        averaging: the network that is judged and kept has the running mean of the weights, with this much of the
            mean before in each step's; 0 keeps the weights themselves.
    """

    epochs: Annotated[int, Range(1, 100_000), Help("epochs")] = 20
    images: Annotated[int, Range(1, 10_000_000), Help("images in an epoch")] = 1000
    batch: Annotated[int, Range(1, 4096), Help("images in a batch, on each device")] = 8
    learning_rate: Annotated[float, Range(1e-8, 10), Help("largest learning rate of AdamW")] = 1e-3
    warm_up: Annotated[float, Range(0, 1), Help("part of the training in which the learning rate rises")] = 0.05
    weight_decay: Annotated[float, Range(0, 10), Help("weight decay of AdamW")] = 0.01
    gradient_norm: Annotated[float, Range(1e-6, 1e6), Help("longest gradient that is not cut")] = 1.0
    averaging: Annotated[
        float, Range(0, 0.99999), Help("part of the mean weights that stays at each step; 0: weights as they are")
    ] = 0.998


@component
class HeldOut:
    """What the network is judged by after each epoch.

    Attributes:
        images: how many synthetic images are held out; of a dataset on disk, how many of its samples, but at
            most a fifth of them.
        labelled: how many of the labelled frames are held out; they are never learnt from.
    """

    images: Annotated[int, Range(1, 100_000), Help("held-out synthetic images")] = 64
    labelled: Annotated[int, Range(0, 100_000), Help("held-out labelled frames")] = 0


@component
class Labelled:
    """How frames that a person labelled are learnt from.

    Attributes:
        share: which part of the images are windows of labelled frames; the others stay synthetic, so that what was
            learnt from them is not forgotten.
        line_width: of curves in the masks, px at the size the network learns at.
    """

    share: Annotated[float, Range(0, 1), Help("part of the images that are windows of labelled frames")] = 0.5
    line_width: Annotated[float, Range(1.5, 64), Unit("px"), Help("width of a labelled curve in its mask")] = 3.0


TUNING: dict[str, dict[str, Any]] = {
    "schedule": {"epochs": 6, "images": 80, "batch": 4, "learning_rate": 3e-4, "averaging": 0.97},
    "held_out": {"images": 8},
}
"""What is usual instead where weights are tuned on labelled frames: ten minutes on two cores."""

register_table(HeldOut, "held_out")
register_table(Labelled, "frames")
register_table(LossOptions, "loss")
register_table(Schedule, "schedule")
