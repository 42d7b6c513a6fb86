"""Drift of the specimen."""

from __future__ import annotations

import math
from typing import Annotated, ClassVar, Literal

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from dislo_gen import Effect, Help, Image, Range, Scene, Size, Uniform, Unit, Varied, component
from dislo_gen_plugins.effects.smear import even_path, smear


@component
class Drift(Effect):
    """The specimen moves: the picture is shifted, its truth with it, and smeared over the path of the exposure.

    What comes in at an edge mirrors the picture, and no defect of the scene belongs to it. Truth lies in the
    middle of the smeared path.
    """

    acts_on: ClassVar[Literal["specimen", "image"]] = "image"

    x: Annotated[Varied[float], Range(-512, 512), Unit("px"), Help("how far to the right")] = Uniform(-6, 6)
    y: Annotated[Varied[float], Range(-512, 512), Unit("px"), Help("how far down")] = Uniform(-6, 6)
    smear: Annotated[Varied[float], Range(0, 64), Unit("px"), Help("length of the path during one exposure")] = (
        Uniform(0, 4)
    )
    direction: Annotated[Varied[float], Range(0, 180), Unit("deg"), Help("of that path: 0 across, 90 down")] = (
        Uniform(0, 180)
    )

    def apply(self, image: Image, scene: Scene, rng: Generator) -> Image:
        """Return the shifted and smeared picture."""
        del scene, rng
        result = image.copy()
        for axis, shift in ((1, self.x), (0, self.y)):
            if shift:
                result = _shifted(result, shift, axis)
        if self.smear:
            result = smear(result, even_path(self.smear), self.direction)
        return np.clip(result, 0, 1, out=result)

    def move(self, scene: Scene, size: Size) -> Scene:
        """Move every defect as far."""
        del size
        if not (self.x or self.y):
            return scene
        drift = np.array((self.x, self.y))
        return scene.map_points(lambda points: points + drift)


def _shifted(image: Image, shift: float, axis: int) -> Image:
    """Shift along one axis by part of a pixel, too: linear interpolation between neighbours."""
    whole = math.floor(shift)
    part = np.float32(shift - whole)
    near = np.take(image, _mirrored(image.shape[axis], whole), axis=axis)
    if not part:
        return near
    far = np.take(image, _mirrored(image.shape[axis], whole + 1), axis=axis)
    far -= near
    far *= part
    near += far
    return near


def _mirrored(count: int, shift: int) -> NDArray[np.intp]:
    """Where each pixel of a shifted row comes from, mirrored at the edges."""
    places = (np.arange(count) - shift) % (2 * count)
    return np.where(places < count, places, 2 * count - 1 - places)
