"""The scene, the paper and the pen with which a component is shown on a sheet."""

from __future__ import annotations

import functools

import numpy as np

from dislo_gen.blame import blame, check_image
from dislo_gen.component import Component
from dislo_gen.defaults import default_recipe_file
from dislo_gen.interfaces import Background, Effect, Geometry, Image, Renderer, kind_of
from dislo_gen.recipe import Recipe
from dislo_gen.resolve import resolve_component
from dislo_gen.scene import Defect, Scene, merge
from dislo_gen.seeding import Purpose, generator
from dislo_gen.shapes import Region, circle
from dislo_gen.size import Size
from dislo_gen.spans import calm
from dislo_gen.visibility import measure_visibility

DRAWN_KINDS = ("background", "geometry", "effect", "renderer")
"""Kinds of component whose parameters can be seen in a picture."""

_SIZE = Size(256, 256)
_LINES, _TRIES = range(5, 10), 60  # how many lines the scene should show, and scenes tried for it
_LIGHT, _DARK = 0.62, 0.52  # grey at the upper left and at the lower right


class Stage:
    """Draws one calm scene of the default recipe's geometry on grey paper, with one component exchanged."""

    def __init__(self) -> None:
        recipe = Recipe.load(default_recipe_file())
        slope = np.linspace(_LIGHT, _DARK, _SIZE.width, dtype=np.float32)
        self._paper: Image = np.asarray(slope[None, :] / 2 + slope[:, None] / 2, dtype=np.float32)
        self._pen: Renderer = calm(recipe.renderer)
        quiet = [calm(part) for part in recipe.geometry]
        self._scene = _scene_with_lines(recipe.evolve(size=_SIZE, geometry=quiet))

    def sample(self, component: Component, index: int) -> Image:
        """Draw a picture with the component's distributions drawn as in a sample, (256, 256) float32."""
        return self.draw(resolve_component(component, kind_of(type(component)), _SIZE, 0, index), index)

    def draw(self, component: Component, index: int = 0) -> Image:
        """Draw a picture with a component that has no distributions to be drawn any more.

        Raises:
            PluginError: the component failed or broke its contract.
        """
        kind = kind_of(type(component))
        with blame(component, kind):
            picture = self._act(component.fix(_SIZE, generator(0, index, Purpose.FIX, kind)), kind, index)
        return check_image(picture, _SIZE.shape, component, kind)

    def _act(self, component: Component, kind: str, index: int) -> Image:
        rng = functools.partial(generator, 0, index, Purpose.COMPONENT)
        if isinstance(component, Background):
            return component.paint(_SIZE, rng(kind))
        if isinstance(component, Renderer):
            return component.draw(self._paper, self._scene, rng(kind))
        if isinstance(component, Geometry):
            scene = measure_visibility(merge([component.place(_SIZE, rng(kind))]), _SIZE)
            return self._pen.draw(self._paper, scene, rng("renderer"))
        assert isinstance(component, Effect)
        if component.acts_on == "specimen":
            foil = component.apply(self._paper, self._scene, rng(kind))
            moved = component.move(self._scene, _SIZE)
            scene = self._scene if moved is self._scene else measure_visibility(moved, _SIZE)
            return self._pen.draw(foil, scene, rng("renderer"))
        drawn = self._pen.draw(self._paper, self._scene, rng("renderer"))
        return component.apply(drawn, self._scene, rng(kind))


def _scene_with_lines(recipe: Recipe) -> Scene:
    """Return a scene of the recipe that is good to look at, with a loop and a void in a corner."""
    best = max((_scene(recipe, index) for index in range(_TRIES)), key=_worth)
    return measure_visibility(merge([best, Scene(_corner_shapes(best))]), _SIZE)


def _scene(recipe: Recipe, index: int) -> Scene:
    fixed = recipe.resolve(0, index)
    slots = ((part, f"geometry.{number}") for number, part in enumerate(fixed.geometry))
    parts = [part.place(_SIZE, generator(0, index, Purpose.COMPONENT, slot)) for part, slot in slots]
    return measure_visibility(merge(parts), _SIZE)


def _worth(scene: Scene) -> tuple[bool, bool, bool]:
    """Few lines, all of them inside, and something that goes along with them."""
    whole = not any(defect.clipped for defect in scene.labelled)
    return len(scene.labelled) in _LINES, whole, len(scene.labelled) < len(scene)


def _corner_shapes(scene: Scene) -> list[Defect]:
    """Shapes of the other sorts, in the corner that is farthest from any line."""
    corners = [np.array((x, y)) for x in (30.0, _SIZE.width - 30.0) for y in (30.0, _SIZE.height - 30.0)]
    points = np.concatenate([defect.shape.points for defect in scene.labelled] or [np.full((1, 2), 128.0)])
    x, y = max(corners, key=lambda corner: float(np.hypot(*(points - corner).T).min())).tolist()
    loop, void = circle((x, y - 12), 9), Region(circle((x, y + 12), 8).points)
    return [Defect("loop", loop, group=0), Defect("void", void, group=1)]
