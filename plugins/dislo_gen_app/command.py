"""``dislo-gen app``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dislo_gen import MissingExtraError, Recipe

app = typer.Typer()


@app.command()
def show(
    pictures: Annotated[
        list[Path],
        typer.Argument(help="Pictures and films to find lines in, or folders of them.", show_default=False),
    ] = [],  # noqa: B006 - Typer reads the default and never changes it
    out: Annotated[
        Path, typer.Option("--out", "-o", help="Folder in which the page saves what you ask it to save.")
    ] = Path(),
    recipe: Annotated[
        str | None, typer.Option(help="Recipe to begin with: a file, or a name.", show_default=False)
    ] = None,
    model: Annotated[
        str, typer.Option(metavar="WEIGHTS", help="Network that finds lines: a file, or a name.")
    ] = "starter",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the page; 0 takes one that is free.")] = 0,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Whether to open the page in a browser.")
    ] = True,
) -> None:
    """Open a page in the browser: make images and find lines with sliders, and see at once what each does.

        dislo-gen app
        dislo-gen app my-film.tif

    The page is for you alone: it is served to this machine only, and its address holds a key. It reads the
    pictures named here and those that are dropped on it, writes into --out, and fetches nothing from elsewhere.
    Ctrl-C ends it.
    """
    try:
        from dislo_gen_app.page import serve_page
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("nicegui", "uvicorn", "fastapi", "starlette"):
            raise
        raise MissingExtraError(
            f"the page needs {error.name}, which is not installed: pip install 'dislo-gen[app]'"
        ) from None
    if recipe is not None:
        Recipe.load(recipe)  # a mistake in it is told here, before there is a page
    serve_page(pictures, out, recipe, model, port, browser)
