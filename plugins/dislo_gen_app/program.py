"""Work that the command line does in a process of its own, so that the page stays quick."""

from __future__ import annotations

import atexit
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from dislo_gen import DisloGenError
from dislo_gen_app.work import StoppedError

_EVERY = 0.25  # s
_PATIENCE = 30  # s that a stopped process has for what it is at


class StoppedProgramError(StoppedError):
    """It was stopped; the message is what it said then: what is kept, and how to go on."""


def run_program(words: Sequence[object], step: Callable[[str], object]) -> str:
    """Run ``dislo-gen`` with these words to its end.

    Args:
        words: of the command line.
        step: called now and then with what it has printed so far; where it raises StoppedError, the program is
            stopped as Ctrl-C would, and what it has done is kept.

    Returns:
        What it printed.

    Raises:
        DisloGenError: with the command line's sentence.
        StoppedProgramError: it was stopped.
    """
    with tempfile.TemporaryDirectory(prefix="dislo-gen-app-") as folder:
        printed, said = Path(folder, "printed.txt"), Path(folder, "said.txt")
        with printed.open("w") as out, said.open("w") as err:
            process = subprocess.Popen(  # noqa: S603 - this program, with words of its own
                [sys.executable, "-P", "-u", "-m", "dislo_gen", *map(str, words)],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
            )
            try:
                _follow(process, lambda: step(_text(printed)))
            except StoppedError:
                raise StoppedProgramError(_from("Stopped.", _text(said))) from None
        if process.returncode:
            raise DisloGenError(_sentence(_text(said)) or f"dislo-gen {words[0]} ended with {process.returncode}")
        return _text(printed)


def _follow(process: subprocess.Popen[bytes], step: Callable[[], object]) -> None:
    def end() -> None:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)

    atexit.register(end)
    try:
        while process.poll() is None:
            step()
            time.sleep(_EVERY)
    except BaseException:
        end()
        try:
            process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
        raise
    finally:
        atexit.unregister(end)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def _from(word: str, said: str) -> str:
    """Return what was said from a word on, without remarks in front of it."""
    return said[said.find(word) :].strip() if word in said else word


def _sentence(said: str) -> str:
    """Return the mistake in what was said, all of its lines."""
    lines = said.strip().splitlines()
    for number, line in enumerate(lines):
        if line.startswith("error: "):
            return "\n".join(lines[number:]).removeprefix("error: ")
    return lines[-1] if lines else ""
