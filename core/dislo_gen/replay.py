"""Replaying: the same sample again from its record, or the same scene drawn otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dislo_gen.errors import RecipeError
from dislo_gen.hooks import describe_hook
from dislo_gen.pipeline import make_sample
from dislo_gen.record import Record, component_origins, image_sha256, masks_sha256, versions_behind
from dislo_gen.sample import Sample
from dislo_gen.settings import setting_key


def replay(record: Record | dict[str, Any] | str | Path, settings: Sequence[str] = ()) -> Sample:
    """Make a sample again from its record.

    Args:
        record: a record, its plain data, or its file.
        settings: ``PATH=VALUE`` texts: the same seeds, with a component or a parameter exchanged. The size stays.

    Raises:
        DatasetError: the record is wrong.
        RecipeError, PluginError: a setting is wrong; a component is not installed or fails.
    """
    for text in settings:
        if setting_key(text) == "size":  # the scene was made for it, and so were the pieces of real pictures
            raise RecipeError(
                f"--set {text}: a replay keeps the record's size, because its scene was made for it; "
                f"what may change are components and parameters"
            )
    where = str(record) if isinstance(record, (str, Path)) else "record"
    if not isinstance(record, Record):
        record = Record.from_dict(record) if isinstance(record, dict) else Record.load(record)
    recipe = record.load_recipe(where)
    if settings:
        recipe = recipe.with_settings(settings)
    return make_sample(recipe, record.seed, record.index)


def compare(sample: Sample, record: Record) -> list[str]:
    """Say how a replayed sample differs from its record; an empty list if it has the same bytes."""
    found = []
    if sample.scene != record.scene:
        found.append("the scene differs")
    if masks_sha256(sample.masks) != record.masks.sha256:
        found.append("the masks differ")
    if image_sha256(sample.image) != record.image.sha256:
        found.append("the image differs")
    return found


def version_changes(record: Record) -> list[str]:
    """Say which packages have another version here than the record's sample was made with."""
    old = {**record.versions}
    recipe = record.load_recipe()
    components = component_origins(recipe)
    new = versions_behind([*components.values(), *map(describe_hook, recipe.hooks)])
    for slot, plugin in components.items():
        if slot in record.components:
            old[plugin["package"]] = record.components[slot].version
            new[plugin["package"]] = plugin["version"]
    return [
        f"{name}: {old[name]} then, {new.get(name, 'absent')} now" for name in old if old[name] != new.get(name)
    ]
