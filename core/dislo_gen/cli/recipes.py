"""``dislo-gen recipes``."""

from __future__ import annotations

from typing import Annotated

import typer

from dislo_gen.cli.kinds import BY_WORD


def recipes(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME]",
            help="A recipe to show as it is written; without one, all are listed.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """List the ready recipes, or show one.

    A recipe says what images shall look like: numbers, and ranges that a new number is drawn from for each image.
    """
    if name is None:
        from dislo_gen.cli.listing import list_kind

        list_kind(BY_WORD["recipe"])
    else:
        from dislo_gen.cli.plugins import show_recipe
        from dislo_gen.registry import find

        show_recipe(find(name, "recipe"))
