"""``dislo-gen new-plugin``."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from dislo_gen import paths
from dislo_gen.cli import console


def new_plugin(
    name: Annotated[str, typer.Argument(help="What people will type, such as edge-loops.")],
    kind: Annotated[
        str,
        typer.Option(help="geometry, background, renderer, effect, writer, model, metric or hook."),
    ],
    directory: Annotated[
        Path, typer.Option("--dir", help="Where the package's own folder, dislo-gen-NAME, is made.")
    ] = Path(),
    license_: Annotated[
        str, typer.Option("--license", help="BSD-3-Clause, MIT, Apache-2.0 or GPL-3.0-or-later.")
    ] = "BSD-3-Clause",
    author: Annotated[str | None, typer.Option(help="Whose it is; by default whom git knows as its user.")] = None,
) -> None:
    """Begin a package with a plugin of your own, which works as it comes.

    It holds a class with two parameters, its tests, a README and a licence. Install it, try it, and change it
    into what you need.
    """
    from dislo_gen.scaffold import new_plugin as write

    folder = write(name, kind, directory, license_, author)
    files = sorted(
        (root / name).relative_to(folder).as_posix() for root, _, names in paths.walk(folder) for name in names
    )
    console.say(f"{kind} '{name}' is begun in {folder}:")
    for file in files:
        console.say(f"  {file}")
    console.end(
        ("look at", str(folder / "README.md")),
        ("to use it", f"pip install -e {shlex.quote(f'{folder}[test]')}"),
        ("to check it", f"dislo-gen plugins check {name}"),
    )
