"""``dislo-gen plugins``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from dislo_gen.cli import console
from dislo_gen.cli.check import KindOption, NameArgument, check, name_and_kind
from dislo_gen.cli.help_pages import Command, Group, filled
from dislo_gen.cli.kinds import BY_WORD, KINDS, Kind
from dislo_gen.errors import DisloGenError
from dislo_gen.parameters import Parameter
from dislo_gen.registry import Plugin

_WIDE = 110  # columns that a table of parameters needs


class _Plugins(Group):
    """Its commands, and a word for each kind; other words are told which are understood."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command that the first word names."""
        word = args[0] if args else ""
        if word and not word.startswith("-") and self.get_command(ctx, word) is None:
            raise _unknown(word)
        return super().resolve_command(ctx, args)


plugins_app = typer.Typer(
    cls=_Plugins,
    invoke_without_command=True,
    help=f"""List what is installed, by kind; what is broken with the reason.

    Each kind alone: {", ".join(kind.title.lower() for kind in KINDS)}.

        dislo-gen plugins
        dislo-gen plugins effects
        dislo-gen plugins show pileup
    """,
)


@plugins_app.callback()
def list_plugins(context: typer.Context) -> None:
    """List what is installed."""
    if context.invoked_subcommand is None:
        from dislo_gen.cli.listing import list_all

        list_all()


def _add_kind(word: str, kind: Kind | None) -> None:
    """Let a word after ``plugins`` list one kind, or everything."""

    def show_kind() -> None:
        from dislo_gen.cli.listing import list_all, list_kind
        from dislo_gen.cli.models import list_models

        if kind is None:
            list_all()
        elif kind.kind == "model":
            list_models()
        else:
            list_kind(kind)

    plugins_app.command(word, hidden=True, cls=Command, help="List one kind.")(show_kind)


def _unknown(word: str) -> DisloGenError:
    """Say that a word after ``plugins`` is neither a command nor a kind."""
    from dislo_gen.errors import PluginError, did_you_mean
    from dislo_gen.registry import plugins

    names = {offer.name for kind in KINDS if kind.kind != "command" for offer in plugins(kind.kind)}
    if word in names:
        return PluginError(f"plugins {word}: to explain it, write 'dislo-gen plugins show {word}'")
    hint = did_you_mean(word, ["show", "check", "list", *BY_WORD])
    return PluginError(
        f"plugins {word}: there is no such kind and no such command{hint} (see dislo-gen plugins --help)"
    )


@plugins_app.command("show", cls=Command)
def show(
    words: NameArgument,
    kind: KindOption = None,
    sheet: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Where to draw the sheet, a .png or .jpg file; by default in the user's cache folder.",
        ),
    ] = None,
    no_sheet: Annotated[bool, typer.Option("--no-sheet", help="Draw none.")] = False,
) -> None:
    """Explain one plugin: what it does, and its parameters with unit, range and default.

    For a renderer, background, effect or geometry a sheet is drawn: the same scene at the ends and the middle of
    each parameter.
    """
    from dislo_gen.cli.sheets import check_wanted, draw_sheet
    from dislo_gen.registry import find, load

    offer = find(*name_and_kind(words, kind))
    check_wanted(offer.kind, sheet, no_sheet)
    if offer.kind in _SHOWN_OTHERWISE:
        _SHOWN_OTHERWISE[offer.kind](offer)
        return
    cls = load(offer.kind, f"{offer.package}:{offer.name}")
    console.say(f"{offer.name}: {offer.kind} of package {offer.package} {offer.version}", style="bold")
    console.say("")
    console.say(_document(cls))
    console.say("")
    console.page(_parameter_table(cls))
    console.say(f"\n{_how_to_use(offer)}")
    console.say("A parameter marked * takes a distribution, too.")
    drawn = None if no_sheet else draw_sheet(offer.kind, offer.name, cls, sheet)
    console.end(*([("look at", str(drawn))] if drawn else []), ("try it", _trial(offer)))


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


def _trial(offer: Plugin) -> str:
    """Return a command that uses a component."""
    if offer.kind == "model":
        return f"dislo-gen train --model {offer.name} -o {offer.name}-run"
    if offer.kind == "metric":
        return f"dislo-gen evaluate starter --on m2 -n 20 --metric {offer.name}"
    return f"dislo-gen --{offer.kind} {offer.name} -o {offer.name}-data"


def show_recipe(offer: Plugin) -> None:
    """Print a recipe as it is written, and how to use it; all else is a comment, so that it can be kept as a file.

    ``dislo-gen recipes narrow > mine.toml`` gives a file that ``--recipe mine.toml`` reads.
    """
    console.say(f"# {offer.name}: recipe of package {offer.package} {offer.version}", style="bold")
    console.out.print(Text(f"\n{Path(str(offer.load())).read_text(encoding='utf-8').strip()}\n"))
    kept = f"dislo-gen recipes {offer.name} > mine.toml, change it, dislo-gen --recipe mine.toml"
    console.end(
        ("# to try it", f"dislo-gen --recipe {offer.name} -o {offer.name}-data"), ("# to make it yours", kept)
    )


def _show_weights(offer: Plugin) -> None:
    from dislo_gen.cli.models import explain

    explain(Path(offer.name))


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
        console.page(_parameter_table(loaded))
        console.say("\nThese are set in its code: no recipe and no --set reaches the parameters of a hook.")


_SHOWN_OTHERWISE = {"hook": _show_hook, "recipe": show_recipe, "weights": _show_weights}


def _document(cls: type) -> str:
    return filled(cls.__doc__ or "(it has no description)")


def _parameter_table(cls: type) -> RenderableType:
    from dislo_gen.parameters import parameters

    if console.is_narrow(_WIDE):
        return console.below((_heading(p), Text(p.help)) for p in parameters(cls))
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("parameter", "unit", "range", "default", "what it does"):
        table.add_column(heading, overflow="fold")
    for p in parameters(cls):
        row = (_marked(p), p.unit, range_text(p), default_text(p), p.help)
        table.add_row(*(Text(cell) for cell in row))
    return table


def _marked(parameter: Parameter) -> str:
    return parameter.name + ("*" if parameter.varied or parameter.distribution else "")


def _heading(parameter: Parameter) -> Text:
    facts = f"  {range_text(parameter)} {parameter.unit}".rstrip()
    default = default_text(parameter)
    return Text.assemble((_marked(parameter), "bold"), facts, f"; default {default}" if default else "")


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


plugins_app.command("check", cls=Command)(check)
_add_kind("list", None)
for _word, _kind in BY_WORD.items():
    _add_kind(_word, _kind)
