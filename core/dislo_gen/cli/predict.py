"""``dislo-gen predict``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dislo_gen.cli import console

MirroredOption = Annotated[
    bool,
    typer.Option(
        "--mirrored/--once",
        help="Whether networks that can look at mirror images, too: a little better, four times the work.",
    ),
]


def predict(
    images: Annotated[list[Path], typer.Argument(help="Pictures, or folders of them.", show_default=False)],
    model: Annotated[
        Path | None,
        typer.Option(
            metavar="WEIGHTS",
            help="Weights of a trained network: a file, or a name.  [default: starter]",
            show_default=False,
        ),
    ] = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder to write to.")] = Path("dislo-found"),
    scale: Annotated[
        float | None,
        typer.Option(
            min=1e-3,
            max=1e3,
            help="By which to scale a picture before the network looks at it; by default so that its longer side "
            "is that of the images the network learnt from. Try half and twice as much where lines are missed.",
            show_default=False,
        ),
    ] = None,
    mirrored: MirroredOption = True,
    set_: Annotated[
        list[str],
        typer.Option(
            "--set",
            metavar="NAME=VALUE",
            help="How lines are put together: threshold=0.4, confidence=0.6, shortest=20, gap=30, angle=50, "
            "duplicate=0.5.",
        ),
    ] = [],  # noqa: B006 - Typer reads the default and never changes it
) -> None:
    """Find every dislocation in pictures, each as a line of its own.

    Writes overlays to look at, a mask and a curve for each line, and labels that open in labelme, where they can
    be corrected to train on. Title bars and scale bars are left out.

        dislo-gen predict my-frame.png
        dislo-gen predict my-frames --model run/weights.safetensors -o found

    Without --model the network that comes with dislo-gen is used, which learnt from made images of many kinds.
    """
    from dislo_gen.defaults import default_weights_file
    from dislo_gen.extras import require_torch

    require_torch("Predicting")
    from dislo_gen.learning import predict as predict_lines
    from dislo_gen.learning import read_card
    from dislo_gen.learning.planning import read_finding
    from dislo_gen.ready_weights import find_weights

    weights = default_weights_file() if model is None else find_weights(model)
    finding = read_finding(set_, read_card(weights))
    with console.progress_bar("pictures") as progress:
        found = predict_lines(
            images, weights, out, scale=scale, finding=finding, mirrored=mirrored, progress=progress
        )
    for name in found.names:
        record = found.record(name)
        console.say(f"  {name}: {_lines(len(record.confidence))}")
    console.say(f"  look at  {out / 'overlays'}")
    console.say(f"  curves   {out / 'records'}, and {out / 'labelme'} to correct in labelme")
    console.say(f"  load     dislo_gen.open_predictions({str(out)!r})")


def _lines(count: int) -> str:
    return {0: "no line", 1: "1 line"}.get(count, f"{count} lines")
