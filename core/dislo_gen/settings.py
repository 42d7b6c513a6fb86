"""``--set PATH=VALUE``: change one value of a recipe from the command line."""

from __future__ import annotations

import copy
import re
import tomllib
from collections.abc import Iterable
from typing import Any

from dislo_gen.component_tables import USE
from dislo_gen.convert import TypedHere
from dislo_gen.errors import RecipeError, shown
from dislo_gen.plain import MAX_DEPTH, check_depth

SINGLE_SLOTS = ("background", "renderer", "writer")
LIST_SLOTS = ("geometry", "effect")


_OPENINGS = ("[", "{", '"', "'")
_PLAIN_REASONS = {  # tomllib's words are about a document, which nobody wrote here
    "Invalid value": "words in it stand in double quotes and the whole setting in single ones, such as "
    '--set \'PATH={choice=["a", "b"]}\'',
    "Expected newline or end of document after a statement": "something follows where it ends",
}


def parse_setting(text: str) -> tuple[list[str], Any]:
    """Split ``PATH=VALUE``. The value is read as TOML; what is not TOML is taken as a bare text.

    A list or a table is returned as such, anything else as a `TypedHere`, which knows both what was typed and
    what TOML makes of it.

    Raises:
        RecipeError: there is no ``=`` or no path, or the value begins like a TOML list, table or text and is none.
    """
    path, equals, value = text.partition("=")
    keys = [key.strip() for key in path.split(".")]
    if len(keys) > MAX_DEPTH:
        raise RecipeError(f"--set {shown(path)}: a path of {len(keys)} parts leads nowhere")
    if not equals or not all(keys):
        raise RecipeError(f"--set {text}: write PATH=VALUE, such as --set background.wavelength_1=40")
    parsed, reason = _parse_value(value)
    if reason and value.lstrip().startswith(_OPENINGS):
        raise RecipeError(f"--set {path}: {shown(value)} is not a TOML value: {reason}")
    if reason or isinstance(parsed, str):
        return keys, TypedHere(value if reason else parsed)
    return keys, parsed if isinstance(parsed, (list, dict)) else TypedHere(value.strip(), parsed)


def _parse_value(value: str) -> tuple[Any, str]:
    """Return what TOML makes of a value, and why it makes nothing of it ("" if it does)."""
    try:
        table = check_depth(tomllib.loads(f"value = {value}"))
    except RecursionError:
        return None, "it is nested too deeply"
    except tomllib.TOMLDecodeError as error:
        if str(error).endswith("(at end of document)"):
            return None, "it is not closed"
        reason = re.sub(r" \(at .*\)$", "", str(error))  # the place counts characters the user did not type
        return None, _PLAIN_REASONS.get(reason, reason[0].lower() + reason[1:])
    except ValueError:
        return None, "a number in it has thousands of digits"
    if set(table) != {"value"}:
        return None, "more lines follow it"
    return table["value"], ""


def split_settings(settings: Iterable[str], slot: str = "writer") -> tuple[list[str], list[str]]:
    """Return the settings that are not of a slot, and those that are: a writer is no part of a recipe."""
    rest: list[str] = []
    of_slot: list[str] = []
    for text in settings:
        (of_slot if setting_key(text) == slot else rest).append(text)
    return rest, of_slot


def setting_key(text: str) -> str:
    """Return the first part of a setting's path."""
    return text.partition("=")[0].partition(".")[0].strip()


def apply_settings(recipe: dict[str, Any], settings: Iterable[str]) -> dict[str, Any]:
    """Return a recipe's plain data with settings applied, in order; the given data stays as it was.

    ``renderer=cairo`` swaps a whole component, ``renderer.blend=over`` one parameter. Where a recipe holds just
    one geometry (or effect), its number may be left out: ``geometry.pileups=3``.

    Raises:
        RecipeError: a path leads nowhere.
    """
    changed = copy.deepcopy(recipe)
    for slot in SINGLE_SLOTS:
        if slot in changed:
            changed[slot] = _component(changed[slot])
    for slot in LIST_SLOTS:
        if isinstance(changed.get(slot), list):
            changed[slot] = [_component(part) for part in changed[slot]]
    for text in settings:
        keys, value = parse_setting(text)
        _set(changed, keys, value, text)
    return changed


def _set(data: dict[str, Any], keys: list[str], value: Any, text: str) -> None:
    slot = keys[0]
    if slot in LIST_SLOTS:
        _set_in_list(data, keys, value, text)
        return
    if slot in SINGLE_SLOTS and len(keys) == 1:
        data[slot] = _component(value)
        return
    target = data
    for key in keys[:-1]:
        inner = target.setdefault(key, {})
        if not isinstance(inner, dict):
            raise RecipeError(f"--set {text}: '{key}' holds one value and has no '{keys[-1]}'")
        target = inner
    _put(target, keys[-1], value)


def _set_in_list(data: dict[str, Any], keys: list[str], value: Any, text: str) -> None:
    slot, rest = keys[0], keys[1:]
    if not rest:
        parts = value if isinstance(value, list) else [value]
        data[slot] = [_component(part) for part in parts]
        return
    items = data.setdefault(slot, [])
    if not isinstance(items, list):
        raise RecipeError(f"--set {text}: the recipe's '{slot}' is not a list, but {shown(items)}")
    if rest[0].isdecimal():
        number, rest = int(rest[0]), rest[1:]
    elif len(items) == 1:
        number = 0
    else:
        raise RecipeError(
            f"--set {text}: there are {len(items)} of '{slot}'; say which, such as {slot}.0.{rest[0]}"
        )
    if number >= len(items):
        raise RecipeError(f"--set {text}: there is no {slot}.{number}; the recipe has {len(items)}")
    if not rest:
        items[number] = _component(value)
    elif not isinstance(items[number], dict):
        raise RecipeError(f"--set {text}: the recipe's {slot}.{number} is not a table, but {shown(items[number])}")
    elif len(rest) == 1:
        _put(items[number], rest[0], value)
    else:
        raise RecipeError(
            f"--set {text}: a parameter is {slot}.{number}.NAME; give a distribution whole, as a value"
        )


def _put(target: dict[str, Any], key: str, value: Any) -> None:
    if key == USE and USE in target:
        target.clear()  # the parameters were another component's
    target[key] = value


def _component(value: Any) -> Any:
    return {USE: value} if isinstance(value, str) else value
