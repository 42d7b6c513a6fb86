"""A sample: one image with everything that is true about it."""

from __future__ import annotations

import functools
from typing import Any

import attrs

from dislo_gen.interfaces import Image, Masks
from dislo_gen.recipe import Recipe
from dislo_gen.record import build_record
from dislo_gen.scene import Scene


@attrs.frozen(eq=False, slots=False)
class Sample:
    """One labelled image.

    Attributes:
        image: (H, W) float32 from 0 to 1.
        masks: (M, H, W) bool, one per labelled defect, in the order of ``scene.labelled``.
        scene: every defect's curve or area, labelled or not.
        seed, index: which sample it is.
        fixed_recipe: what made it, for a sample just made; use `recipe`.
        stored_record: the record it was read back with, for a sample from a dataset; use `record`.
    """

    image: Image
    masks: Masks
    scene: Scene
    seed: int
    index: int
    fixed_recipe: Recipe | None = None
    stored_record: dict[str, Any] | None = None

    def __repr__(self) -> str:
        height, width = self.image.shape
        return f"Sample(image ({height}, {width}), {len(self.masks)} masks, seed {self.seed}, index {self.index})"

    @functools.cached_property
    def recipe(self) -> Recipe:
        """The fixed recipe, numbers only, that made it.

        Raises:
            RecipeError: the sample comes from a dataset, and a plugin that made it is not installed here.
        """
        if self.fixed_recipe is not None:
            return self.fixed_recipe
        return Recipe.from_dict((self.stored_record or {}).get("recipe"), where=f"record of sample {self.index}")

    @functools.cached_property
    def record(self) -> dict[str, Any]:
        """Plain data, ready for JSON, from which `dislo_gen.replay` makes the same bytes again."""
        if self.stored_record is not None:
            return self.stored_record
        return build_record(self.recipe, self.seed, self.index, self.scene, self.image, self.masks)
