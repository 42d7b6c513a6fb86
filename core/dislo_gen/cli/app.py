"""The program's entrance: commands, errors, exit codes."""

from __future__ import annotations

import functools
import logging
import os
import sys
from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from dislo_gen._interrupts import INTERRUPTED, interrupt_status
from dislo_gen._version import __version__
from dislo_gen.cli import console
from dislo_gen.cli.evaluate import evaluate
from dislo_gen.cli.generate import add, generate, resume
from dislo_gen.cli.help_pages import Command
from dislo_gen.cli.models import models, weights
from dislo_gen.cli.new_plugin import new_plugin
from dislo_gen.cli.offers import EXTEND, FIND, KEEP, LEARN, MAKE, SCREEN, command_offers, short_help
from dislo_gen.cli.plugins import plugins_app
from dislo_gen.cli.predict import predict
from dislo_gen.cli.recipes import recipes
from dislo_gen.cli.replay import replay
from dislo_gen.cli.schema import schema
from dislo_gen.cli.train import train
from dislo_gen.cli.unforeseen import TRACEBACK, UNFORESEEN, unforeseen
from dislo_gen.cli.usage import Commands
from dislo_gen.cli.verify import verify
from dislo_gen.errors import DisloGenError, PluginError
from dislo_gen.paths import why
from dislo_gen.registry import Plugin

_OWN_OPTIONS = ("--help", "-h", "--version", "--install-completion", "--show-completion")

HELP = """Find dislocations in TEM pictures, line by line, and make labelled images to learn from.

Every line of a picture, a film or a folder; and 100 images, with a mask for every line:

    dislo-gen predict my-frame.png
    dislo-gen --recipe pileups -n 100 -o my-data

[bold]dislo-gen COMMAND --help[/bold] has the options of a command. Options without a command are those of
[bold]generate[/bold]: dislo-gen --background real-blend
"""


def _version(asked: bool) -> None:
    if asked:
        console.say(f"dislo-gen {__version__}")
        raise typer.Exit


def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    del version


def build_app(first: str | None = None) -> typer.Typer:
    """Build the Typer app; of commands that plugins add, only the one named first is imported."""
    app = typer.Typer(
        cls=Commands,
        help=HELP,
        rich_markup_mode="rich",
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_root)
    offers = list(command_offers())
    for offer, panel in offers:
        if panel == SCREEN:  # the first group of the help
            _offer(app, offer, panel, first)
    _add_own(app)
    for offer, panel in offers:
        if panel != SCREEN:
            _offer(app, offer, panel, first)
    return app


def _offer(app: typer.Typer, offer: Plugin, panel: str, first: str | None) -> None:
    """Add a plugin's command, or what stands for it in the help."""
    if offer.name in _own_names():
        console.warn(f"package {offer.package} offers the command '{offer.name}', which is taken; it is left out")
    elif offer.name == first:
        _add(app, offer, panel)
    else:
        app.command(offer.name, help=short_help(offer), rich_help_panel=panel)(_placeholder)


_OWN = {
    FIND: (predict,),
    MAKE: (generate, add, replay, recipes),
    LEARN: (train, evaluate, models, weights),
    KEEP: (resume, verify),
    EXTEND: (plugins_app, new_plugin, schema),
}


def _add_own(app: typer.Typer) -> None:
    """Add the program's own commands, in the help's order."""
    for panel, commands in _OWN.items():
        for command in commands:
            if isinstance(command, typer.Typer):
                app.add_typer(command, name="plugins", rich_help_panel=panel)
            else:
                app.command(cls=Command, rich_help_panel=panel)(command)


@functools.cache
def _own_names() -> frozenset[str]:
    app = typer.Typer()
    _add_own(app)
    return frozenset(_names(app))


def _names(app: typer.Typer) -> Iterator[str]:
    """Yield the names of an app's commands and groups of commands."""
    for command in app.registered_commands:
        if command.callback is not None:
            yield command.name or command.callback.__name__.replace("_", "-")
    for group in app.registered_groups:
        yield group.name or ""


def _placeholder() -> None:
    """Stand for a plugin's command in the help, so that showing the help imports no plugin."""


def _add(app: typer.Typer, offer: Plugin, panel: str) -> None:
    """Add a plugin's app; as Typer runs it, an app of one command and no callback is that command."""
    loaded = offer.load()
    if not isinstance(loaded, typer.Typer):
        raise PluginError(
            f"command '{offer.name}' from package {offer.package} {offer.version} is not a Typer app"
        )
    commands = loaded.registered_commands
    alone = len(commands) == 1 and not loaded.registered_groups and loaded.registered_callback is None
    if alone and commands[0].callback is not None:
        app.command(offer.name, cls=Command, help=commands[0].help, rich_help_panel=panel)(commands[0].callback)
    else:
        app.add_typer(loaded, name=offer.name, rich_help_panel=panel)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the program; errors a user can act on become one sentence and exit status 2.

    What nobody foresaw becomes one, too, with exit status 1 and a file that holds the traceback.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    console.prepare()
    try:
        _run(words or ["--help"])
    except SystemExit as stop:
        if stop.code == INTERRUPTED:  # Typer's, whatever the interrupt was
            sys.exit(interrupt_status())
        raise
    except Exception as error:
        if os.environ.get(TRACEBACK):
            raise
        sys.exit(_say(error, words))


def _run(words: list[str]) -> None:
    if words[0].startswith("-") and words[0].partition("=")[0] not in _OWN_OPTIONS:
        words.insert(0, "generate")
    logger = logging.getLogger("dislo_gen")
    if not any(isinstance(handler, console.RemarkHandler) for handler in logger.handlers):
        logger.addHandler(console.RemarkHandler())
        logger.propagate = False
    build_app(words[0])(words, prog_name="dislo-gen")


def _say(error: Exception, words: Sequence[str]) -> int:
    """Say in one sentence what went wrong, and return the exit status."""
    if isinstance(error, DisloGenError):
        console.fail(str(error))
        if error.__cause__ is not None and isinstance(error, PluginError):
            console.err.print(f"(set {TRACEBACK}=1 to see where in the plugin's code)", style="dim")
    elif isinstance(error, MemoryError):
        console.fail("there is not enough memory; try a smaller --size or fewer --jobs")
    elif isinstance(error, OSError):
        console.fail(_about_the_system(error))
    else:
        console.fail(unforeseen(error, words))
        return UNFORESEEN
    return 2


def _about_the_system(error: OSError) -> str:
    """Say what the operating system refused, and of which file if it says."""
    if error.filename is not None:
        return f"{error.filename}: {why(error)} (set {TRACEBACK}=1 to see where)"
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    raised_in = "" if frame is None else frame.tb_frame.f_globals.get("__name__", "")
    if raised_in.partition(".")[0] in ("typer", "click", "rich"):  # they write to nothing else
        return str(console.cannot_print(error))
    return f"{why(error)} (set {TRACEBACK}=1 to see where)"
