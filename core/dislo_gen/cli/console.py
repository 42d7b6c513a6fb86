"""What the commands print, and where: results to stdout, everything else to stderr."""

from __future__ import annotations

import logging
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

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


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
