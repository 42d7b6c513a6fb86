"""Effects: where they act, what they see, and how exactly they move the truth."""

from __future__ import annotations

from typing import Annotated

import attrs
import numpy as np
import pytest
from numpy.random import Generator

from dislo_gen import (
    Effect,
    Help,
    Image,
    PluginError,
    Range,
    Recipe,
    Scene,
    Size,
    Uniform,
    Varied,
    component,
    make_sample,
    register,
    replay,
)


@component
class Dim(Effect):
    """Dims the picture."""

    acts_on = "specimen"
    factor: Annotated[Varied[float], Range(0, 1), Help("what is left")] = Uniform(0.2, 0.8)

    def apply(self, image: Image, scene: Scene, rng: Generator) -> Image:
        """Dim."""
        return image * np.float32(self.factor)


@component
class Whiten(Effect):
    """Leaves nothing of what lies under it."""

    def apply(self, image: Image, scene: Scene, rng: Generator) -> Image:
        """Whiten."""
        return np.ones_like(image)


@component
class WhitenSpecimen(Whiten):
    """The same, under the lines."""

    acts_on = "specimen"


@component
class Shift(Effect):
    """Shifts everything to the right by whole pixels."""

    pixels: Annotated[Varied[int], Range(0, 10), Help("how far")] = 5

    def apply(self, image: Image, scene: Scene, rng: Generator) -> Image:
        """Shift the picture."""
        return np.roll(image, self.pixels, axis=1)

    def move(self, scene: Scene, size: Size) -> Scene:
        """Shift the truth."""
        moved = (
            attrs.evolve(d, shape=attrs.evolve(d.shape, points=d.shape.points + np.array((self.pixels, 0))))
            for d in scene
        )
        return Scene(moved)


@component
class TooBright(Effect):
    """Breaks the contract."""

    def apply(self, image: Image, scene: Scene, rng: Generator) -> Image:
        """Go above white."""
        return image + np.float32(1)


@pytest.fixture(autouse=True)
def effects(sandbox):
    for cls in (Dim, Whiten, WhitenSpecimen, Shift, TooBright):
        register("effect", cls.__name__.lower())(cls)


def with_effects(recipe: Recipe, *names: object) -> Recipe:
    return Recipe.from_dict({**recipe.to_dict(), "effect": list(names)})


def test_an_effect_on_the_specimen_lies_under_the_lines_and_one_on_the_image_over_them(small_recipe):
    under = make_sample(with_effects(small_recipe, "whitenspecimen"), 0, 1)
    over = make_sample(with_effects(small_recipe, "whiten"), 0, 1)
    lines = under.masks.any(axis=0)
    assert under.image[lines].mean() < 0.9
    assert under.image[~lines].mean() > under.image[lines].mean()
    assert (over.image == 1).all()
    assert (over.masks == under.masks).all()


def test_effects_are_applied_in_the_order_of_the_recipe(small_recipe):
    dim = {"use": "dim", "factor": 0.5}
    first = make_sample(with_effects(small_recipe, dim, "whitenspecimen"), 0, 1).image
    last = make_sample(with_effects(small_recipe, "whitenspecimen", dim), 0, 1).image
    assert np.median(first) == 1  # where no line is
    assert np.median(last) == pytest.approx(0.5)


def test_a_varied_strength_is_drawn_for_each_image_and_written_into_the_record(small_recipe):
    recipe = with_effects(small_recipe, "dim")
    factors = {make_sample(recipe, 0, k).record["recipe"]["effect"][0]["factor"] for k in range(4)}
    assert len(factors) == 4
    assert all(0.2 <= factor <= 0.8 for factor in factors)


def test_an_effect_that_moves_pixels_moves_masks_and_curves_as_exactly(small_recipe):
    still = make_sample(small_recipe, 0, 2)
    moved = make_sample(with_effects(small_recipe, "shift"), 0, 2)
    assert (moved.image[:, 5:] == still.image[:, :-5]).all()
    pairs = {d.id: d for d in still.scene}
    for defect in moved.scene:
        assert defect.shape.points == pytest.approx(pairs[defect.id].shape.points + np.array((5, 0)))
    here = {d.id: mask for d, mask in zip(still.scene.labelled, still.masks, strict=True)}
    for defect, mask in zip(moved.scene.labelled, moved.masks, strict=True):
        assert (mask[:, 5:] == here[defect.id][:, :-5]).all()
    again = replay(moved.record)
    assert again.record == moved.record


def test_an_effect_that_breaks_the_contract_is_named_with_its_place(small_recipe):
    with pytest.raises(PluginError, match=r"^effect\.1: effect 'toobright' .*values from .* 0 to 1"):
        make_sample(with_effects(small_recipe, "dim", "toobright"), 0, 0)


def test_an_effect_that_acts_nowhere_is_refused(small_recipe):
    @register("effect", "astray")
    @component
    class Astray(Effect):
        acts_on = "lens"

        def apply(self, image, scene, rng):
            return image

    with pytest.raises(PluginError, match="acts on 'lens'; its acts_on must be one of: specimen, image"):
        make_sample(with_effects(small_recipe, "astray"))
