"""``dislo-gen plugins check``."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from dislo_gen.cli import console
from dislo_gen.cli.kinds import BY_WORD

if TYPE_CHECKING:
    from dislo_gen.registry import Plugin
    from dislo_gen.testing import Outcome


NameArgument = Annotated[
    list[str],
    typer.Argument(
        metavar="[KIND] NAME",
        help="Name of a plugin, as 'dislo-gen plugins' lists it: pileup, or geometry pileup.",
    ),
]
KindOption = Annotated[
    str | None,
    typer.Option(metavar="KIND", help="Its kind, such as effect, if several kinds have one of that name."),
]


def name_and_kind(words: Sequence[str], kind: str | None) -> tuple[str, str | None]:
    """Return the name and the kind that words stand for: ``pileup``, or ``geometry pileup``.

    Args:
        words: of the command line.
        kind: that an option says.

    Raises:
        PluginError: they are something else.
    """
    from dislo_gen.errors import PluginError, did_you_mean

    *before, name = words
    if not before:
        return name, kind
    if len(before) > 1:
        raise PluginError(f"{' '.join(words)}: one plugin at a time, by its name or by its kind and name")
    found = BY_WORD.get(before[0])
    if found is None:
        hint = did_you_mean(before[0], sorted(BY_WORD))
        raise PluginError(f"{' '.join(words)}: '{before[0]}' is no kind of plugin{hint}")
    if kind not in (None, found.kind):
        raise PluginError(f"{' '.join(words)} --kind {kind}: say one kind")
    return name, found.kind


def check(
    words: NameArgument,
    kind: KindOption = None,
    set_: Annotated[
        list[str],
        typer.Option("--set", metavar="PARAMETER=VALUE", help="Check it with this value instead of its default."),
    ] = [],  # noqa: B006 - Typer reads the default and never changes it
) -> None:
    """Check that a plugin keeps its interface's contract; exit status 1 if it does not.

    The same checks run in the plugin's own tests: see dislo_gen.testing.
    """
    from dislo_gen.testing import checks_for, run_checks

    name, kind = name_and_kind(words, kind)
    found_kind, plugin = _find(name, kind, set_)
    outcomes = []
    total = len(checks_for(found_kind))
    with console.progress_bar("checks", "checks") as update:
        update(0, total)
        for done, outcome in enumerate(run_checks(plugin), start=1):
            outcomes.append(outcome)
            update(done, total)
    failed = sum(not outcome.passed for outcome in outcomes)
    console.page(_table(outcomes))
    if failed:
        console.say(f"\n{found_kind} '{name}' fails {failed} of {total} checks:", style="red")
        for outcome in outcomes:
            if not outcome.passed:
                console.say(f"  {outcome.name}: {(outcome.problem or '').splitlines()[0]}")
        raise typer.Exit(1)
    console.say(f"\n{found_kind} '{name}' passes all {total} checks.", style="green")
    console.end(("to see it", f"dislo-gen plugins show {shlex.quote(name)}"))


def _table(outcomes: Sequence[Outcome]) -> RenderableType:
    """Return a row for each check: what it demands, and below that how a check was failed."""
    if console.is_narrow():
        return console.below((_passed(each).append(f"  {each.name}"), _found(each)) for each in outcomes)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("", "check"):
        table.add_column(heading, no_wrap=True)
    table.add_column("what it demands", overflow="fold")
    for outcome in outcomes:
        table.add_row(_passed(outcome), Text(outcome.name, style="cyan"), _found(outcome))
    return table


def _passed(outcome: Outcome) -> Text:
    return Text("passed", style="green") if outcome.passed else Text("FAILED", style="bold red")


def _found(outcome: Outcome) -> Text:
    found = Text(outcome.demand)
    if outcome.problem:
        found.append(f"\n{outcome.problem}", style="red")
    return found


def _find(name: str, kind: str | None, settings: list[str]) -> tuple[str, Any]:
    """Return a plugin's kind, and the component or hook to be checked."""
    from dislo_gen.component_tables import USE
    from dislo_gen.convert import read_as
    from dislo_gen.errors import PluginError, RecipeError
    from dislo_gen.interfaces import INTERFACES
    from dislo_gen.registry import find
    from dislo_gen.settings import parse_setting

    offer = find(name, kind)
    full_name = f"{offer.package}:{offer.name}"
    if offer.kind == "recipe":
        raise PluginError(f"'{name}' is a recipe; --recipe {name} reads it, and that is its check")
    if offer.kind == "weights":
        raise PluginError(f"'{name}' stands for a file of weights; 'dislo-gen weights {name}' reads it")
    if offer.kind == "hook":
        if settings:
            raise PluginError(f"'{name}' is a hook, and no --set reaches the parameters of a hook")
        return "hook", _hook(offer)
    table: dict[str, Any] = {USE: full_name}
    for text in settings:
        keys, value = parse_setting(text.removeprefix(f"{offer.kind}."))
        if len(keys) > 1:
            raise PluginError(f"--set {'.'.join(keys)}: write PARAMETER=VALUE, with a parameter of '{name}'")
        table[keys[0]] = value
    return offer.kind, read_as(table, INTERFACES[offer.kind], "", RecipeError, root=offer.kind)


def _hook(offer: Plugin) -> Any:
    """Return what a hook's entry point names, if an object can be made of it."""
    from dislo_gen.errors import PluginError
    from dislo_gen.testing.subject import Subject

    hook = offer.load()
    try:
        Subject.of(hook)
    except Exception as error:
        raise PluginError(
            f"hook '{offer.name}' from package {offer.package} cannot be made: {type(error).__name__}: {error}"
        ) from error
    return hook
