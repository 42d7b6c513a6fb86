"""``dislo-gen schema``."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated

import typer


class Name(StrEnum):
    """The files that have a schema."""

    recipe = "recipe"
    record = "record"
    dataset = "dataset"
    training = "training"
    evaluation = "evaluation"
    predictions = "predictions"
    prediction = "prediction"


def schema(name: Annotated[Name, typer.Argument(help="Which file.")] = Name.recipe) -> None:
    """Print the JSON Schema of a file, with the parameters of every installed plugin.

    Editors complete and check recipes with it: 'dislo-gen schema > recipe.schema.json'.
    """
    from dislo_gen.schema import schema as build

    typer.echo(json.dumps(build(name.value), indent=2))
