"""``dislo-gen train``."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from dislo_gen.cli import console

if TYPE_CHECKING:
    from dislo_gen.learning import Plan

ScaleOption = Annotated[
    float | None,
    typer.Option(
        min=1e-3,
        max=1e3,
        help="By which to scale labelled frames before the network sees them.  [default: so that their lines "
        "have a width that it knows]",
        show_default=False,
    ),
]
LineWidthOption = Annotated[
    float | None,
    typer.Option(
        metavar="PX",
        help="How wide lines are in the pictures, in place of --scale: measure across one, at half of its depth.",
        show_default=False,
    ),
]
PolygonsOption = Annotated[
    Literal["lines", "auto", "regions"],
    typer.Option(help="What polygons among hand-made labels are: open lines, areas, or each what it looks like."),
]
LabelsOption = Annotated[
    list[str],
    typer.Option(
        metavar="NAME,…",
        help="Labels on labelled frames that are to be found, such as dislocation,loop; no others are. By "
        "default all but slip traces and what is no defect (ignore, scale bar, …). Repeatable.",
        show_default=False,
    ),
]

_HOW = "How it learns"
_MACHINE = "What it runs on"


def train(
    recipe: Annotated[
        list[str],
        typer.Argument(
            help="What to learn from: ready recipes by name (wild, m2), recipe files, datasets. Several "
            "take turns.  [default: wild]",
            show_default=False,
        ),
    ] = [],  # noqa: B006 - Typer reads the default and never changes it
    model: Annotated[
        str | None,
        typer.Option(help="Network; 'dislo-gen models' lists them and says which is usual.", show_default=False),
    ] = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder to write to.")] = Path("dislo-run"),
    size: Annotated[
        str | None, typer.Option(metavar="WIDTH[xHEIGHT]", help="Size of the images; by default the recipe's.")
    ] = None,
    channels: Annotated[
        int | None,
        typer.Option(
            rich_help_panel=_HOW,
            min=1,
            help="How many lines, or directions of lines, the network can tell apart.",
        ),
    ] = None,
    epochs: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Rounds; after each it is judged on images kept aside.  [default: 20; to tune: 6]",
            show_default=False,
        ),
    ] = None,
    images: Annotated[
        int | None,
        typer.Option(min=1, help="Images in each round.  [default: 1000; to tune: 80]", show_default=False),
    ] = None,
    batch: Annotated[
        int | None,
        typer.Option(
            rich_help_panel=_HOW,
            min=1,
            help="Images in a batch, on each device.  [default: 8; to tune: 4]",
            show_default=False,
        ),
    ] = None,
    learning_rate: Annotated[
        float | None,
        typer.Option(
            rich_help_panel=_HOW,
            help="How fast it learns, at most: the learning rate.  [default: 0.001; to tune: 0.0003]",
            show_default=False,
        ),
    ] = None,
    matching: Annotated[
        Literal["in-order", "optimal"] | None,
        typer.Option(
            rich_help_panel=_HOW,
            help="How channels are paired with the true lines.  [default: optimal]",
            show_default=False,
        ),
    ] = None,
    empty_weight: Annotated[
        float | None,
        typer.Option(
            rich_help_panel=_HOW,
            min=0,
            help="Weight that teaches unused channels to stay empty.",
            show_default=False,
        ),
    ] = None,
    encoder_weights: Annotated[
        str | None,
        typer.Option(
            rich_help_panel=_HOW,
            help="'imagenet' downloads weights for the encoder to begin with.",
            show_default=False,
        ),
    ] = None,
    from_: Annotated[
        Path | None,
        typer.Option(
            "--from", metavar="WEIGHTS", help="Weights to begin from, to tune them finer: a file, or 'starter'."
        ),
    ] = None,
    labelled: Annotated[
        list[Path],
        typer.Option(help="Folder of frames labelled in labelme, to learn from besides. Repeatable."),
    ] = [],  # noqa: B006
    polygons_as: PolygonsOption = "auto",
    labels: LabelsOption = [],  # noqa: B006
    scale: ScaleOption = None,
    line_width: LineWidthOption = None,
    set_: Annotated[
        list[str],
        typer.Option(
            "--set",
            metavar="PATH=VALUE",
            help="Set anything else: model.encoder=resnet18, loss.cross_entropy=4, augmentation.noise=0.1, "
            "schedule.warm_up=0.1, held_out.images=200, held_out.labelled=3 (how many labelled frames are kept "
            "aside to choose by; to tune, one of two or more), frames.share=0.7, "
            "metric.threshold=0.4; or a value of the recipes, geometry.pileups=2. Repeatable.",
        ),
    ] = [],  # noqa: B006
    metric: Annotated[
        str | None,
        typer.Option(
            rich_help_panel=_HOW,
            help="Score by which the best weights are kept.  [default: length; to tune: centreline]",
            show_default=False,
        ),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same training.")] = 0,
    precision: Annotated[
        str,
        typer.Option(
            rich_help_panel=_MACHINE, help="Arithmetic, in Lightning's words: bf16-mixed, 16-mixed, 32-true, …"
        ),
    ] = "auto",
    accelerator: Annotated[
        str, typer.Option(rich_help_panel=_MACHINE, help="Processor or graphics card: auto, cpu, gpu, mps, …")
    ] = "auto",
    devices: Annotated[
        str,
        typer.Option(rich_help_panel=_MACHINE, metavar="N", help="How many of these on each machine, or 'auto'."),
    ] = "auto",
    nodes: Annotated[int, typer.Option(rich_help_panel=_MACHINE, min=1, help="How many machines.")] = 1,
    strategy: Annotated[
        str, typer.Option(rich_help_panel=_MACHINE, help="How devices share the work: auto, ddp, …")
    ] = "auto",
    workers: Annotated[
        int | None,
        typer.Option(
            rich_help_panel=_MACHINE,
            min=0,
            help="Processes that make images; by default one for each core but one.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Train a network on images made while it learns, and write its weights, curves and predictions.

    Running the same command again goes on where it was interrupted, and gives the weights that an uninterrupted
    run would have given. With --from and --labelled it tunes a network on a few frames that somebody labelled,
    which takes about ten minutes on two cores:

        dislo-gen train --from starter --labelled my-frames -o tuned
        dislo-gen train wild -o run
    """
    from dislo_gen.extras import require_torch

    require_torch("Training")
    from dislo_gen.learning.machine import Machine
    from dislo_gen.learning.planning import make_plan
    from dislo_gen.ready_weights import find_weights

    from_ = None if from_ is None else find_weights(from_)
    options = {
        "model.channels": channels,
        "model.encoder_weights": encoder_weights,
        "schedule.epochs": epochs,
        "schedule.images": images,
        "schedule.batch": batch,
        "schedule.learning_rate": learning_rate,
        "loss.matching": matching,
        "loss.empty": empty_weight,
    }
    settings = [f"{path}={value}" for path, value in options.items() if value is not None]
    plan = make_plan(
        recipe,
        model=model,
        labelled=labelled,
        polygons_as=polygons_as,
        labels=labels,
        start=from_,
        size=size,
        seed=seed,
        metric=metric,
        precision=precision,
        settings=[*settings, *set_],
        scale=scale,
        line_width=line_width,
    )
    run(plan, out, from_, Machine(accelerator, devices, nodes, strategy, workers))


def resume_training(folder: Path) -> None:
    """Go on with an interrupted training, on whatever this machine has."""
    from dislo_gen.extras import require_torch

    require_torch("Training")
    from dislo_gen.learning import Machine
    from dislo_gen.learning.folder import read_plan, start_of

    run(read_plan(folder), folder, start_of(folder), Machine())


def run(plan: Plan, out: Path, start: Path | None, machine: object) -> None:
    """Train with a progress bar; Ctrl-C leaves a state from which the same command goes on."""
    from dislo_gen._interrupts import interrupt_status
    from dislo_gen.learning import Machine, StoppedError
    from dislo_gen.learning import train as train_network
    from dislo_gen.learning.folder import PREDICTIONS, is_run
    from dislo_gen.learning.machine import is_first_process

    assert isinstance(machine, Machine)
    before = _epochs_done(out) if is_run(out) else 0
    if before:
        console.err.print(f"Going on after epoch {before} of {plan.schedule.epochs}.", markup=False)
    try:
        with console.step_bar() as progress:
            best = train_network(
                plan,
                out,
                start=start,
                machine=machine,
                progress=progress,
                tell=_tell(plan),
                estimated=_say_estimate,
            )
    except (StoppedError, KeyboardInterrupt) as stopped:
        status = stopped.status if isinstance(stopped, StoppedError) else interrupt_status()
        raise _stopped(out, status) if is_first_process() else typer.Exit(status) from None
    if not is_first_process():
        return
    if _epochs_done(out) == before:
        console.say(f"Nothing to do: this training is finished after {before} epochs.")
    console.end(
        ("look at", str(out / PREDICTIONS)),
        ("to find lines", f"dislo-gen predict IMAGES --model {shlex.quote(str(best))}"),
    )
    _say_before_and_after(out)


def _stopped(out: Path, status: int) -> typer.Exit:
    """Say what is kept of a training, and how to go on; return what ends the program."""
    from dislo_gen import paths
    from dislo_gen.learning.folder import BEST, STATE

    if paths.is_file(out / STATE):
        weights = "" if paths.exists(out / BEST) else ", but no weights yet: these come after the first epoch"
        return console.stopped(
            f"What was learnt is in {out}{weights}.", f"dislo-gen resume {shlex.quote(str(out))}", status
        )
    return console.stopped("Nothing was learnt yet.", status=status)


def _say_estimate(seconds: float) -> None:
    console.say_meanwhile(
        f"This will take about {duration(seconds)}; Ctrl-C keeps what is learnt; weights come after each epoch."
    )


def duration(seconds: float) -> str:
    """Return how long something takes, in the words of a person who estimates."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} minutes"
    return f"{seconds / 3600:.1f} hours" if seconds < 48 * 3600 else f"{seconds / 86400:.0f} days"


def _say_before_and_after(out: Path) -> None:
    """Say, as the last thing, what tuning changed on the labelled frames that were held out."""
    from dislo_gen.learning.folder import read_training

    file = read_training(out)
    if not file.before or file.finished is None:
        return
    count = file.plan.held_out.labelled
    frames = "the labelled frame that was" if count == 1 else f"the {count} labelled frames that were"
    changes = [
        f"{name.partition(' ')[2]} {value:.2f} before, {file.finished.best[name]:.2f} after"
        for name, value in file.before.items()
        if name in file.finished.best
    ]
    console.say(f"On {frames} held out:\n" + "\n".join(f"  {change}" for change in changes))


def _epochs_done(out: Path) -> int:
    """Return how many epochs a training has written down; 0 if somebody changed what it wrote."""
    from dislo_gen.errors import DatasetError
    from dislo_gen.learning import read_history

    try:
        return len(read_history(out))
    except DatasetError as error:
        console.warn(str(error))
        return 0


def _tell(plan: Plan) -> Callable[[dict[str, float], bool], None]:
    from dislo_gen.learning.numbers import main_number

    main = main_number(plan.metric)

    def tell(row: dict[str, float], is_best: bool) -> None:
        shown = [f"{name} {value:.3f}" for name, value in row.items() if name.rpartition(" ")[2] == main]
        text = f"epoch {row['epoch']:.0f} of {plan.schedule.epochs}: loss {row['loss']:.3f}, {', '.join(shown)}"
        console.say_meanwhile(f"{text}{', the best so far' if is_best else ''} ({row['seconds']:.0f} s)")

    return tell
