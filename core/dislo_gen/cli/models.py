"""``dislo-gen models`` and ``dislo-gen weights``."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated, Any

import typer

from dislo_gen.cli import console
from dislo_gen.cli.kinds import BY_WORD

_EXPECTED = (
    "Each takes grey pictures of any size. The size of pictures and the width of lines that a trained network "
    "expects are those of the images it learnt from: 'dislo-gen weights NAME' tells."
)


def models(
    names: Annotated[
        list[Path],
        typer.Argument(
            metavar="[NAME]...",
            help="Networks or weights to explain, names or files; without any, all networks are listed.",
            show_default=False,
        ),
    ] = [],  # noqa: B006 - Typer reads the default and never changes it
) -> None:
    """List the networks that can be trained, or explain one.

    A trained network is a file of weights; 'dislo-gen weights' lists those that come with packages.
    """
    from dislo_gen import paths
    from dislo_gen.cli.plugins import show
    from dislo_gen.registry import plugins

    for name in names:
        if not paths.exists(name) and str(name) in {offer.name for offer in plugins("model")}:
            show([str(name)], "model", no_sheet=True)
        else:
            explain(name)
    if not names:
        list_models()


def weights(
    names: Annotated[
        list[Path],
        typer.Argument(
            metavar="[WEIGHTS]...",
            help="Weights to explain, names or files; without any, those that come with packages are listed.",
            show_default=False,
        ),
    ] = [],  # noqa: B006 - Typer reads the default and never changes it
) -> None:
    """List trained networks that come with packages, or explain what one has learnt.

    Weights are what a network has learnt: the file that 'dislo-gen train' writes and 'dislo-gen predict' uses.
    """
    for name in names:
        explain(name)
    if not names:
        from dislo_gen.cli.listing import list_kind

        list_kind(BY_WORD["weights"])


def list_models() -> None:
    """List the networks that can be trained, with what they can tell apart and how large they are."""
    from dislo_gen.cli.listing import list_kind
    from dislo_gen.defaults import default_model_name

    list_kind(BY_WORD["model"], _facts)
    console.say(f"\n'dislo-gen train' takes {default_model_name()} unless --model says otherwise. {_EXPECTED}")


def _facts(cls: Any) -> str:
    """Say in a few words how large a network is."""
    from dislo_gen.errors import DisloGenError

    try:
        model = cls()
        return f"{model.channels} channels, {_numbers(model)}"
    except DisloGenError as error:
        return f"broken: {error}"


def _numbers(model: Any) -> str:
    from dislo_gen.errors import MissingExtraError
    from dislo_gen.extras import require_torch

    try:
        require_torch()
    except MissingExtraError:
        return "how many weights is known where dislo-gen[train] is installed"
    from dislo_gen.learning.network import build_network, count_parameters

    return f"{count_parameters(build_network(model)) / 1e6:.1f} million weights"


def explain(path: Path) -> None:
    """Say what a file of weights, or a name of one, has learnt."""
    from dislo_gen.extras import require_torch

    require_torch("Reading weights")
    from dislo_gen.learning import read_card
    from dislo_gen.ready_weights import find_weights

    asked, path = path, find_weights(path)
    card = read_card(path)
    width, height = card.size
    console.say(f"{path}", style="bold")
    parameters = ", ".join(f"{name} {value}" for name, value in card.model.items() if name != "use")
    names = [str(recipe.get("description") or "a recipe").split(".")[0] for recipe in card.recipes]
    sources = "; ".join(dict.fromkeys([*names, *card.data]))
    rows = [
        ("network", f"{card.model['use']} of {card.plugin.package} {card.plugin.version}: {parameters}"),
        ("expects", f"pictures scaled to about {width} x {height} px"),
        ("learnt", f"{card.images} images, each anew, in {card.epochs} epochs: {sources}"),
        ("reached", ", ".join(f"{name} {value:.3f}" for name, value in card.scores.items())),
        ("finds", ", ".join(f"{name} {value:g}" for name, value in card.finding.items())),
        ("made by", ", ".join(f"{name} {version}" for name, version in card.versions.items())),
    ]
    console.table([row for row in rows if row[1]])
    console.say("")
    console.end(("try it", f"dislo-gen predict IMAGES --model {shlex.quote(str(asked))}"))
