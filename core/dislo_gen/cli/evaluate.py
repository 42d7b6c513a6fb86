"""``dislo-gen evaluate``."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dislo_gen.cli import console
from dislo_gen.cli.predict import MirroredOption
from dislo_gen.cli.train import LabelsOption, LineWidthOption, PolygonsOption, ScaleOption

if TYPE_CHECKING:
    from rich.console import RenderableType

    from dislo_gen.errors import DisloGenError
    from dislo_gen.learning import Evaluation


def evaluate(
    weights: Annotated[
        list[Path],
        typer.Argument(help="Weights of trained networks, files or names.", show_default=False),
    ],
    on: Annotated[
        list[str],
        typer.Option(help="What to judge them on: a recipe, a dataset, or labelled frames. Repeatable."),
    ] = [],  # noqa: B006 - Typer reads the default and never changes it
    metric: Annotated[
        list[str],
        typer.Option(
            help="Metrics; the first chooses the worst images. Repeatable; by default every one that is installed."
        ),
    ] = [],  # noqa: B006
    count: Annotated[int, typer.Option("--count", "-n", min=1, help="Images of each recipe.")] = 100,
    seed: Annotated[
        int, typer.Option(min=0, help="Seed of the recipes' images; another one than the training's.")
    ] = 1,
    size: Annotated[
        str | None,
        typer.Option(
            metavar="WIDTH[xHEIGHT]", help="Size of the recipes' images; by default the first network's."
        ),
    ] = None,
    set_: Annotated[
        list[str],
        typer.Option(
            "--set",
            metavar="PATH=VALUE",
            help="Set a value of the recipes or of a metric: length.threshold=0.4. Repeatable.",
        ),
    ] = [],  # noqa: B006
    mirrored: MirroredOption = True,
    polygons_as: PolygonsOption = "auto",
    labels: LabelsOption = [],  # noqa: B006
    scale: ScaleOption = None,
    line_width: LineWidthOption = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder to write to.")] = Path("dislo-evaluation"),
) -> None:
    """Judge every network on every set of labelled images.

    Writes a table, evaluation.json, a matrix of networks and sets, the score by the number of lines, and the worst
    images of each. What was judged before is not judged again:

        dislo-gen evaluate run-a/weights.safetensors run-b/weights.safetensors --on m2 --on my-data --on my-frames
    """
    from dislo_gen.extras import require_torch

    require_torch("Evaluating")
    from dislo_gen.learning import evaluate as evaluate_networks
    from dislo_gen.learning import find_source, read_card
    from dislo_gen.learning.guards import quiet
    from dislo_gen.learning.planning import find_metrics, see_labels
    from dislo_gen.learning.sources import labelled_frames
    from dislo_gen.ready_weights import find_weights

    if not on:
        raise typer.BadParameter(
            "name what to judge on: a recipe, a dataset, or labelled frames", param_hint="--on"
        )
    weights = [find_weights(name) for name in weights]
    metrics, settings = find_metrics(metric, set_)
    pixels = size or list(read_card(weights[0]).size)
    sources = [find_source(text, settings, pixels, polygons_as, labels) for text in on]
    see_labels(labels, sources)
    for name, frames in labelled_frames(sources):
        console.warn(f"{name}: {frames.summary()}")
    failed: list[tuple[str, str, DisloGenError]] = []

    def broken(model: str, data: str, error: DisloGenError) -> None:
        failed.append((model, data, error))

    judged: list[object] = []

    def kept() -> str:
        return f"{len(judged)} of {len(weights) * len(sources)} judgements are in {out}."

    with console.stoppable(kept), console.progress_bar("judging") as progress, quiet():
        how: dict[str, Any] = {
            "count": count,
            "seed": seed,
            "mirrored": mirrored,
            "scale": scale,
            "line_width": line_width,
            "tell": judged.append,
        }
        evaluation = evaluate_networks(weights, sources, metrics, out, **how, progress=progress, broken=broken)
    if evaluation.results:
        _report(evaluation, weights, out)
    for model, data, error in failed:
        console.fail(f"{model} on {data}: {error}")
    if failed:
        raise typer.Exit(1 if evaluation.results else 2)


def _report(evaluation: Evaluation, weights: Sequence[Path], out: Path) -> None:
    for result in evaluation.results:
        if result.too_many:
            console.warn(
                f"{result.too_many} of {result.images} images of {result.data} have more lines than "
                f"{result.model} has channels; the rest of their lines counts as missed"
            )
    console.page(_below(evaluation) if console.is_narrow() else _table(evaluation))
    best = shlex.quote(str(_best(evaluation, weights)))
    console.end(("look at", str(out / "worst")), ("to find lines", f"dislo-gen predict IMAGES --model {best}"))


def _table(evaluation: Evaluation) -> RenderableType:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("network", "on", "images", *evaluation.metrics):
        table.add_column(heading, justify="left" if heading in ("network", "on") else "right", overflow="fold")
    for result in evaluation.results:
        scores = [f"{result.scores[number]:.3f}" for number in evaluation.metrics]
        table.add_row(result.model, result.data, str(result.images), *scores)
    return table


def _below(evaluation: Evaluation) -> RenderableType:
    """Return the results for a narrow terminal: the scores of each network on each set below its name."""
    from rich.text import Text

    return console.below(
        (
            Text(f"{result.model} on {result.data}, {result.images} images", style="bold"),
            Text("  ".join(f"{number} {result.scores[number]:.3f}" for number in evaluation.metrics)),
        )
        for result in evaluation.results
    )


def _best(evaluation: Evaluation, weights: Sequence[Path]) -> Path:
    """Return the network whose first score is the best, over all sets."""

    def score(model: str) -> float:
        scores = [result.scores[evaluation.metrics[0]] for result in evaluation.results if result.model == model]
        return sum(scores) / len(scores) if scores else -1.0

    return max(zip(evaluation.models, weights, strict=True), key=lambda pair: score(pair[0]))[1]
