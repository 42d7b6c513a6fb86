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
        recipe: the fixed recipe, numbers only, that made it.
        seed, index: which sample it is.
        stored_record: the record it was read back with, or None for a sample just made.
    """

    image: Image
    masks: Masks
    scene: Scene
    recipe: Recipe
    seed: int
    index: int
    stored_record: dict[str, Any] | None = attrs.field(default=None, repr=False)

    @functools.cached_property
    def record(self) -> dict[str, Any]:
        """Plain data, ready for JSON, from which `dislo_gen.replay` makes the same bytes again."""
        if self.stored_record is not None:
            return self.stored_record
        return build_record(self.recipe, self.seed, self.index, self.scene, self.image, self.masks)
