"""Recipes: what a person writes to describe a distribution over images."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any, NewType

import attrs

from dislo_gen.component import Component, component
from dislo_gen.component_tables import register_table, write_component
from dislo_gen.convert import converter, paths_relative_to, read_as
from dislo_gen.defaults import default_recipe_file
from dislo_gen.errors import RecipeError, shown
from dislo_gen.hints import what_to_write
from dislo_gen.interfaces import Background, Effect, Geometry, Renderer
from dislo_gen.markers import Help, Range, Unit
from dislo_gen.recipe_sources import load_plain, with_names
from dislo_gen.recipe_text import recipe_text
from dislo_gen.registry import choose, discover, group_of
from dislo_gen.resolve import resolve_component
from dislo_gen.settings import apply_settings
from dislo_gen.size import Size

PlainRecipe = NewType("PlainRecipe", dict[str, Any])
"""A recipe's plain data inside another file; read with `Recipe.from_dict` only where its plugins are needed."""


HookName = NewType("HookName", str)
"""Name of an installed hook."""


@component
class Labels:
    """How the truth is drawn into masks.

    Attributes:
        line_width: width in pixels of a curve in its mask, 1.5 to 64.
    """

    line_width: Annotated[float, Range(1.5, 64), Unit("px"), Help("width of a curve in its mask")] = 3.0


def _size(value: object) -> Size:
    return Size.parse(value)


def _read_plain_recipe(value: Any, _: Any) -> PlainRecipe:
    if not isinstance(value, dict):
        raise ValueError(f"must be a recipe's table, not {shown(value)}")
    return PlainRecipe(value)


def _read_hook_name(value: Any, _: Any) -> HookName:
    name = converter.structure(value, str)
    choose("hook", name, discover(group_of("hook")))  # a hook that is missing should be known before work begins
    return HookName(name)


register_table(Labels, "labels", "{line_width = 3}")
converter.register_structure_hook(PlainRecipe, _read_plain_recipe)
converter.register_structure_hook(HookName, _read_hook_name)


# ``tuple`` itself as a converter tells a type checker nothing of what may be in it.
def _geometries(value: Iterable[Geometry]) -> tuple[Geometry, ...]:
    return tuple(value)


def _effects(value: Iterable[Effect]) -> tuple[Effect, ...]:
    return tuple(value)


def _hooks(value: Iterable[str]) -> tuple[HookName, ...]:
    return tuple(HookName(name) for name in value)


def _geometry(_instance: object, _attribute: object, value: tuple[Geometry, ...]) -> None:
    if not value:
        raise ValueError("geometry: needs at least one")


@attrs.frozen
class Recipe:
    """A distribution over images.

    Attributes:
        background, geometry, renderer, effect: the components; geometries are laid over each other in order,
            effects are applied in order.
        size: size of every image; a file says ``512``, ``"512x384"`` or ``[512, 384]``, width first.
        labels: how masks are drawn.
        hooks: names of the hooks that may alter a sample, in order; no other hook can.
        description: what the recipe is for.
    """

    background: Background
    geometry: tuple[Geometry, ...] = attrs.field(
        converter=_geometries, validator=_geometry, metadata={"min_items": 1}
    )
    renderer: Renderer
    effect: tuple[Effect, ...] = attrs.field(default=(), converter=_effects)
    size: Size = attrs.field(default=Size(512, 512), converter=_size)
    labels: Labels = Labels()
    hooks: tuple[HookName, ...] = attrs.field(default=(), converter=_hooks)
    description: str = ""

    @classmethod
    def load(cls, source: str | Path) -> Recipe:
        """Read a recipe from a TOML or JSON file, a record, a ``dataset.json``, or by the name of a ready recipe.

        Raises:
            RecipeError, PluginError: one line for each mistake, with its path inside the file.
        """
        plain, where, folder = load_plain(source)
        return cls.from_dict(plain, where=where, folder=folder)

    @classmethod
    def from_dict(cls, plain: Any, *, where: str = "recipe", folder: Path | None = None, root: str = "") -> Recipe:
        """Read a recipe from plain data.

        Args:
            plain: what a TOML or JSON file holds.
            where: what to call it in messages.
            folder: what relative paths in it are relative to; by default the current folder.
            root: the path inside the file that the recipe stands at.

        Raises:
            RecipeError: one line for each mistake.
        """
        with paths_relative_to(folder):
            # A recipe inside a record (root is set) was not written by a person, who should not complete it.
            return read_as(plain, cls, where, RecipeError, root, advice=None if root else what_to_write)

    @classmethod
    def from_names(
        cls,
        background: str | None = None,
        geometry: str | Iterable[str] = (),
        renderer: str | None = None,
        effect: str | Iterable[str] = (),
        size: object = None,
        base: str | Path | None = None,
        settings: Sequence[str] = (),
        hooks: str | Iterable[str] = (),
    ) -> Recipe:
        """Build a recipe from names; what is left out comes from the recipe ``base``.

        Args:
            background: name of a background, as on the command line; likewise
            geometry: one name or several, of geometries,
            renderer: name of a renderer,
            effect: one name or several, of effects.
            size: anything `Size.parse` reads.
            base: a recipe's file or name; by default the installed default recipe.
            settings: ``PATH=VALUE`` texts, applied last.
            hooks: one name or several, of hooks that may alter samples.

        Raises:
            RecipeError, PluginError: a name or a setting is wrong.
        """
        plain, where, folder = load_plain(default_recipe_file() if base is None else base)
        changed = apply_settings(with_names(plain, background, geometry, renderer, effect, size, hooks), settings)
        # A mistake in what was asked for here is not one of the file's.
        if base is None:
            where = "recipe"
        elif changed != apply_settings(plain, ()):
            where = f"{where}, as changed"
        return cls.from_dict(changed, where=where, folder=folder)

    def with_settings(self, settings: Sequence[str], where: str = "--set") -> Recipe:
        """Return the recipe changed by ``PATH=VALUE`` texts.

        Raises:
            RecipeError, PluginError: a path leads nowhere or a value does not fit.
        """
        return Recipe.from_dict(apply_settings(self.to_dict(), settings), where=where)

    def evolve(self, **changes: Any) -> Recipe:
        """Return a copy with some attributes changed, ``recipe.evolve(geometry=[Loops(count=3)])``."""
        return attrs.evolve(self, **changes)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, ready for JSON or TOML, from which `from_dict` makes an equal recipe."""
        return {
            "description": self.description,
            "size": list(self.size.xy),
            "labels": converter.unstructure(self.labels),
            "background": write_component(self.background),
            "geometry": [write_component(part) for part in self.geometry],
            "effect": [write_component(part) for part in self.effect],
            "renderer": write_component(self.renderer),
            "hooks": list(self.hooks),
        }

    def to_toml(self) -> str:
        """Return the text of a recipe file that is read as an equal recipe.

        It has the components' names and what differs from their defaults, each parameter with what it means and
        its unit behind it.
        """
        return recipe_text(self)

    def slots(self) -> dict[str, Component]:
        """Return every component by the path of its slot, such as ``geometry.0``."""
        return {
            "background": self.background,
            **{f"geometry.{n}": part for n, part in enumerate(self.geometry)},
            **{f"effect.{n}": part for n, part in enumerate(self.effect)},
            "renderer": self.renderer,
        }

    def resolve(self, seed: int, index: int) -> Recipe:
        """Return the fixed recipe of one sample: a number wherever this one has a distribution.

        A fixed recipe is a valid recipe, and resolving it again changes nothing.
        """
        fixed: dict[str, Any] = {
            slot: resolve_component(part, slot, self.size, seed, index) for slot, part in self.slots().items()
        }
        return attrs.evolve(
            self,
            background=fixed["background"],
            geometry=tuple(fixed[f"geometry.{n}"] for n in range(len(self.geometry))),
            effect=tuple(fixed[f"effect.{n}"] for n in range(len(self.effect))),
            renderer=fixed["renderer"],
        )


def check_recipe(recipe: object) -> None:
    """Raise a TypeError that says what to write, unless this is a recipe."""
    if isinstance(recipe, (str, Path)):
        raise TypeError(f"this takes a Recipe, not a name or a file: write Recipe.load({str(recipe)!r})")
    if isinstance(recipe, dict):
        raise TypeError("this takes a Recipe, not a dict: write Recipe.from_dict(...)")
    if not isinstance(recipe, Recipe):
        raise TypeError(f"this takes a Recipe, not {shown(recipe)}")


__all__ = ["HookName", "Labels", "PlainRecipe", "Recipe", "check_recipe"]
