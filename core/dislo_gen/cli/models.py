"""``dislo-gen models``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from dislo_gen.cli import console

_EXPECTED = (
    "Each takes grey pictures of any size, standardised to mean 0 and standard deviation 1, and gives a",
    "probability for each pixel and channel; most have a channel for each instance. What a network learnt from",
    "decides the size of pictures that it expects: 'dislo-gen models WEIGHTS' tells. 'dislo-gen plugins show'",
    "with a NAME has the parameters.",
)


def models(
    weights: Annotated[
        list[Path],
        typer.Argument(
            help="Weights to explain, files or names; without any, what is installed.", show_default=False
        ),
    ] = [],  # noqa: B006 - Typer reads the default and never changes it
) -> None:
    """List the networks that are installed and what each expects, or explain weights files."""
    if weights:
        for path in weights:
            _explain(path)
    else:
        _list()


def _list() -> None:
    from dislo_gen.defaults import default_model_name
    from dislo_gen.errors import DisloGenError
    from dislo_gen.registry import discover, load, plugins

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("name", "package", "channels", "numbers"):
        table.add_column(heading, no_wrap=True)
    table.add_column("what it is", overflow="fold")
    for offer in plugins("model"):
        try:
            cls: Any = load("model", f"{offer.package}:{offer.name}")
            line = (cls.__doc__ or "").strip().split("\n")[0]
            model = cls()
            row = [offer.name, f"{offer.package} {offer.version}", str(model.channels), _numbers(model), line]
        except DisloGenError as error:
            row = [offer.name, f"{offer.package} {offer.version}", "", "", f"broken: {error}"]
        table.add_row(*map(Text, row))
    console.out.print(table)
    console.say("")
    ready = ", ".join(offer.name for offer in discover("dislo_gen.weights"))
    console.say(f"'dislo-gen train' takes {default_model_name()} unless --model says otherwise.")
    console.say(f"Ready weights: {ready or 'none'}; 'dislo-gen models NAME' explains them.")
    for line in _EXPECTED:
        console.say(line)


def _numbers(model: Any) -> str:
    from dislo_gen.errors import MissingExtraError
    from dislo_gen.extras import require_torch

    try:
        require_torch()
    except MissingExtraError:
        return "needs dislo-gen[train]"
    from dislo_gen.learning.network import build_network, count_parameters

    return f"{count_parameters(build_network(model)) / 1e6:.1f} million"


def _explain(path: Path) -> None:
    from dislo_gen.extras import require_torch

    require_torch("Reading weights")
    from dislo_gen.learning import read_card
    from dislo_gen.ready_weights import find_weights

    path = find_weights(path)
    card = read_card(path)
    width, height = card.size
    console.say(f"{path}", style="bold")
    parameters = ", ".join(f"{name} {value}" for name, value in card.model.items() if name != "use")
    console.say(f"  network   {card.model['use']} of {card.plugin.package} {card.plugin.version}: {parameters}")
    console.say(f"  expects   pictures scaled to about {width} x {height} px")
    names = [str(recipe.get("description") or "a recipe").split(".")[0] for recipe in card.recipes]
    sources = "; ".join(dict.fromkeys([*names, *card.data]))
    console.say(f"  learnt    {card.images} images in {card.epochs} epochs: {sources}")
    console.say(f"  reached   {', '.join(f'{name} {value:.3f}' for name, value in card.scores.items())}")
    if card.finding:
        console.say(f"  finds     {', '.join(f'{name} {value:g}' for name, value in card.finding.items())}")
    console.say(f"  made by   {', '.join(f'{name} {version}' for name, version in card.versions.items())}")
