"""The plan of a training: everything that decides its outcome, as plain data in ``run.json``."""

from __future__ import annotations

from typing import Annotated, Any

import attrs

from dislo_gen.component import component
from dislo_gen.component_tables import read_parameters
from dislo_gen.convert import converter, read_as
from dislo_gen.errors import DatasetError, shown
from dislo_gen.interfaces import Metric, Model
from dislo_gen.labelme import PolygonsAs
from dislo_gen.learning.augmentation import Augmentation
from dislo_gen.learning.loss import LossOptions
from dislo_gen.markers import Help, Range, Unit
from dislo_gen.record import check_format, versions_behind
from dislo_gen.registry import origin
from dislo_gen.size import Size

FORMAT = "dislo-gen training"
VERSION = 1
RUN = "run.json"
HELD_OUT_SEEDS = 4_000_000_000
"""Held-out images have the training's seed plus this, so that no seed a person would choose makes them."""


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
    """

    epochs: Annotated[int, Range(1, 100_000), Help("epochs")] = 20
    images: Annotated[int, Range(1, 10_000_000), Help("images in an epoch")] = 1000
    batch: Annotated[int, Range(1, 4096), Help("images in a batch, on each device")] = 8
    learning_rate: Annotated[float, Range(1e-8, 10), Help("largest learning rate of AdamW")] = 1e-3
    warm_up: Annotated[float, Range(0, 1), Help("part of the training in which the learning rate rises")] = 0.05
    weight_decay: Annotated[float, Range(0, 10), Help("weight decay of AdamW")] = 0.01
    gradient_norm: Annotated[float, Range(1e-6, 1e6), Help("longest gradient that is not cut")] = 1.0


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


for _table in (Schedule, HeldOut, Labelled, LossOptions, Augmentation):

    def _reader(value: Any, _: Any, cls: Any = _table) -> Any:
        if not isinstance(value, dict):
            raise ValueError(f"must be a table, not {shown(value)}")
        return read_parameters(cls, value, cls.__name__)

    converter.register_structure_hook(_table, _reader)


def _size(value: object) -> Size:
    return Size.parse(value)


@attrs.frozen
class Plan:
    """Everything that decides what a training's weights will be, but for the machine it runs on.

    Attributes:
        model: the network.
        recipes: of images made on the fly, as plain data; they take turns.
        datasets: folders of datasets on disk.
        labelled: folders or files of frames that a person labelled.
        polygons_as: how polygons among their labels are read.
        start: SHA-256 of the weights that it begins with, or nothing.
        size: the pictures' size.
        seed: of weights, images and augmentation.
        schedule, loss, augmentation, held_out, frames: see their classes.
        metric: what the best weights are chosen by.
        precision: of the arithmetic, as Lightning calls it: "bf16-mixed", "32-true", ….
    """

    model: Model
    recipes: tuple[dict[str, Any], ...]
    datasets: tuple[str, ...]
    labelled: tuple[str, ...]
    polygons_as: PolygonsAs
    start: str
    size: Size = attrs.field(converter=_size)
    seed: int
    schedule: Schedule
    loss: LossOptions
    augmentation: Augmentation
    held_out: HeldOut
    frames: Labelled
    metric: Metric
    precision: str

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, ready for JSON."""
        plain: dict[str, Any] = {name: getattr(self, name) for name in _AS_THEY_ARE}
        plain |= {name: list(getattr(self, name)) for name in ("recipes", "datasets", "labelled")}
        plain |= {name: converter.unstructure(getattr(self, name)) for name in _TABLES}
        plain["size"] = list(self.size.xy)
        plugins = {"model": origin(type(self.model)), "metric": origin(type(self.metric))}
        origins = {k: {"name": p.name, "package": p.package, "version": p.version} for k, p in plugins.items()}
        return {
            "format": FORMAT,
            "format_version": VERSION,
            **plain,
            "plugins": origins,
            "versions": versions_behind(origins.values()),
        }

    @classmethod
    def from_dict(cls, plain: Any, where: str = RUN) -> Plan:
        """Read a plan from plain data.

        Raises:
            DatasetError: it is none, of a newer format, or wrong somewhere; one line for each mistake.
        """
        check_format(plain, FORMAT, VERSION, where)
        return read_as({k: v for k, v in plain.items() if k in _FIELDS}, cls, where, DatasetError)


_TABLES = ("model", "schedule", "loss", "augmentation", "held_out", "frames", "metric")
_AS_THEY_ARE = ("polygons_as", "start", "seed", "precision")
_FIELDS = tuple(field.name for field in attrs.fields(Plan))
