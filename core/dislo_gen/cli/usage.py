"""Mistakes in the command line itself, said in one sentence like every other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer

from dislo_gen._interrupts import interrupt_status
from dislo_gen.cli import console
from dislo_gen.cli.help_pages import Group
from dislo_gen.errors import DisloGenError, did_you_mean

# Typer raises its Click's usage errors. It brought a Click of its own with 0.26, but offered this subclass always.
_UsageError: type[Exception] = typer.BadParameter.__mro__[1]
_REWORDED = (  # Typer's and Pydantic's ways to put it
    (r" \(Possible options: .*\)$", ""),
    (r"\. Did you mean", "; did you mean"),
    (": Value error, ", ": "),
    (": Input should be", ": must be"),
    (r"\.$", ""),
)


class Commands(Group):
    """The program's commands; a wrong word among the arguments is a `DisloGenError`."""

    def make_context(self, *arguments: Any, **options: Any) -> Any:
        """Read the program's own options."""
        with _sentences():
            return super().make_context(*arguments, **options)

    def invoke(self, ctx: Any) -> Any:
        """Read a command's options and run it."""
        with _sentences(ctx):
            return super().invoke(ctx)


@contextmanager
def _sentences(context: Any = None) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        console.tell("Stopped. Whatever was written is whole; the same command begins again.")
        raise typer.Exit(interrupt_status()) from None
    except _UsageError as error:
        if type(error).__name__ == "NoArgsIsHelpError":  # a plugin's command that shows its help
            raise
        raise DisloGenError(_sentence(error, getattr(context, "invoked_subcommand", None))) from error


def _sentence(error: Any, command: str | None) -> str:
    text = " ".join(error.format_message().split())
    for pattern, better in _REWORDED:
        text = re.sub(pattern, better, text)
    text += did_you_mean(getattr(error, "option_name", ""), getattr(error, "possibilities", None) or ())
    path = f"dislo-gen {command or ''}".rstrip() if error.ctx is None else error.ctx.command_path
    return f"{text[0].lower()}{text[1:]} (see {path} --help)"
