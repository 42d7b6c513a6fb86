"""How the pages of ``--help`` look: sentences fill the line, and no words of programmers say what to type."""

from __future__ import annotations

import inspect
from typing import Any

from typer.core import TyperCommand, TyperGroup

_LESS_WANTED = ("show_completion",)


class Command(TyperCommand):
    """A command of the program."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the page."""
        in_plain_words(self, ctx)
        super().format_help(ctx, formatter)


class Group(TyperGroup):
    """A command with commands of its own."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the page."""
        in_plain_words(self, ctx)
        super().format_help(ctx, formatter)


def in_plain_words(command: Any, context: Any) -> None:
    """Prepare a command's texts for its page: Typer breaks lines where the code does, and names Python's types."""
    if command.help:
        command.help = _with_examples(filled(command.help))
    for option in command.get_params(context):
        if option.name in _LESS_WANTED:
            option.hidden = True
        if option.param_type_name == "argument":
            option.display_type_rich = lambda **_: ""
        elif getattr(option, "is_flag", False) or option.name == "help":
            option.metavar = ""


def filled(text: str) -> str:
    """Return a text with each paragraph on one line, for whatever breaks it; what is indented stays as it is."""
    paragraphs = inspect.cleandoc(text).split("\n\n")
    return "\n\n".join(
        part if any(line.startswith(" ") for line in part.split("\n")) else " ".join(part.split("\n"))
        for part in paragraphs
    )


def _with_examples(text: str) -> str:
    """Let indented lines keep their indentation, which Typer takes from them, and stand out."""
    return "\n".join(f"[not dim]{line}[/not dim]" if line.startswith(" ") else line for line in text.split("\n"))
