"""``dislo-gen verify``."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dislo_gen.cli import console

if TYPE_CHECKING:
    from dislo_gen.dataset import Dataset
    from dislo_gen.verify import Finding


def verify(
    dataset: Annotated[Path, typer.Argument(help="Folder of the dataset, or of predictions.")],
    replayed: Annotated[
        bool, typer.Option("--replay", help="Also make every sample again and compare its bytes.")
    ] = False,
    repair: Annotated[
        bool, typer.Option("--repair", help="Make samples that differ again, and compare them with their records.")
    ] = False,
) -> None:
    """Check every file of a dataset, or of predictions, against its record; exit status 1 if anything differs."""
    from dislo_gen.cli.verify_predictions import verify_folder
    from dislo_gen.dataset import PREVIEW, kind_of_folder, open_dataset
    from dislo_gen.errors import DatasetError
    from dislo_gen.files import Folder
    from dislo_gen.predictions import PREDICTIONS_FORMAT
    from dislo_gen.verify import verify as verify_dataset

    if kind_of_folder(Folder(dataset)) == PREDICTIONS_FORMAT:
        verify_folder(dataset, again=replayed or repair)
        return
    opened = open_dataset(dataset)
    unable = _unable(opened) if replayed else None
    with console.progress_bar("checked") as update:
        findings = verify_dataset(opened, replayed=replayed and not unable, progress=update)
    for finding in findings:
        console.say(f"sample {finding.index}: {finding.problem}")
    if findings:
        if unable:
            console.fail(f"the samples cannot be made again here: {unable}")
        _finish(opened, findings, replayed, repair)
    elif unable:
        raise DatasetError(f"the files are as recorded, but the samples cannot be made again here: {unable}")
    else:
        how = "as recorded, and as made again" if replayed else "as recorded"
        console.say(f"All {len(opened)} samples are {how}." if len(opened) > 1 else f"The one sample is {how}.")
        place = shlex.quote(str(dataset))
        whole = ("to learn from it", f"dislo-gen train {place}")
        more = whole if replayed else ("to make each again, too", f"dislo-gen verify {place} --replay")
        console.end(("look at", str(dataset / PREVIEW)), more)


def _unable(dataset: Dataset) -> str | None:
    """Say once, and not for every sample, why none can be made again."""
    from dislo_gen.errors import DisloGenError
    from dislo_gen.verify import check_plugins

    try:
        check_plugins(dataset)
    except DisloGenError as error:
        return str(error)
    return None


def _finish(dataset: Dataset, findings: Sequence[Finding], replayed: bool, repair: bool) -> None:
    """Count what is wrong, and mend it or say how; exit status 1 unless everything is mended."""
    wrong = {finding.index: finding.samples for finding in findings}
    damaged = sorted(wrong.keys() & set(dataset.indices))
    count, planned = sum(wrong.values()), dataset.manifest.count
    verb = "differs" if count == 1 else "differ"
    console.say(f"{count} of {planned} {'sample' if planned == 1 else 'samples'} {verb}.", style="red")
    mended = not damaged or (repair and _repair(dataset, damaged))
    place = shlex.quote(str(dataset.folder.root))
    if damaged and not repair:
        again = "--replay --repair" if replayed else "--repair"
        console.say(f"To make what is damaged again: dislo-gen verify {place} {again}")
    missing = len(wrong) > len(damaged)
    if missing:
        console.say(f"To make what is missing: dislo-gen resume {place}")
    if missing or not mended:
        raise typer.Exit(1)


def _repair(dataset: Dataset, damaged: Sequence[int]) -> bool:
    """Make samples again; say whether each is what it was, and return whether none is known to differ."""
    from dislo_gen.repair import repair

    with console.progress_bar("repaired") as update:
        repairs = repair(dataset, damaged, update)
    for done in repairs:
        if done.differences is None:
            result = "made again; there was no readable record to compare it with"
        elif done.differences:
            result = f"made again, but it is not what its record said: {', '.join(done.differences)}"
        else:
            result = "repaired: it has its record's bytes again"
        console.say(f"sample {done.index}: {result}")
    return not any(done.differences for done in repairs)
