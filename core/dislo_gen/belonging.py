"""Does a record belong to its dataset? It does if its numbers are those that the dataset's recipe gives.

Drawing numbers takes no picture, so that every record can be asked. A component that chooses from outside the
recipe (pictures of a bank) may have found other things there when the sample was made: what it chose is not asked
for here, but where a sample is made again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from dislo_gen.component import Component
from dislo_gen.component_tables import USE, write_component
from dislo_gen.dataset import Manifest
from dislo_gen.errors import DisloGenError
from dislo_gen.recipe import Recipe
from dislo_gen.record import component_origins, versions_behind
from dislo_gen.resolve import chooses_outside, draw_component

_WHOLE = ("size", "labels", "hooks")  # of a recipe: the parts that are no components
_SHOWN = 3


class Belonging:
    """What records of a dataset must say.

    Args:
        manifest: the dataset's, as plain data.
    """

    def __init__(self, manifest: Mapping[str, Any]) -> None:
        self._manifest = manifest
        self._seed = manifest.get("seed")
        self._recipe = self._drawing_recipe()

    def _drawing_recipe(self) -> Recipe | None:
        """Return the recipe, if it can be read here and the numbers drawn here are those that were drawn."""
        try:
            recipe = Manifest.from_dict(dict(self._manifest)).load_recipe()
            components = component_origins(recipe)
        except DisloGenError:  # a plugin is missing, or the manifest wrong, which others say
            return None
        here = {**versions_behind(components.values()), **components}
        there = {**self._manifest["versions"], **self._manifest["components"]}
        return recipe if all(there.get(name) == value for name, value in here.items()) else None

    def problem(self, record: Mapping[str, Any]) -> str | None:
        """Say what in a record, which is plain data, cannot be this dataset's; None if nothing is.

        What is wrong with a record whatever its dataset is for others to say.
        """
        seed, index = record.get("seed"), record.get("index")
        if seed != self._seed or not isinstance(index, int):
            return f"its record is that of sample {index} with seed {seed}"
        found = list(dict.fromkeys(self._differences(record, index)))
        if not found:
            return None
        more = ", …" if len(found) > _SHOWN else ""
        return f"its record is not of this dataset's recipe ({', '.join(found[:_SHOWN])}{more})"

    def _differences(self, record: Mapping[str, Any], index: int) -> Iterator[str]:
        """Yield the path of everything that differs."""
        mine, its = self._manifest, record
        origins = {slot: origin for slot, origin in mine["components"].items() if slot != "writer"}
        yield from _differing("components", origins, its.get("components"))
        if mine["hooks"] != its.get("hooks"):
            yield "hooks"
        versions, others = mine["versions"], its.get("versions")
        shared = {name: versions.get(name) for name in others} if isinstance(others, dict) else None
        yield from _differing("versions", shared, others)
        recipe, other = mine["recipe"], its.get("recipe")
        if not isinstance(other, dict):
            yield "recipe"
            return
        for key in _WHOLE:
            yield from _differing(key, recipe.get(key), other.get(key))
        tables, other_tables = _tables(recipe), _tables(other)
        parts = {} if self._recipe is None else self._recipe.slots()
        for slot in dict.fromkeys((*tables, *other_tables)):
            yield from self._of_slot(slot, tables.get(slot), other_tables.get(slot), parts.get(slot), index)

    def _of_slot(self, slot: str, mine: Any, its: Any, part: Component | None, index: int) -> Iterator[str]:
        if not isinstance(mine, dict) or not isinstance(its, dict) or mine.get(USE) != its.get(USE):
            yield slot
            return
        if part is None:  # other numbers would be drawn here, but what is fixed is fixed
            names = [name for name, value in mine.items() if not isinstance(value, dict)]
            drawn, free = mine, True
        else:
            drawn, free = _plain(write_component(draw_component(part, slot, self._seed or 0, index))), False
            names = list(dict.fromkeys((*mine, *its)))
            free = chooses_outside(part)
        for name in names:
            if name == USE or drawn.get(name, ...) == its.get(name, ...):
                continue
            if not (free and drawn.get(name, ...) in (..., None, "", [], {})):
                yield f"{slot}.{name}"


def _differing(path: str, mine: Any, its: Any) -> Iterator[str]:
    """Yield the paths at which two tables differ, one level deep."""
    if not (isinstance(mine, dict) and isinstance(its, dict)):
        if mine != its:
            yield path
        return
    for key in dict.fromkeys((*mine, *its)):
        if mine.get(key, ...) != its.get(key, ...):
            yield f"{path}.{key}"


def _tables(recipe: Mapping[str, Any]) -> dict[str, Any]:
    """Return the tables of a plain recipe's components by their slots."""
    found = {slot: recipe.get(slot) for slot in ("background", "renderer")}
    for slot in ("geometry", "effect"):
        parts = recipe.get(slot)
        found |= {f"{slot}.{n}": part for n, part in enumerate(parts if isinstance(parts, list) else ())}
    return found


def _plain(table: dict[str, Any]) -> dict[str, Any]:
    """Return a table as a file of JSON gives it back: tuples are lists."""
    plain: dict[str, Any] = json.loads(json.dumps(table))
    return plain
