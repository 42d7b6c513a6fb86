"""How the pages of ``--help`` look: readable at any width, and no words of programmers say what to type.

Typer sets options in a table of six columns, which leaves the text a dozen characters on a narrow terminal, and
cuts off words that are longer. Here what to type and what it does are two columns, or one below the other.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Group as Lines
from rich.console import RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text
from typer.core import TyperCommand, TyperGroup

from dislo_gen.cli import console

_LESS_WANTED = ("show_completion",)
_FIRST = ("Arguments", "Options")
_LONGEST_NAME = 30
_TYPES = (  # of Typer, in several of its versions
    (r"<?(list\[)?\b(path|file|directory)\b\]?>?", "PATH"),
    (r"<?\b(int|integer)( range)?>?", "N"),
    (r"<?\bfloat( range)?>?", "NUMBER"),
    (r"<?(list\[)?\b(str|text)\b\]?>?", "NAME"),
    (r"<([^<>]*\|[^<>]*)>", r"\1"),
)
_RANGES = (
    (r"(\S+)<=x<=(\S+)", r"\1 to \2"),
    (r"x>=(\S+)", r"from \1"),
    (r"x>(\S+)", r"above \1"),
    (r"(\d)\.0\b", r"\1"),
)
_FACTS = re.compile(r"(.*?)((?: *\\?\[[^\[\]]*\])*)")
Row = tuple[RenderableType, RenderableType]


class Command(TyperCommand):
    """A command of the program."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the page."""
        del formatter
        console.page(*_page(self, ctx))


class Group(TyperGroup):
    """A command with commands of its own."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the page."""
        del formatter
        console.page(*_page(self, ctx), *_commands(self, ctx))


def filled(text: str) -> str:
    """Return a text with each paragraph on one line, for whatever breaks it; what is indented stays as it is."""
    paragraphs = inspect.cleandoc(text).split("\n\n")
    return "\n\n".join(
        part if any(line.startswith(" ") for line in part.split("\n")) else " ".join(part.split("\n"))
        for part in paragraphs
    )


def _page(command: Any, context: Any) -> Iterator[RenderableType]:
    yield Padding(Text(command.get_usage(context).replace("{", "").replace("}", ""), style="bold"), 1)
    if command.help:
        yield Padding(Lines(*_paragraphs(command.help)), (0, 1, 1, 1))
    panels: dict[str, list[Row]] = {}
    for param in command.get_params(context):
        record = param.get_help_record(context)
        if record is None or param.name in _LESS_WANTED:
            continue
        usual = "Arguments" if param.param_type_name == "argument" else "Options"
        panels.setdefault(getattr(param, "rich_help_panel", None) or usual, []).append(_row(param, *record))
    for title in sorted(panels, key=lambda title: _FIRST.index(title) if title in _FIRST else len(_FIRST)):
        yield _panel(title, panels[title])
    if command.epilog:
        yield Padding(Lines(*_paragraphs(command.epilog)), 1)


def _paragraphs(text: str) -> Iterator[RenderableType]:
    for number, paragraph in enumerate(filled(text).split("\n\n")):
        if number:
            yield Text()
        if paragraph.startswith(" "):  # what to type: it stands out, and goes on further right
            for line in paragraph.split("\n"):
                indent = len(line) - len(line.lstrip())
                yield Padding(_hanging(Text.from_markup(line.strip())), (0, 0, 0, indent))
        else:
            yield Text.from_markup(paragraph, style="dim" if number else "")


def _hanging(text: Text) -> Table:
    """Return a line to type that goes on a little further right where it does not fit."""
    grid = Table.grid()
    first, _, rest = text.plain.partition(" ")
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(first + " " if rest else first, rest)
    return grid


def _row(param: Any, typed: str, told: str) -> Row:
    """Return what to type for an option or argument, and what it does, with its default and range behind it."""
    if param.param_type_name == "argument":
        typed = re.sub(r" <.*>$", "", typed)
    for pattern, word in _TYPES if param.metavar is None else ():
        typed = re.sub(rf"(?<= ){pattern}$", word, typed, flags=re.IGNORECASE)
    about, brackets = _FACTS.fullmatch(_one_line(told)).groups()  # type: ignore[union-attr] # it may match nothing
    text = Text.from_markup(about)
    facts = "; ".join(re.findall(r"\[(.*?)\]", brackets))
    for pattern, words in _RANGES:
        facts = re.sub(pattern, words, facts)
    if facts:
        text = Text.assemble(text, " ", (f"[{facts}]", "dim"))
    return Text(typed, style="bold cyan"), text


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _commands(group: Any, context: Any) -> Iterator[RenderableType]:
    panels: dict[str, list[Row]] = {}
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is not None and not command.hidden:
            about = inspect.cleandoc(command.short_help or command.help or "").split("\n\n")[0]
            row = (Text(name, style="bold cyan"), Text.from_markup(_one_line(about)))
            panels.setdefault(getattr(command, "rich_help_panel", None) or "Commands", []).append(row)
    longest = max((len(str(name)) for rows in panels.values() for name, _ in rows), default=0)
    for title, rows in panels.items():
        yield _panel(title, rows, longest)


def _panel(title: str, rows: Sequence[Row], width: int = 0) -> Panel:
    """Return rows in a frame: two columns, or one below the other on a narrow terminal.

    Args:
        title: of the frame.
        rows: what to type, and what it does.
        width: of what is typed where it is short and stays beside, columns of the terminal.
    """
    body: RenderableType
    if console.is_narrow() and not width:
        body = console.below(rows)
    else:
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(width=width or min(_LONGEST_NAME, max(len(str(row[0])) for row in rows)))
        grid.add_column(ratio=1)
        for row in rows:
            grid.add_row(*row)
        body = grid
    return Panel(body, title=title, title_align="left", border_style="dim", padding=(0, 1))
