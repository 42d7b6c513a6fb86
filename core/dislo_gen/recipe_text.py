"""A recipe as a file that a person reads: what differs from the components' defaults, each with its meaning."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import attrs

from dislo_gen.component_tables import USE, write_component
from dislo_gen.convert import converter
from dislo_gen.parameters import Parameter, parameters

if TYPE_CHECKING:
    from tomlkit.items import Item, Table

    from dislo_gen.component import Component
    from dislo_gen.recipe import Recipe

_LONGEST_LINE = 115


def recipe_text(recipe: Recipe) -> str:
    """Return a recipe as TOML."""
    import tomlkit

    document = tomlkit.document()
    if recipe.description:
        document.add("description", toml_value(recipe.description))
    document.add("size", toml_value(list(recipe.size.xy)))
    if recipe.hooks:
        document.add("hooks", toml_value(list(recipe.hooks)))
    labels = _changed(recipe.labels, converter.unstructure(recipe.labels))
    if labels:
        document.add("labels", _table(labels, recipe.labels))
    document.add("background", _component(recipe.background))
    document.add("geometry", _several(recipe.geometry))
    document.add("renderer", _component(recipe.renderer))
    if recipe.effect:
        document.add("effect", _several(recipe.effect))
    return tomlkit.dumps(document)


def _changed(component: Any, plain: dict[str, Any]) -> dict[str, Any]:
    """Return of a component's plain parameters those that are not as they are by default."""
    return {
        p.name: plain[p.name]
        for p in parameters(type(component))
        if p.name in plain and (p.default is attrs.NOTHING or getattr(component, p.name) != p.default)
    }


def toml_value(value: Any) -> Item:
    """Return plain data as what follows an equals sign in TOML, on one line."""
    import tomlkit

    if isinstance(value, dict):
        table = tomlkit.inline_table()
        for key, part in value.items():
            table.append(key, toml_value(part))
        return table
    if isinstance(value, (list, tuple)):
        array = tomlkit.array()
        for part in value:
            array.append(toml_value(part))
        return array
    item: Item = tomlkit.item(value)
    return item


def _component(component: Component) -> Table:
    plain = write_component(component)
    return _table({USE: plain[USE], **_changed(component, plain)}, component)


def _several(components: Iterable[Component]) -> Item:
    import tomlkit

    array = tomlkit.aot()
    for component in components:
        array.append(_component(component))
    return array


def _table(plain: dict[str, Any], component: Any) -> Table:
    import tomlkit

    table = tomlkit.table()
    known = {p.name: p for p in parameters(type(component))}
    for key, part in plain.items():
        value = toml_value(part)
        remark = _remark(known[key]) if key in known else ""
        if remark and len(f"{key} = {value.as_string()}  # {remark}") > _LONGEST_LINE:
            table.add(tomlkit.comment(remark))
        elif remark:
            value.comment(remark)
            value.trivia.comment_ws = "  "
        table.add(key, value)
    return table


def _remark(parameter: Parameter) -> str:
    return ", ".join(filter(None, (parameter.help, parameter.unit)))
