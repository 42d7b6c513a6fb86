"""A recipe as the command that makes its images."""

from __future__ import annotations

import functools
import re
import shlex
from typing import Any

import tomlkit
from tomlkit.items import Item

from dislo_gen import DisloGenError, Recipe
from dislo_gen_app.making.parts import USE

_BARE = re.compile(r"[A-Za-z/][\w./-]*")
_SLOTS = ("background", "geometry", "renderer", "effect")


def command_line(recipe: Recipe, base: str | None = None, *rest: str) -> str:
    """Return the shortest command that makes images of a recipe, quoted for a shell.

    Args:
        recipe: what to make.
        base: name or file of the recipe to start from; None for the usual one.
        rest: words that follow, such as ``-n 1000``.
    """
    return shlex.join(["dislo-gen", *recipe_words(recipe, base), *rest])


def recipe_words(recipe: Recipe, base: str | None = None) -> list[str]:
    """Return the words of the command line that make a recipe of another.

    Raises:
        DisloGenError: no words can say this recipe, or the base cannot be read.
    """
    begun = _begun(base)
    if begun == Recipe.from_names():
        base = None
    names = _names(recipe)
    changed = {slot: names[slot] for slot in _SLOTS if names[slot] != _names(begun)[slot] and names[slot]}
    hooks = recipe.hooks if recipe.hooks != begun.hooks else ()
    size = recipe.size.xy if recipe.size != begun.size else None
    build = functools.partial(
        Recipe.from_names,
        next(iter(changed.get("background", ())), None),
        changed.get("geometry", ()),
        next(iter(changed.get("renderer", ())), None),
        changed.get("effect", ()),
        size,
        base,
        hooks=hooks,
    )
    settings = _settings(build(), recipe)
    if build(settings=settings) != recipe:
        raise DisloGenError("this recipe cannot be said on the command line; save it as a file")
    words = ["--recipe", base] if base is not None else []
    for slot in _SLOTS:
        for name in changed.get(slot, ()):
            words += [f"--{slot}", name]
    for hook in hooks:
        words += ["--hook", hook]
    for setting in settings:
        words += ["--set", setting]
    if size:
        words += ["--size", f"{size[0]}" if size[0] == size[1] else f"{size[0]}x{size[1]}"]
    return words


def _begun(base: str | None) -> Recipe:
    return Recipe.from_names() if base is None else Recipe.load(base)


def _names(recipe: Recipe) -> dict[str, list[str]]:
    plain = recipe.to_dict()
    return {
        "background": [plain["background"][USE]],
        "geometry": [part[USE] for part in plain["geometry"]],
        "renderer": [plain["renderer"][USE]],
        "effect": [part[USE] for part in plain["effect"]],
    }


def _settings(have: Recipe, want: Recipe) -> list[str]:
    """Return what is to be set in a recipe of the same components, or of no effects, to make another of it."""
    found: list[str] = []
    old, new = have.to_dict(), want.to_dict()
    if old["description"] != new["description"]:
        found.append(f"description={_value(new['description'])}")
    if old["hooks"] and not new["hooks"]:
        found.append("hooks=[]")
    if old["labels"] != new["labels"]:
        found += [f"labels.{name}={_value(value)}" for name, value in new["labels"].items()]
    for slot in ("background", "renderer"):
        found += _part_settings(slot, old[slot], new[slot])
    for slot in ("geometry", "effect"):
        if old[slot] and not new[slot]:
            found.append(f"{slot}=[]")
            continue
        alone = len(new[slot]) == 1
        for number, (before, after) in enumerate(zip(old[slot], new[slot], strict=True)):
            found += _part_settings(slot if alone else f"{slot}.{number}", before, after)
    return found


def _part_settings(path: str, old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    differing = {name: value for name, value in new.items() if old.get(name) != value}
    changes = [f"{path}.{name}={_value(value)}" for name, value in differing.items()]
    if set(old) <= set(new):
        return changes
    # What is there and should not be goes only by beginning the component anew.
    return [f"{path}.{USE}={new[USE]}", *(f"{path}.{name}={_value(new[name])}" for name in new if name != USE)]


def _value(value: Any) -> str:
    """Return plain data as ``--set`` reads it."""
    if isinstance(value, str) and _BARE.fullmatch(value):
        return value
    return _item(value).as_string()


def _item(value: Any) -> Item:
    if isinstance(value, dict):
        table = tomlkit.inline_table()
        for key, part in value.items():
            table.append(key, _item(part))
        return table
    if isinstance(value, (list, tuple)):
        array = tomlkit.array()
        for part in value:
            array.append(_item(part))
        return array
    item: Item = tomlkit.item(value)
    return item
