"""``dislo-gen verify`` on a folder of predictions."""

from __future__ import annotations

from pathlib import Path

import typer

from dislo_gen.cli import console
from dislo_gen.cli.predict import end

_NAMED = 3  # of those that are missing: an interrupted film may lack thousands


def verify_folder(path: Path, *, again: bool) -> None:
    """Check every file of predictions against its record; exit status 1 if anything is damaged.

    Args:
        path: the folder.
        again: whether the user asked to make them again, which takes the pictures they were made from.
    """
    from dislo_gen.errors import DatasetError
    from dislo_gen.predictions import open_predictions, verify_predictions
    from dislo_gen.predictions.checking import MISSING

    if again:
        raise DatasetError(
            f"{path}: these are predictions; they are checked without --replay and --repair, and the 'dislo-gen "
            f"predict' that made them makes what is missing or damaged again"
        )
    predictions = open_predictions(path)
    with console.progress_bar("checked", "pictures") as update:
        problems = verify_predictions(predictions, update)
    missing = [problem for problem in problems if problem.problem == MISSING]
    for problem in [*missing[:_NAMED], *(problem for problem in problems if problem.problem != MISSING)]:
        console.say(f"{problem.name}: {problem.problem}")
    if len(missing) > _NAMED:
        console.say(f"and {len(missing) - _NAMED} more are missing, or not made yet")
    wrong = {problem.name for problem in problems if not problem.corrected}
    corrected = {problem.name for problem in problems if problem.corrected} - wrong
    count = len(predictions.manifest.names)
    note = f"; labels of {len(corrected)} were corrected" if corrected else ""
    if wrong:
        console.say(f"{len(wrong)} of {count} pictures {'differs' if len(wrong) == 1 else 'differ'}{note}.", "red")
        console.say("To make what is missing or damaged again: the same 'dislo-gen predict' as before")
        raise typer.Exit(1)
    what = "The one picture's predictions are" if count == 1 else f"The predictions of all {count} pictures are"
    console.say(f"{what} as recorded{note}.")
    end(path)
