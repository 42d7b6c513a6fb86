"""``dislo-gen plugins``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from dislo_gen.cli import console
from dislo_gen.cli.check import check
from dislo_gen.parameters import Parameter
from dislo_gen.registry import Plugin

plugins_app = typer.Typer(
    invoke_without_command=True,
    help="List what is installed; 'plugins show NAME' explains one, 'plugins check NAME' tests it.",
)
_MORE_GROUPS = ("recipe", "hooks", "commands")


@plugins_app.callback()
def list_plugins(context: typer.Context) -> None:
    """List every plugin; broken ones with the reason."""
    if context.invoked_subcommand is not None:
        return
    from dislo_gen.interfaces import INTERFACES

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("name", "kind", "package", "version", "what it is"):
        table.add_column(heading, overflow="fold")
    for kind in (*INTERFACES, *_MORE_GROUPS):
        for row in _rows(kind):
            table.add_row(*row)
    console.out.print(table)


def _rows(kind: str) -> list[tuple[Text, ...]]:
    from dislo_gen.errors import PluginError
    from dislo_gen.hooks import broker
    from dislo_gen.interfaces import INTERFACES
    from dislo_gen.registry import discover, load, plugins

    rows: list[tuple[Text, ...]] = []
    offers = plugins(kind) if kind in INTERFACES else discover(f"dislo_gen.{kind}")
    for offer in offers:
        twice = sum(other.name == offer.name for other in offers) > 1
        name = f"{offer.package}:{offer.name}" if twice else offer.name
        try:
            loaded: Any = load(kind, f"{offer.package}:{offer.name}") if kind in INTERFACES else offer.load()
            if kind == "commands" and not isinstance(loaded, typer.Typer):
                raise PluginError(f"it is a {type(loaded).__name__}, not a Typer app")
            if kind == "hooks" and offer.name in broker().broken:
                raise PluginError(broker().broken[offer.name])
            line = Text(_first_line(kind, loaded))
        except PluginError as error:
            line = Text(f"broken: {error}", style="red")
        except (Exception, SystemExit) as error:  # a list of plugins must survive any of them
            line = Text(f"broken: {type(error).__name__}: {error}", style="red")
        rows.append((Text(name, style="cyan"), Text(kind), Text(offer.package), Text(offer.version), line))
    return rows


def _first_line(kind: str, loaded: Any) -> str:
    if kind == "recipe":
        from dislo_gen.recipe_sources import load_plain

        return str(load_plain(loaded)[0].get("description", ""))
    if kind == "commands":
        return str(loaded.info.help or "").strip().split("\n")[0]
    return (getattr(loaded, "__doc__", None) or "").strip().split("\n")[0]


@plugins_app.command("show")
def show(
    name: Annotated[str, typer.Argument(help="Name of a plugin, as 'dislo-gen plugins' lists it.")],
    kind: Annotated[str | None, typer.Option(help="Its kind, if several kinds have one of that name.")] = None,
    sheet: Annotated[
        Path | None,
        typer.Option(help="Where to draw the sheet, a .png or .jpg file; by default in the user's cache folder."),
    ] = None,
    no_sheet: Annotated[bool, typer.Option("--no-sheet", help="Draw none.")] = False,
) -> None:
    """Explain one plugin: what it does, and its parameters with unit, range and default.

    For a renderer, background, effect or geometry a sheet is drawn: the same scene at the ends and the middle of
    each parameter.
    """
    from dislo_gen.cli.sheets import check_wanted, draw_sheet
    from dislo_gen.registry import find, load

    offer = find(name, kind)
    check_wanted(offer.kind, sheet, no_sheet)
    if offer.kind in ("hook", "recipe"):
        (_show_hook if offer.kind == "hook" else _show_recipe)(offer)
        return
    cls = load(offer.kind, f"{offer.package}:{offer.name}")
    console.say(f"{offer.name}: {offer.kind} of package {offer.package} {offer.version}", style="bold")
    console.say("")
    console.say(_document(cls))
    console.say("")
    console.out.print(_parameter_table(cls))
    console.say(f"\n{_how_to_use(offer)}")
    console.say("A parameter marked * takes a distribution, too.")
    if not no_sheet:
        draw_sheet(offer.kind, offer.name, cls, sheet)


def _how_to_use(offer: Plugin) -> str:
    """Say how a component of this kind is named and set on the command line."""
    if offer.kind in ("model", "metric"):
        setting = f"set a parameter with --set {offer.kind}.PARAMETER=VALUE"
        how = f"Use it in 'dislo-gen train' with --{offer.kind} {offer.name}; {setting}."
        return how + (" 'dislo-gen evaluate' uses every metric." if offer.kind == "metric" else "")
    several = offer.kind in ("geometry", "effect")
    which = f" ({offer.kind}.1.PARAMETER for the second of several)" if several else ""
    return (
        f"Use it with --{offer.kind} {offer.name}; set a parameter with --set {offer.kind}.PARAMETER=VALUE{which}."
    )


def _show_recipe(offer: Plugin) -> None:
    console.say(f"{offer.name}: recipe of package {offer.package} {offer.version}", style="bold")
    console.say(f"\n{Path(str(offer.load())).read_text(encoding='utf-8').strip()}")
    console.say(f"\nUse it with --recipe {offer.name}; any option and --set changes it.")


def _show_hook(offer: Plugin) -> None:
    import inspect

    import attrs

    from dislo_gen.hooks import ALTERING, hook_names

    loaded = offer.load()
    found = [name for name in hook_names() if hasattr(loaded, name)]
    console.say(f"{offer.name}: hook of package {offer.package} {offer.version}", style="bold")
    console.say(f"\n{inspect.cleandoc(loaded.__doc__ or '(it has no description)')}")
    console.say(f"\nIt implements {', '.join(found) or 'no hook'}.")
    if ALTERING in found:
        console.say(f"It alters samples where a recipe names it: --hook {offer.name}.")
    if attrs.has(loaded):
        console.say("")
        console.out.print(_parameter_table(loaded))
        console.say("\nThese are set in its code: no recipe and no --set reaches the parameters of a hook.")


def _document(cls: type) -> str:
    import inspect

    return inspect.cleandoc(cls.__doc__ or "(it has no description)")


def _parameter_table(cls: type) -> Table:
    from dislo_gen.parameters import parameters

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("parameter", "unit", "range", "default", "what it does"):
        table.add_column(heading, overflow="fold")
    for p in parameters(cls):
        mark = "*" if p.varied or p.distribution else ""
        row = (p.name + mark, p.unit, range_text(p), default_text(p), p.help)
        table.add_row(*(Text(cell) for cell in row))
    return table


def range_text(parameter: Parameter) -> str:
    """Say which values a parameter allows."""
    from dislo_gen.numeric import number_text

    if parameter.choices is not None:
        return ", ".join(map(str, parameter.choices))
    if parameter.type in (int, float):
        return f"{number_text(parameter.range.low)} to {number_text(parameter.range.high)}"
    return parameter.expected()


def default_text(parameter: Parameter) -> str:
    """Write a parameter's default as a recipe would."""
    import attrs

    from dislo_gen.component_tables import write_value

    if parameter.default is attrs.NOTHING:
        return "(required)"
    return "" if parameter.default is None else _toml(write_value(parameter, parameter.default))


def _toml(value: Any) -> str:
    """Write a default as a recipe would."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_toml(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_toml(part) for part in value) + "]"
    return json.dumps(value)


plugins_app.command("check")(check)
