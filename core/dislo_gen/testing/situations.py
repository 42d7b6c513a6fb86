"""The standard situations that components are tried in: pictures, scenes, samples, sizes."""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

from dislo_gen.interfaces import Image
from dislo_gen.rasterize import rasterize
from dislo_gen.recipe import Recipe
from dislo_gen.sample import Sample
from dislo_gen.scene import DISLOCATION, SLIP_TRACE, Defect, Scene, merge
from dislo_gen.seeding import slot_key
from dislo_gen.shapes import ClosedCurve, OpenCurve, Region, circle
from dislo_gen.size import Size
from dislo_gen.visibility import measure_visibility

USUAL = Size(64, 48)
ODD_SIZES = (Size(1, 1), Size(2, 3), Size(1, 7), Size(9, 1), Size(31, 17), Size(33, 64))
UNHEARD_OF = "a kind that nobody has heard of"


def picture(size: Size, variant: int = 0) -> Image:
    """Return a grey picture with a slope and grain, (H, W) float32 from 0.2 to 0.8."""
    rng = np.random.Generator(np.random.PCG64(slot_key(f"picture {variant}")))
    slope = np.linspace(0.35, 0.65, size.width, dtype=np.float32)
    grain: Image = rng.uniform(-0.15, 0.15, size.shape).astype(np.float32) + slope
    return grain


def zigzag(size: Size, height: float = 0.5) -> OpenCurve:
    """Return a line across the picture, with depth, from the entrance surface to the exit surface."""
    x = np.linspace(0.1, 0.9, 9) * size.width
    y = (height + 0.1 * np.sin(np.linspace(0, 6, 9))) * size.height
    return OpenCurve(np.stack((x, y), axis=1), depth=np.linspace(0, 1, 9))


def ring(size: Size) -> ClosedCurve:
    """Return a circle in the middle of the picture."""
    return circle((size.width / 2, size.height / 2), min(size.xy) / 4)


def patch(size: Size) -> Region:
    """Return an area in the middle of the picture."""
    corners = np.array([(0.3, 0.3), (0.7, 0.35), (0.65, 0.7), (0.35, 0.65)])
    return Region(corners * size.xy)


def scene(size: Size) -> Scene:
    """Return a scene with every shape, labelled and not, some of it outside the picture."""
    outside = OpenCurve(np.array([(-0.5, 0.2), (0.5, 0.3)]) * size.xy)
    defects = (
        Defect(SLIP_TRACE, OpenCurve(np.array([(0.0, 0.9), (1.0, 0.8)]) * size.xy), labelled=False),
        Defect(DISLOCATION, zigzag(size), group=1),
        Defect(DISLOCATION, zigzag(size, 0.3), group=1),
        Defect("loop", ring(size), group=2),
        Defect("void", patch(size), group=3),
        Defect(UNHEARD_OF, outside, group=4),
    )
    return measure_visibility(merge([Scene(defects)]), size)


@functools.cache
def _recipe(size: Size) -> Recipe:
    return Recipe.from_names(size=size).resolve(0, 0)


def sample(size: Size, of: Scene | None = None) -> Sample:
    """Return a sample of the standard picture and of the standard scene, or of another."""
    of = scene(size) if of is None else of
    masks = rasterize(of, size, 3.0)
    seen = [bool(mask.any()) for mask in masks]
    unseen = {defect.id for defect, is_seen in zip(of.labelled, seen, strict=True) if not is_seen}
    kept = Scene(defect for defect in of if defect.id not in unseen)
    return Sample(picture(size), masks[seen], kept, 0, 0, fixed_recipe=_recipe(size))


def empty_sample(size: Size) -> Sample:
    """Return a sample in which nothing is labelled."""
    return sample(size, Scene())


def prediction(truth: Sample, channels: int) -> NDArray[np.float32]:
    """Return the perfect prediction of a sample, (channels, H, W): unused channels are empty."""
    predicted = np.zeros((channels, *truth.image.shape), dtype=np.float32)
    count = min(channels, len(truth.masks))
    predicted[:count] = truth.masks[:count]
    return predicted
