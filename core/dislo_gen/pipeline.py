"""Making one sample: the data's way from a recipe to an image with its truth."""

from __future__ import annotations

import attrs

from dislo_gen.blame import blame, check_image, describe
from dislo_gen.errors import PluginError
from dislo_gen.hooks import broker
from dislo_gen.interfaces import Geometry, Image, Masks
from dislo_gen.rasterize import rasterize
from dislo_gen.recipe import Recipe, check_recipe
from dislo_gen.sample import Sample
from dislo_gen.scene import Scene, merge
from dislo_gen.seeding import Purpose, generator
from dislo_gen.visibility import measure_visibility

STAGES = ("specimen", "image")
"""Where effects act: under the defects, or over them."""


def make_sample(recipe: Recipe, seed: int = 0, index: int = 0) -> Sample:
    """Make sample ``index`` of a recipe.

    The result depends on recipe, seed, index and installed versions, and on nothing else: not on the samples
    made before, the process, or the global random state.

    Args:
        recipe: what to make.
        seed: any whole number from 0.
        index: which sample, from 0.

    Raises:
        PluginError: a component failed or broke its contract; the message names it and its package.
        TypeError: this is no recipe, but the name of one, say.
        ValueError: seed or index is negative.
    """
    check_recipe(recipe)
    if seed < 0 or index < 0:
        raise ValueError(f"seed and index must not be negative, and they are {seed} and {index}")
    fixed = recipe.resolve(seed, index)
    size = fixed.size
    parts = [_place(part, f"geometry.{n}", fixed, seed, index) for n, part in enumerate(fixed.geometry)]
    scene = measure_visibility(merge(parts), size)

    rng = generator(seed, index, Purpose.COMPONENT, "background")
    with blame(fixed.background, "background"):
        painted = fixed.background.paint(size, rng)
    image = check_image(painted, size.shape, fixed.background, "background")
    image, scene = _apply_effects("specimen", image, scene, fixed, seed, index)
    rng = generator(seed, index, Purpose.COMPONENT, "renderer")
    with blame(fixed.renderer, "renderer"):
        drawn = fixed.renderer.draw(image, scene, rng)
    image = check_image(drawn, size.shape, fixed.renderer, "renderer")
    image, scene = _apply_effects("image", image, scene, fixed, seed, index)

    scene, masks = _label(scene, fixed)
    sample = Sample(image, masks, scene, seed, index, fixed_recipe=fixed)
    hooks = broker()
    if fixed.hooks:
        sample = attrs.evolve(hooks.alter(sample), fixed_recipe=fixed, seed=seed, index=index)
    hooks.observe("sample_made", sample=sample)
    return sample


def _place(part: Geometry, slot: str, fixed: Recipe, seed: int, index: int) -> Scene:
    with blame(part, slot):
        scene = part.place(fixed.size, generator(seed, index, Purpose.COMPONENT, slot))
    if not isinstance(scene, Scene):
        raise PluginError(f"{slot}: {describe(part)} returned a {type(scene).__name__} instead of a Scene")
    return scene


def _label(scene: Scene, fixed: Recipe) -> tuple[Scene, Masks]:
    """Draw the masks; a defect of which no pixel is left (a tip in the image's corner) loses its label."""
    masks = rasterize(scene, fixed.size, fixed.labels.line_width)
    seen = [bool(mask.any()) for mask in masks]
    if all(seen):
        return scene, masks
    unseen = {defect.id for defect, is_seen in zip(scene.labelled, seen, strict=True) if not is_seen}
    defects = (attrs.evolve(d, labelled=d.labelled and d.id not in unseen) for d in scene)
    return Scene(defects), masks[seen]


def _apply_effects(
    stage: str, image: Image, scene: Scene, fixed: Recipe, seed: int, index: int
) -> tuple[Image, Scene]:
    for number, effect in enumerate(fixed.effect):
        slot = f"effect.{number}"
        if effect.acts_on not in STAGES:
            raise PluginError(
                f"{slot}: {describe(effect)} acts on {effect.acts_on!r}; its acts_on must be one of: "
                f"{', '.join(STAGES)}"
            )
        if effect.acts_on != stage:
            continue
        with blame(effect, slot):
            changed = effect.apply(image, scene, generator(seed, index, Purpose.COMPONENT, slot))
            moved = effect.move(scene, fixed.size)
        image = check_image(changed, fixed.size.shape, effect, slot)
        if moved is not scene:
            scene = measure_visibility(moved, fixed.size)
    return image, scene
