"""Making many images: the command line does it in a process of its own, so that the page stays quick."""

from __future__ import annotations

import atexit
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from dislo_gen import DatasetError, DisloGenError, Recipe, open_dataset
from dislo_gen_app.work import Progress, StoppedError

_EVERY = 0.25  # s
_PATIENCE = 20  # s that a stopped process has for the samples it is at


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
    """
    with tempfile.TemporaryDirectory(prefix="dislo-gen-app-") as folder:
        written, said = Path(folder, "recipe.toml"), Path(folder, "said.txt")
        written.write_text(recipe.to_toml(), encoding="utf-8")
        jobs = max(1, (os.cpu_count() or 1) - 1)  # one core is the page's
        words = ["--recipe", written, "--seed", seed, "-n", count, "-j", jobs, "-o", out]
        with said.open("w") as stream:
            process = subprocess.Popen(  # noqa: S603 - this program, with words of its own
                [sys.executable, "-P", "-m", "dislo_gen", *map(str, words)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=stream,
            )
            _follow(process, out, count, progress)
        if process.returncode:
            lines = said.read_text(encoding="utf-8", errors="replace").strip().splitlines()
            sentence = next((line for line in lines if line.startswith("error: ")), lines[-1] if lines else "")
            raise DisloGenError(sentence.removeprefix("error: ") or f"{out}: the images could not be made")


def _follow(process: subprocess.Popen[bytes], out: Path, count: int, progress: Progress) -> None:
    def end() -> None:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)

    atexit.register(end)
    try:
        while process.poll() is None:
            progress(min(_complete(out), count), count)
            time.sleep(_EVERY)
    except StoppedError:
        end()
        process.wait(_PATIENCE)
        raise
    finally:
        atexit.unregister(end)


def _complete(out: Path) -> int:
    try:
        return len(open_dataset(out))
    except DatasetError:  # it has not begun yet
        return 0
