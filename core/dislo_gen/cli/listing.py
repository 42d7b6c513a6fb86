"""Lists of what is installed, by kind; what is broken stands among the rest, with the reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.table import Table
from rich.text import Text

from dislo_gen.cli import console
from dislo_gen.cli.kinds import KINDS, Kind
from dislo_gen.cli.offers import command_offers, short_help

if TYPE_CHECKING:
    from dislo_gen.registry import Plugin

_OURS = "dislo-gen"
_MARGIN = 2


def list_all() -> None:
    """List everything by kind, a line each."""
    found = [(kind, list(_entries(kind))) for kind in KINDS]
    width = max((len(name) for _, entries in found for name, *_ in entries), default=0)
    for kind, entries in found:
        if not entries:
            continue
        console.out.print(_heading(kind))
        console.out.print(_table(entries, width, whole=False))
        console.say("")
    console.end(("a kind", "dislo-gen plugins effects"), ("one", "dislo-gen plugins show NAME"))


def list_kind(kind: Kind, facts: Callable[[Any], str] | None = None) -> None:
    """List one kind, with whole sentences.

    Args:
        kind: which.
        facts: returns what else to say of a component's class, on a line of its own.
    """
    entries = list(_entries(kind, facts))
    console.out.print(_heading(kind))
    if not entries:
        console.say("  none is installed")
        return
    console.out.print(_table(entries, max(len(name) for name, *_ in entries), whole=True))
    console.say("")
    command = {"recipe": "recipes", "weights": "weights", "model": "models"}.get(kind.kind, "plugins show")
    if kind.kind != "command":
        console.end(("one", f"dislo-gen {command} {entries[0][0]}"))


def _heading(kind: Kind) -> Text:
    return Text(kind.title, style="bold") + Text(f", {kind.about}: ") + Text(kind.use, style="cyan")


def _table(entries: list[tuple[str, Text, str]], width: int, whole: bool) -> Table:
    room = console.out.width - width - 2 * _MARGIN
    table = Table(box=None, show_header=False, show_edge=False, pad_edge=False, padding=(0, _MARGIN, 0, 0))
    table.add_column(no_wrap=True, min_width=width + _MARGIN)
    table.add_column(overflow="fold")
    for name, text, package in entries:
        suffix = f" ({package})" if package else ""
        broken = text.plain.startswith("broken: ")
        shown = text if whole or broken else Text(shortened(text.plain, room - len(suffix)), text.style)
        table.add_row(Text(f"  {name}", style="cyan"), shown + Text(suffix, style="dim"))
    return table


def shortened(text: str, room: int) -> str:
    """Return a sentence, cut where it pauses if it is too long for the room."""
    text = text.rstrip(".")
    if len(text) <= room:
        return text
    start = text[: room - 2]
    pause = max(start.rfind(sign) for sign in (",", ";", ":"))
    at = pause if pause > room * 0.5 else start.rfind(" ")
    return f"{start[:at].rstrip(' ,;:')} …"


def _entries(kind: Kind, facts: Callable[[Any], str] | None = None) -> Iterator[tuple[str, Text, str]]:
    """Yield the name, what it is, and the package where that is not dislo-gen itself."""
    offers = offers_of(kind)
    for offer in offers:
        twice = sum(other.name == offer.name for other in offers) > 1
        name = f"{offer.package}:{offer.name}" if twice else offer.name
        package = "" if offer.package == _OURS else f"{offer.package} {offer.version}".rstrip()
        yield name, _about(kind.kind, offer, facts), package


def offers_of(kind: Kind) -> tuple[Plugin, ...]:
    """Return what is offered of a kind."""
    from dislo_gen.registry import plugins

    return tuple(offer for offer, _ in command_offers()) if kind.kind == "command" else plugins(kind.kind)


def _about(kind: str, offer: Plugin, facts: Callable[[Any], str] | None) -> Text:
    from dislo_gen.errors import PluginError
    from dislo_gen.hooks import broker
    from dislo_gen.interfaces import INTERFACES
    from dislo_gen.registry import load

    try:
        loaded: Any = load(kind, f"{offer.package}:{offer.name}") if kind in INTERFACES else offer.load()
        if kind == "command" and not isinstance(loaded, typer.Typer):
            raise PluginError(f"it is a {type(loaded).__name__}, not a Typer app")
        if kind == "hook" and offer.name in broker().broken:
            raise PluginError(broker().broken[offer.name])
        line = short_help(offer) if kind == "command" else _first_line(kind, loaded)
        return Text(f"{line} {facts(loaded)}" if facts else line)
    except PluginError as error:
        return Text(f"broken: {error}", style="red")
    except (Exception, SystemExit) as error:  # a list of plugins must survive any of them
        return Text(f"broken: {type(error).__name__}: {error}", style="red")


def _first_line(kind: str, loaded: Any) -> str:
    if kind == "recipe":
        from dislo_gen.recipe_sources import load_plain

        return str(load_plain(loaded)[0].get("description", ""))
    if kind == "weights":
        return about_weights(Path(str(loaded)))
    return (getattr(loaded, "__doc__", None) or "").strip().split("\n")[0]


def about_weights(path: Path) -> str:
    """Return what the page beside a file of weights, of its name and in Markdown, begins with; or its size."""
    from dislo_gen import paths
    from dislo_gen.errors import PluginError
    from dislo_gen.plain import read_text

    found = paths.look(path)
    if found is None:
        raise PluginError(f"there is no file {path}")
    page = path.with_suffix(".md")
    if paths.is_file(page):
        for paragraph in read_text(page).split("\n\n"):
            if paragraph.strip() and not paragraph.startswith("#"):
                return " ".join(paragraph.split()).replace("`", "")
    return f"weights of a trained network, {found.st_size / 1e6:.1f} MB"
