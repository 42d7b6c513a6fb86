"""Where a recipe's plain data come from: a file, a ready recipe, names put into it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from dislo_gen import paths
from dislo_gen.component_tables import USE
from dislo_gen.errors import DatasetError, PluginError, RecipeError, shown
from dislo_gen.plain import read_json, read_toml
from dislo_gen.registry import choose, discover


def load_plain(source: str | Path) -> tuple[dict[str, Any], str, Path]:
    """Return a recipe's plain data, what to call it in messages, and the folder its paths are relative to.

    Raises:
        RecipeError: there is no such file and no ready recipe of that name.
    """
    path = Path(source)
    try:
        is_file = path.suffix.lower() in (".toml", ".json") or paths.is_file(path)
        folder = paths.absolute(path).parent if is_file else path
    except DatasetError as error:
        raise RecipeError(str(error)) from None
    if is_file:
        plain = read_json(path, RecipeError) if path.suffix.lower() == ".json" else read_toml(path)
        if isinstance(plain, dict) and str(plain.get("format", "")).startswith("dislo-gen "):
            if "recipe" not in plain:
                raise RecipeError(f"{path}: recipe: is missing")
            plain = plain["recipe"]  # of a record or a dataset.json
        if not isinstance(plain, dict):
            raise RecipeError(f"{path}: a recipe is a table, not {shown(plain)}")
        return plain, str(path), folder
    try:
        ready = choose("recipe", str(source), discover("dislo_gen.recipe")).load()
    except PluginError as error:
        raise RecipeError(f"{error}; a recipe is a .toml or .json file, or one of these names") from None
    return read_toml(Path(str(ready))), f"recipe '{source}'", Path(str(ready)).parent


def with_names(
    plain: dict[str, Any],
    background: str | None = None,
    geometry: str | Iterable[str] = (),
    renderer: str | None = None,
    effect: str | Iterable[str] = (),
    size: object = None,
    hooks: str | Iterable[str] = (),
) -> dict[str, Any]:
    """Put components into a recipe's plain data by name.

    A component that is there already under this name keeps the parameters the recipe gives it.
    """
    changed = dict(plain)
    for slot, name in (("background", background), ("renderer", renderer)):
        if name is not None and _name(plain.get(slot)) != name:
            changed[slot] = {USE: name}
    for slot, given in (("geometry", geometry), ("effect", effect)):
        names = _several(given)
        if names:
            old = plain.get(slot)
            there = {_name(part): part for part in reversed(old)} if isinstance(old, list) else {}
            changed[slot] = [there.get(name, {USE: name}) for name in names]
    if size is not None:
        changed["size"] = size
    if _several(hooks):
        changed["hooks"] = list(_several(hooks))
    return changed


def _several(names: str | Iterable[str]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)


def _name(part: Any) -> Any:
    return part.get(USE) if isinstance(part, dict) else part
