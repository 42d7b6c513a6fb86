"""What the commands print, and where: results to stdout, everything else to stderr."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import typer
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from dislo_gen._interrupts import interrupt_status
from dislo_gen.errors import DisloGenError
from dislo_gen.paths import why

_NARROW = 76  # columns
SAME = "the same command again"
"""How to go on where a command finds by itself what is there."""


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
_pages: Console = _Results(highlight=False)
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


def page(*parts: RenderableType) -> None:
    """Print what is set for the width of the terminal: its lines are broken, not left to run on."""
    _pages.print(*parts, sep="\n")


def is_narrow(columns: int = _NARROW) -> bool:
    """Say whether the terminal is too narrow for a table whose last column is text."""
    return _pages.width < columns


def below(rows: Iterable[tuple[RenderableType, RenderableType]]) -> RenderableType:
    """Return rows for a narrow terminal: what each is about stands below its name, indented."""
    return Group(*(part for name, about in rows for part in (name, Padding(about, (0, 0, 0, 4)))))


def say(text: str, style: str = "") -> None:
    """Print a result; square brackets in file names are text, not markup."""
    out.print(Text(_wrapped(text, out), style=style))


def say_meanwhile(text: str) -> None:
    """Print a result while a bar may be shown: above the bar on a terminal, to stdout elsewhere."""
    stream = err if err.is_terminal else out
    stream.print(Text(_wrapped(text, stream)))


def warn(text: str) -> None:
    """Print a remark to stderr."""
    _after("note: ", "yellow", text)


def fail(text: str) -> None:
    """Print an error to stderr."""
    _after("error: ", "bold red", text)


def tell(text: str) -> None:
    """Print to stderr how the work goes."""
    err.print(Text(_wrapped(text, err)))


def _after(word: str, style: str, text: str) -> None:
    err.print(Text(word, style=style) + Text(_wrapped(word + text, err)[len(word) :]))


def _wrapped(text: str, stream: Console) -> str:
    """Break sentences between words on a narrow terminal; what is indented is to be copied, and whole."""
    if not stream.is_terminal:
        return text
    return "\n".join(
        line
        if line.startswith(" ") or len(line) <= stream.width
        else textwrap.fill(line, stream.width, break_long_words=False, break_on_hyphens=False)
        for line in text.split("\n")
    )


def end(*rows: tuple[str, str]) -> None:
    """Say at a command's end what to look at first, and what to do next: a word and a path or command each."""
    width = max(len(word) for word, _ in rows)
    for word, text in rows:
        say(f"  {word:<{width}}  {text}")


def are(count: int, what: str) -> str:
    """Return ``1 image is`` or ``2 images are``."""
    return f"1 {what} is" if count == 1 else f"{count} {what}s are"


def table(rows: Iterable[tuple[str, str]]) -> None:
    """Print facts: a word and a text each, whose further lines are below its first."""
    page = Table(box=None, show_header=False, show_edge=False, pad_edge=False, padding=(0, 2, 0, 0))
    page.add_column(no_wrap=True)
    page.add_column(overflow="fold")
    for word, text in rows:
        page.add_row(Text(f"  {word}", style="cyan"), Text(text))
    out.print(page)


@contextmanager
def stoppable(kept: Callable[[], str], how: Callable[[], str] | str = SAME) -> Iterator[None]:
    """Let Ctrl-C and SIGTERM end a command with two sentences: what is kept, and how to go on.

    Args:
        kept: returns the first, when it is needed.
        how: the command that goes on, or what returns it.
    """
    try:
        yield
    except KeyboardInterrupt:
        raise stopped(kept(), how if isinstance(how, str) else how()) from None


def stopped(kept: str, how: str = SAME, status: int | None = None) -> typer.Exit:
    """Say what a command that was told to stop has kept, and how to go on; return what ends the program."""
    tell(f"Stopped. {kept}\nTo go on: {how}")
    return typer.Exit(interrupt_status() if status is None else status)


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
        if not speed or (task.total or 0) <= 1:  # of a single one, how long each takes is no news
            return Text()
        said = f"{speed:.1f} {self._unit}/s" if speed >= 1 else f"{1 / speed:.1f} s each"
        return Text(said, style="progress.data.speed")


class _Bar:
    """A bar that counts pictures, and shows the work within each."""

    def __init__(self, progress: Progress, label: str) -> None:
        self._progress = progress
        self._task = progress.add_task(label, total=None)
        self._label = self._said = label
        self._done = 0
        self._begun = False

    def __call__(self, done: int, total: int, now: str = "") -> None:
        self._done = done
        label = now or self._label
        # What an earlier run completed must not count as this run's speed.
        if not self._begun or self._said != label:
            self._begun, self._said = True, label
            self._progress.reset(self._task, total=total, completed=done, description=label)
        else:
            self._progress.update(self._task, total=total, completed=done, description=label)

    def within(self, part: float, doing: str) -> None:
        """Say which part of the next one's work is done, 0 to 1, and what is being done."""
        self._progress.update(self._task, completed=self._done + part, description=doing)


@contextmanager
def progress_bar(label: str, unit: str = "images") -> Iterator[_Bar]:
    """Show a bar on stderr (nothing where stderr is no terminal); yields ``update(done, total)``.

    With another label behind, ``update(done, total, "film")``, the bar begins anew;
    ``update.within(0.3, "looking")`` says how far the work on the next one is, and at what.
    """
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(unit),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as progress:
        yield _Bar(progress, label)


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
