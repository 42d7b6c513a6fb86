"""The material of a training: what is learnt from, and what is held out."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import attrs
from torch.utils.data import Dataset as TorchDataset

from dislo_gen.dataset import Dataset, open_dataset
from dislo_gen.errors import LearningError
from dislo_gen.interfaces import Metric
from dislo_gen.labelme import open_labelled
from dislo_gen.learning.batch import Example
from dislo_gen.learning.datasets import FromSamples, Mixed, OnTheFly
from dislo_gen.learning.line_widths import LineWidths
from dislo_gen.learning.module import HELD_OUT, LABELLED
from dislo_gen.learning.numbers import main_number
from dislo_gen.learning.plan import HELD_OUT_SEEDS, Plan
from dislo_gen.learning.scale import widths_of_recipes, widths_of_samples
from dislo_gen.learning.sources import Made
from dislo_gen.learning.windows import whole
from dislo_gen.recipe import Recipe
from dislo_gen.sample import Sample

_LOOKED_AT = 200  # records; reading those of a large dataset would take minutes
logger = logging.getLogger("dislo_gen")


@attrs.frozen(eq=False)
class Material:
    """What a training has to work with.

    Attributes:
        learnt: examples without an end.
        held_out: groups of samples to judge by, by name; none of them is learnt from, but for labelled frames of
            which none are held out: then these themselves are judged.
        line_width: of curves in the masks, px.
        line_widths: how wide lines are in the made pictures, where there are some.
        frames_learnt, frames_held_out: how many labelled frames are learnt from, and how many are not.
    """

    learnt: TorchDataset[Example]
    held_out: dict[str, Sequence[Sample]]
    line_width: float
    line_widths: LineWidths | None = None
    frames_learnt: int = 0
    frames_held_out: int = 0

    def judged_by(self, metric: Metric) -> str | None:
        """Return the name of the number that weights are chosen by.

        It is that of held-out synthetic images, or of labelled frames where some are learnt from and others held
        out. Where all are learnt from there is none: the last weights are kept, because a few frames that were
        learnt from say nothing of others.
        """
        name = main_number(metric)
        if not self.frames_learnt:
            return name
        return f"{LABELLED} {name}" if self.frames_held_out else None

    @property
    def judged_on(self) -> str:
        """Say in a few words what the weights are chosen on; nothing where they are not chosen."""
        if not self.frames_learnt:
            return f"{len(self.held_out[HELD_OUT])} held-out made images"
        frames = self.held_out[LABELLED][: self.frames_held_out]
        names = [str((frame.stored_record or {}).get("name", frame.index)) for frame in frames]
        named = ", ".join(names[:3]) + (", …" if len(names) > 3 else "")
        count = "1 held-out labelled frame" if len(names) == 1 else f"{len(names)} held-out labelled frames"
        return f"{count} ({named})" if names else ""

    def shown(self, count: int) -> list[Sample]:
        """Return some held-out samples to show predictions of."""
        groups = list(self.held_out.values())[::-1]
        return [group[k] for group in groups for k in range(min(len(group), -(-count // len(groups))))][:count]


def gather(plan: Plan) -> Material:
    """Open everything a plan names.

    Raises:
        DatasetError, RecipeError, PluginError: something is missing or broken.
        LearningError: there is nothing to learn from.
    """
    made, made_held_out, widths = _synthetic(plan)
    held_out: dict[str, Sequence[Sample]] = {}
    if made_held_out:
        held_out[HELD_OUT] = _Joined(made_held_out)
    frames = _Joined([_frames(name, plan) for name in plan.labelled])
    learnt = made
    if len(frames):
        if plan.held_out.labelled >= len(frames):
            raise LearningError(
                f"held_out.labelled: of {len(frames)} labelled frames {plan.held_out.labelled} cannot be "
                f"held out; at least one must be left to learn from"
            )
        count = len(frames) - plan.held_out.labelled
        kept = _Part(frames, count, len(frames)) if plan.held_out.labelled else frames
        held_out[LABELLED] = [whole(frame, plan.size, plan.frames.line_width, plan.scale) for frame in kept]
        windows = FromSamples(
            _Part(frames, 0, count),
            plan.seed,
            plan.augmentation,
            size=plan.size,
            line_width=plan.frames.line_width,
            scale=plan.scale,
            model=plan.model,
        )
        learnt = windows if made is None else Mixed(made, windows, plan.frames.share)
    if learnt is None:
        raise LearningError("there is nothing to learn from: name a recipe, a dataset, or labelled frames")
    kept_aside = plan.held_out.labelled if len(frames) else 0
    width = widths[0] if widths else plan.frames.line_width
    return Material(learnt, held_out, width, _line_widths(plan), len(frames) - kept_aside, kept_aside)


def _synthetic(plan: Plan) -> tuple[TorchDataset[Example] | None, list[Sequence[Sample]], list[float]]:
    recipes = [Recipe.from_dict(plain, where="recipe") for plain in plan.recipes]
    widths = [recipe.labels.line_width for recipe in recipes]
    held_out: list[Sequence[Sample]] = []
    learnt: TorchDataset[Example] | None = None
    if recipes:
        learnt = OnTheFly(recipes, plan.seed, plan.augmentation, model=plan.model)
        each = -(-plan.held_out.images // len(recipes))
        held_out += [Made(recipe, plan.seed + HELD_OUT_SEEDS, each) for recipe in recipes]
    for number, name in enumerate(plan.datasets):
        dataset = open_dataset(name)
        if len(dataset) < 2:
            raise LearningError(f"{name}: one sample to learn from and one to judge by is the least")
        if plan.model.instance_channels:
            _remark_on_lines(dataset, name, plan.model.channels)
        spare = max(1, min(plan.held_out.images, len(dataset) // 5))
        count = len(dataset) - spare
        widths.append(_line_width(dataset))
        held_out.append(_Part(dataset, count, len(dataset)))
        part = FromSamples(_Part(dataset, 0, count), plan.seed, plan.augmentation, model=plan.model)
        learnt = part if learnt is None else Mixed(learnt, part, 1 / (number + 1 + bool(recipes)))
    return learnt, held_out, widths


def _remark_on_lines(dataset: Dataset, name: str, channels: int) -> None:
    """Say once if many images have more lines than the network has channels: it cannot learn the rest."""
    counts = [dataset.record(index).masks.count for index in dataset.indices[:_LOOKED_AT]]
    too_many = sum(count > channels for count in counts)
    if too_many:
        logger.warning(
            "%s: %d of the first %d images have more lines than the network has channels (%d; up to %d lines); "
            "what is too many counts as missed. --channels gives a new network more",
            *(name, too_many, len(counts), channels, max(counts)),
        )


def _line_widths(plan: Plan) -> LineWidths | None:
    return widths_of_recipes(plan.recipes) or widths_of_samples(
        sample for name in plan.datasets for sample in open_dataset(name)
    )


def _line_width(dataset: Dataset) -> float:
    recipe = dataset.manifest.recipe
    return float(recipe.get("labels", {}).get("line_width", 3.0))


def _frames(name: str, plan: Plan) -> Sequence[Sample]:
    frames = open_labelled(name, plan.polygons_as, plan.frames.line_width, plan.labels)
    if not frames:
        raise LearningError(f"{name}: there is no .json file of labelme in this folder any more")
    logger.warning("%s: %s", name, frames.summary())
    return frames


@attrs.frozen(eq=False)
class _Part(Sequence[Sample]):
    """Some consecutive samples of others, read when they are asked for."""

    samples: Sequence[Sample]
    start: int
    stop: int

    def __len__(self) -> int:
        return self.stop - self.start

    def __getitem__(self, position: int) -> Sample:  # type: ignore[override]
        if not 0 <= position < len(self):
            raise IndexError(position)
        return self.samples[self.start + position]


class _Joined(Sequence[Sample]):
    """Samples of several sequences, one after the other from each, so that any first part has some of each."""

    def __init__(self, parts: Sequence[Sequence[Sample]]) -> None:
        self.places = sorted(
            ((position, number) for number, part in enumerate(parts) for position in range(len(part)))
        )
        self.parts = parts

    def __len__(self) -> int:
        return len(self.places)

    def __getitem__(self, position: int) -> Sample:  # type: ignore[override]
        place, number = self.places[position]
        return self.parts[number][place]
