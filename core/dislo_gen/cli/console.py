"""What the commands print, and where: results to stdout, everything else to stderr."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from dislo_gen.errors import DisloGenError
from dislo_gen.paths import why


class OutputError(DisloGenError):
    """Standard output takes nothing any more."""


class _Results(Console):
    """Standard output: if it is full the user is told, and if nobody reads on the program ends, as others do."""

    def on_broken_pipe(self) -> None:
        """End quietly: whoever read this has had enough."""
        silence(sys.stdout)
        raise SystemExit(1)

    def _check_buffer(self) -> None:
        try:
            super()._check_buffer()
        except (OSError, ValueError) as error:  # ValueError: it was closed
            del self._buffer[:]
            raise cannot_print(error) from None


class _Remarks(Console):
    """Standard error: work of hours does not stop because nobody can be told how far it is."""

    def on_broken_pipe(self) -> None:
        """Go on without a word."""
        self.quiet = True
        silence(sys.stderr)

    def _check_buffer(self) -> None:
        try:
            super()._check_buffer()
        except (OSError, ValueError):
            del self._buffer[:]
            self.on_broken_pipe()


out: Console = _Results(highlight=False, soft_wrap=True)
err: Console = _Remarks(stderr=True, highlight=False, soft_wrap=True)


def prepare() -> None:
    """Let both streams write what their encoding has no sign for as escapes: a name of any bytes, say."""
    out.quiet = err.quiet = False
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, OSError, ValueError):  # somebody's own stream, or none
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]


def cannot_print(error: BaseException) -> OutputError:
    """Return the sentence for a standard output that failed, which is not written to again."""
    out.quiet = True
    silence(sys.stdout)
    return OutputError(f"standard output cannot be written: {why(error)}")


def silence(stream: object) -> None:
    """Lead a stream of the process to nowhere, so that what is still in it raises nothing at the end."""
    if stream is not sys.__stdout__ and stream is not sys.__stderr__:
        return
    with contextlib.suppress(AttributeError, OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())  # type: ignore[union-attr]
        os.close(nowhere)


def say(text: str, style: str = "") -> None:
    """Print a result; square brackets in file names are text, not markup."""
    out.print(Text(text, style=style))


def say_meanwhile(text: str) -> None:
    """Print a result while a bar may be shown: above the bar on a terminal, to stdout elsewhere."""
    (err if err.is_terminal else out).print(Text(text))


def warn(text: str) -> None:
    """Print a remark to stderr."""
    err.print(Text("note: ", style="yellow") + Text(text))


def fail(text: str) -> None:
    """Print an error to stderr."""
    err.print(Text("error: ", style="bold red") + Text(text))


class RemarkHandler(logging.Handler):
    """Shows the library's log as remarks, each once."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._seen: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        """Print a message that was not printed before."""
        text = record.getMessage()
        if text not in self._seen:
            self._seen.add(text)
            warn(text)


class _Rate(ProgressColumn):
    def __init__(self, unit: str) -> None:
        super().__init__()
        self._unit = unit

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:.1f} {self._unit}/s" if speed else "", style="progress.data.speed")


@contextmanager
def progress_bar(label: str, unit: str = "images") -> Iterator[Callable[[int, int], None]]:
    """Show a bar on stderr (nothing where stderr is no terminal); yields ``update(done, total)``."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(unit),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as progress:
        task = progress.add_task(label, total=None)

        def update(done: int, total: int) -> None:
            # What an earlier run completed must not count as this run's speed.
            if progress.tasks[0].total is None:
                progress.reset(task, total=total, completed=done)
            else:
                progress.update(task, completed=done)

        yield update


@contextmanager
def step_bar() -> Iterator[Callable[[int, int, str], None]]:
    """Show a training's bar on stderr, if that is a terminal; yields ``update(done, total, text)``."""
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate("steps"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as progress:
        task = progress.add_task("preparing", total=None)

        def update(done: int, total: int, text: str) -> None:
            if progress.tasks[0].total is None:
                progress.reset(task, total=total, completed=done, description=text)
            else:
                progress.update(task, completed=done, description=text)

        yield update
