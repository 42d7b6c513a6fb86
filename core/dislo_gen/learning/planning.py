"""From what a user types to a plan: names found, settings sorted, defaults filled in."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import torch

from dislo_gen import paths
from dislo_gen.component_tables import USE, read_parameters
from dislo_gen.convert import EXPECTED
from dislo_gen.defaults import (
    default_metric_name,
    default_model_name,
    default_training_recipe_file,
    default_tuning_metric_name,
)
from dislo_gen.errors import LearningError, RecipeError
from dislo_gen.files import file_sha256
from dislo_gen.interfaces import Metric
from dislo_gen.labelme import LabelledFrames, PolygonsAs, check_labels, chosen_kinds
from dislo_gen.learning.augmentation import Augmentation
from dislo_gen.learning.cards import WeightsCard, read_card
from dislo_gen.learning.finding_options import said
from dislo_gen.learning.line_widths import LineWidths
from dislo_gen.learning.numbers import numbers_of
from dislo_gen.learning.options import TUNING, HeldOut, Labelled, LossOptions, Schedule
from dislo_gen.learning.plan import PRECISIONS, Plan
from dislo_gen.learning.scale import asked_for, known_widths, scale_for, some_frames, widths_of_recipes
from dislo_gen.learning.sources import Source, find_source, labelled_frames
from dislo_gen.recipe import PlainRecipe, Recipe
from dislo_gen.registry import plugins
from dislo_gen.settings import parse_setting, setting_key
from dislo_gen.size import Size

_TABLES: dict[str, Any] = {
    "schedule": Schedule,
    "loss": LossOptions,
    "augmentation": Augmentation,
    "held_out": HeldOut,
    "frames": Labelled,
}
logger = logging.getLogger("dislo_gen")
_COMPONENTS = ("model", "metric")


def make_plan(
    sources: Sequence[str] = (),
    *,
    model: str | None = None,
    labelled: Sequence[str | Path] = (),
    polygons_as: PolygonsAs = "auto",
    labels: str | Sequence[str] = (),
    start: str | Path | None = None,
    size: object = None,
    seed: int = 0,
    metric: str | None = None,
    precision: str = "auto",
    settings: Sequence[str] = (),
    scale: float | None = None,
    line_width: float | None = None,
) -> Plan:
    """Make a plan of what a user names; what is left open comes from the weights to begin from, or from defaults.

    Where weights are tuned on labelled frames, the defaults are others: a few short epochs, and one of the frames
    is held out, if there are two or more.

    Args:
        sources: recipes and datasets; without any, the recipes of the weights to begin from, or the default one.
        model: name of a network.
        labelled: folders of labelled frames.
        polygons_as: see `dislo_gen.read_labelled`.
        labels: that are to be found on labelled frames; see there, too.
        start: weights to begin from; they decide the network.
        size: of the images.
        seed: of everything.
        metric: that the best weights are chosen by: its name, or that of its main number.
        precision: in Lightning's words, or "auto".
        settings: ``PATH=VALUE`` texts: of ``model``, ``metric``, ``schedule``, ``loss``, ``augmentation``,
            ``held_out``, ``frames``, or of the recipes.
        scale: by which labelled frames are scaled; by default as their labels ask for: see `scale_for`.
        line_width: of lines in labelled frames, px, which decides the scale, too.

    Raises:
        DisloGenError: one line for each mistake.
    """
    own, of_recipes = _sorted_settings(settings)
    card = None if start is None else read_card(start)
    pixels = _size(size, card)
    recipes, datasets, frames, labelled_ones = _materials(
        sources, card, of_recipes, pixels, [str(Path(f)) for f in labelled], polygons_as, labels
    )
    if seed < 0:
        raise LearningError(f"--seed {seed}: must be 0 or more")
    if precision not in PRECISIONS:
        raise LearningError(f"--precision {precision}: must be one of: {', '.join(PRECISIONS)}")
    is_tuning = card is not None and bool(frames)
    if is_tuning:
        _fill_for_tuning(own, sum(len(each) for _, each in labelled_ones))
    usual_metric = default_tuning_metric_name() if is_tuning else default_metric_name()
    tables = {name: _read_table(cls, own[name], name) for name, cls in _TABLES.items()}
    if (scale is not None or line_width is not None) and not frames:
        raise LearningError("--scale and --line-width are for labelled frames, and there are none")
    found = pixels or (Size.parse(recipes[0]["size"]) if recipes else _size_of(datasets)) or Size(512, 512)
    return Plan(
        model=_read_model(model, card, own["model"]),
        recipes=recipes,
        datasets=datasets,
        labelled=frames,
        polygons_as=polygons_as,
        start="" if start is None else file_sha256(Path(start)),
        size=found,
        seed=seed,
        metric=_read_component("metric", find_metric_name(metric or usual_metric), own["metric"]),
        precision=_best_precision() if precision == "auto" else precision,
        labels=chosen_kinds(labels),
        scale=_scale_of_frames(labelled_ones, found, recipes, card, scale, line_width),
        finding={} if card is None else dict(card.finding),
        **tables,
    )


def _fill_for_tuning(own: dict[str, dict[str, Any]], frames: int) -> None:
    """Fill in what is usual for tuning where the user says nothing."""
    for table, usual in TUNING.items():
        own[table] = usual | own[table]
    own["held_out"].setdefault("labelled", 1 if frames > 1 else 0)


def find_metric_name(text: str) -> str:
    """Return the name of the metric that a user means by its name, or by that of its main number.

    Raises:
        LearningError: it is another of a metric's numbers.
    """
    names = sorted({offer.name for offer in plugins("metric")})
    if text in names or ":" in text:
        return text
    for name in names:
        numbers: tuple[str, ...] = ()
        with contextlib.suppress(Exception):  # somebody else's metric may raise anything, and another was meant
            numbers = numbers_of(_read_component("metric", name, {}))
        if text in numbers[:1]:
            return name
        if text in numbers:
            raise LearningError(f"--metric {text}: choose by the main number of that metric, {numbers[0]}")
    return text


def _materials(
    sources: Sequence[str],
    card: WeightsCard | None,
    settings: Sequence[str],
    size: Size | None,
    labelled: Sequence[str],
    polygons_as: PolygonsAs,
    labels: str | Sequence[str],
) -> tuple[tuple[PlainRecipe, ...], tuple[str, ...], tuple[str, ...], list[tuple[str, LabelledFrames]]]:
    recipes: list[dict[str, Any]] = []
    datasets: list[str] = []
    frames = list(labelled)
    found = []
    for name in frames:
        try:
            found.append(find_source(name, polygons_as=polygons_as, labels=labels))
        except RecipeError:
            if paths.exists(paths.expand(name)):
                raise
            raise LearningError(f"{name}: there is no such folder or file of labelled frames") from None
        if not found[-1].labelled:
            raise LearningError(f"{name}: --labelled takes frames labelled in labelme, and this is something else")
    for text in sources:
        source = find_source(text, settings, size, polygons_as, labels)
        found.append(source)
        if source.recipe is not None:
            recipes.append(source.recipe.to_dict())
        else:
            (frames if source.labelled else datasets).append(text)
    see_labels(labels, found)
    if not sources and card is not None:
        recipes += [
            Recipe.from_dict(plain, where="recipe of the weights").with_settings(settings).to_dict()
            if settings
            else plain
            for plain in card.recipes
        ]
        recipes = [{**plain, "size": list(size.xy)} if size else plain for plain in recipes]
    elif not sources:
        default = find_source(str(default_training_recipe_file()), settings, size)
        assert default.recipe is not None
        recipes.append(default.recipe.to_dict())
    return tuple(map(PlainRecipe, recipes)), tuple(datasets), tuple(frames), labelled_frames(found)


def _scale_of_frames(
    frames: Sequence[tuple[str, LabelledFrames]],
    size: Size,
    recipes: Sequence[PlainRecipe],
    card: WeightsCard | None,
    scale: float | None,
    line_width: float | None,
) -> float | None:
    """Choose the scale of the labelled frames, all of them together, and say which it is."""
    if not frames:
        return None

    def known() -> LineWidths | None:
        return known_widths(card) if card else widths_of_recipes(recipes)

    given = asked_for(scale, line_width, known)
    found = scale_for(
        some_frames([each for _, each in frames]), size, known(), given, card.scale if card else None
    )
    logger.warning("%s: %s", ", ".join(name for name, _ in frames), found)
    return found.factor


def see_labels(labels: str | Sequence[str], sources: Sequence[Source]) -> None:
    """See that labels that are chosen, if any are, are there on labelled frames.

    Raises:
        DatasetError: there are none such.
        LearningError: there are no labelled frames.
    """
    frames = labelled_frames(sources)
    if labels and not frames:
        raise LearningError("--labels: there are no labelled frames on which to choose among labels")
    check_labels([each for _, each in frames], "--labels")


def _read_model(name: str | None, card: WeightsCard | None, settings: dict[str, Any]) -> Any:
    if card is None:
        return _read_component("model", name or default_model_name(), settings)
    plain = dict(card.model)
    if name is not None and name not in (plain[USE], f"{card.plugin.package}:{plain[USE]}"):
        raise LearningError(f"--model {name}: the weights to begin from are of the network '{plain[USE]}'")
    changed = {key: value for key, value in settings.items() if plain.get(key) != getattr(value, "parsed", value)}
    if changed:
        key = next(iter(changed))
        raise LearningError(
            f"model.{key}: the weights to begin from are of a network with {key} = {plain.get(key)}; without "
            f"--from a new network can have others"
        )
    return card.load_model("the weights to begin from")


def _read_component(kind: str, name: str, settings: dict[str, Any], root: str = "") -> Any:
    from dislo_gen.component_tables import read_component

    try:
        return read_component({USE: name, **settings}, kind)
    except EXPECTED as error:
        raise said(error, root or kind, f"--{kind}") from None


def _read_table(cls: Any, settings: dict[str, Any], name: str) -> Any:
    try:
        return read_parameters(cls, settings, name)
    except EXPECTED as error:
        raise said(error, name, name) from None


def _sorted_settings(settings: Iterable[str]) -> tuple[dict[str, dict[str, Any]], list[str]]:
    own: dict[str, dict[str, Any]] = {name: {} for name in (*_TABLES, *_COMPONENTS)}
    of_recipes: list[str] = []
    for text in settings:
        name = setting_key(text)
        if name not in own:
            of_recipes.append(text)
            continue
        keys, value = parse_setting(text)
        if len(keys) != 2:
            raise RecipeError(f"--set {text}: write {name}.NAME=VALUE")
        own[name][keys[1]] = value
    return own, of_recipes


def find_metrics(names: Sequence[str], settings: Sequence[str] = ()) -> tuple[list[Metric], list[str]]:
    """Return metrics by name (by default all that are installed, the default one first), and what is not theirs.

    Args:
        names: of metrics.
        settings: ``NAME.PARAMETER=VALUE`` texts of metrics, and others, which are returned.
    """
    first = default_metric_name()
    chosen = [find_metric_name(name) for name in names] or sorted(
        {offer.name for offer in plugins("metric")}, key=lambda name: (name != first, name)
    )
    own: dict[str, dict[str, Any]] = {name: {} for name in chosen}
    rest: list[str] = []
    for text in settings:
        keys, value = parse_setting(text)
        if keys[0] in own and len(keys) == 2:
            own[keys[0]][keys[1]] = value
        else:
            rest.append(text)
    return [_read_component("metric", name, own[name], root=name) for name in chosen], rest


def _size(size: object, card: WeightsCard | None) -> Size | None:
    try:
        if size is None:
            return None if card is None else Size(*card.size)
        return Size.parse(size)
    except ValueError as error:
        raise RecipeError(f"--size: {error}") from None


def _size_of(datasets: Sequence[str]) -> Size | None:
    for name in datasets:
        samples = find_source(name).samples
        if samples:
            return Size(*samples[0].image.shape[::-1])
    return None


def _best_precision() -> str:
    """Return bfloat16 where the processor or the graphics card calculates with it, else float32."""
    if torch.cuda.is_available():
        return "bf16-mixed" if torch.cuda.is_bf16_supported() else "16-mixed"
    has_it = getattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)
    return "bf16-mixed" if has_it() else "32-true"
