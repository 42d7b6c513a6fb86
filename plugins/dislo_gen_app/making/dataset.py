"""Making many images: the command line does it in a process of its own, so that the page stays quick."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from dislo_gen import DatasetError, Recipe, open_dataset
from dislo_gen_app.program import run_program
from dislo_gen_app.work import Progress


def make_dataset(recipe: Recipe, seed: int, count: int, out: Path, progress: Progress) -> None:
    """Make a dataset, or go on with one.

    Args:
        recipe: what to make.
        seed: of the samples.
        count: how many.
        out: its folder.
        progress: called with (done, count); what it raises ends the work, and whole samples are kept.

    Raises:
        DisloGenError: with the command line's sentence.
        StoppedProgramError: it was stopped; it says what is kept.
    """
    with tempfile.TemporaryDirectory(prefix="dislo-gen-app-") as folder:
        written = Path(folder, "recipe.toml")
        written.write_text(recipe.to_toml(), encoding="utf-8")
        jobs = max(1, (os.cpu_count() or 1) - 1)  # one core is the page's
        words = ["--recipe", written, "--seed", seed, "-n", count, "-j", jobs, "-o", out]
        run_program(words, lambda _: progress(min(_complete(out), count), count))


def _complete(out: Path) -> int:
    try:
        return len(open_dataset(out))
    except DatasetError:  # it has not begun yet
        return 0
