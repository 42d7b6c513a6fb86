"""The plan of a training: everything that decides its outcome, as plain data in ``run.json``."""

from __future__ import annotations

from typing import Any

import attrs

from dislo_gen.convert import converter, read_as
from dislo_gen.errors import DatasetError, LearningError, shown
from dislo_gen.instances import Finding
from dislo_gen.interfaces import Metric, Model
from dislo_gen.labelme import PolygonsAs
from dislo_gen.learning.augmentation import Augmentation
from dislo_gen.learning.options import HeldOut, Labelled, LossOptions, Schedule
from dislo_gen.learning.windows import check_scale
from dislo_gen.recipe import PlainRecipe
from dislo_gen.record import Origin, check_format, versions_behind
from dislo_gen.registry import origin
from dislo_gen.size import Size

FORMAT = "dislo-gen training"
VERSION = 1
RUN = "run.json"
HELD_OUT_SEEDS = 4_000_000_000
"""Held-out images have the training's seed plus this, so that no seed a person would choose makes them."""


PRECISIONS = ("auto", "32-true", "bf16-mixed", "16-mixed", "bf16-true", "16-true", "64-true")
"""Words for the arithmetic, as Lightning has them; "auto" stands for the best there is, and for none in a plan."""


def _check_seed(_instance: object, _attribute: object, value: int) -> None:
    if value < 0:
        raise ValueError(f"seed: must not be negative, and {value} is")


def _check_precision(_instance: object, _attribute: object, value: str) -> None:
    if value not in PRECISIONS[1:]:
        raise ValueError(f"precision: must be one of: {', '.join(PRECISIONS[1:])}; not {shown(value)}")


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
        labels: kinds of defects on the labelled frames that are to be found; none: all but slip traces.
        scale: by which labelled frames are scaled; nothing if each is scaled to the pictures' size.
        finding: how lines are put together where they are judged, as plain data of `Finding`: as the weights to
            begin with say; what is left out is as usual.
    """

    model: Model
    recipes: tuple[PlainRecipe, ...]
    datasets: tuple[str, ...]
    labelled: tuple[str, ...]
    polygons_as: PolygonsAs
    start: str
    size: Size = attrs.field(converter=_size)
    seed: int = attrs.field(validator=_check_seed)
    schedule: Schedule
    loss: LossOptions
    augmentation: Augmentation
    held_out: HeldOut
    frames: Labelled
    metric: Metric
    precision: str = attrs.field(validator=_check_precision)
    labels: tuple[str, ...] = ()
    scale: float | None = attrs.field(default=None, validator=attrs.validators.optional(check_scale))
    finding: dict[str, float] = attrs.field(factory=dict)

    def load_finding(self) -> Finding:
        """Return how lines are put together where they are judged.

        Raises:
            LearningError: the plan says something else.
        """
        finding: Finding = read_as(self.finding, Finding, RUN, LearningError, root="finding")
        return finding


@attrs.frozen
class Finished:
    """What came of a finished training: the numbers of its best epoch, and how many steps it took."""

    best: dict[str, float]
    steps: int


@attrs.frozen
class TrainingFile:
    """What ``run.json`` says.

    Attributes:
        plan: of the training.
        plugins: where its model and its metric come from.
        versions: libraries and their versions.
        finished: what came of it, once it is finished.
        before: what the weights that it began with reach on the held-out labelled frames, where there are some.
    """

    format: str
    format_version: int
    plan: Plan
    plugins: dict[str, Origin]
    versions: dict[str, str]
    finished: Finished | None = None
    before: dict[str, float] | None = None

    @classmethod
    def of(cls, plan: Plan) -> TrainingFile:
        """Return what to write about a training that is about to begin."""
        found = {"model": origin(type(plan.model)), "metric": origin(type(plan.metric))}
        origins = {kind: Origin(p.name, p.package, p.version) for kind, p in found.items()}
        versions = versions_behind({"package": each.package} for each in origins.values())
        return cls(FORMAT, VERSION, plan, origins, versions)

    @classmethod
    def from_dict(cls, plain: Any, where: str = RUN) -> TrainingFile:
        """Read it from plain data.

        Raises:
            DatasetError: it is something else, of a newer format, or wrong somewhere; one line for each mistake.
        """
        check_format(plain, FORMAT, VERSION, where)
        return read_as(plain, cls, where, DatasetError)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, ready for JSON."""
        plain: dict[str, Any] = converter.unstructure(self)
        return plain
