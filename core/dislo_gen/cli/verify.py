"""``dislo-gen verify``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dislo_gen.cli import console


def verify(
    dataset: Annotated[Path, typer.Argument(help="Folder of the dataset.")],
    replayed: Annotated[
        bool, typer.Option("--replay", help="Also make every sample again and compare its bytes.")
    ] = False,
) -> None:
    """Check every file of a dataset against its record; exit status 1 if anything differs."""
    from dislo_gen.dataset import open_dataset
    from dislo_gen.verify import verify as verify_dataset

    opened = open_dataset(dataset)
    with console.progress_bar("checked") as update:
        findings = verify_dataset(opened, replayed=replayed, progress=update)
    for finding in findings:
        console.say(f"sample {finding.index}: {finding.problem}")
    wrong = sum({finding.index: finding.samples for finding in findings}.values())
    if wrong:
        console.say(f"{wrong} of {opened.manifest.count} samples differ.", style="red")
        raise typer.Exit(1)
    how = "as recorded, and as made again" if replayed else "as recorded"
    console.say(f"All {len(opened)} samples are {how}.")
