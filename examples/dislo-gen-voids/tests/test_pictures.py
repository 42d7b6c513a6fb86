"""Voids and precipitates in whole samples, through dislo-gen's public functions alone."""

from __future__ import annotations

import json

import numpy as np
import pytest
from dislo_gen import Recipe, Sample, make_sample
from numpy.typing import NDArray


def on_perlin(geometry: str, **parameters: object) -> Sample:
    """A sample of 256 px with this geometry and the default renderer."""
    settings = [f"geometry.{name}={json.dumps(value)}" for name, value in parameters.items()]
    return make_sample(Recipe.from_names("perlin", [geometry], size=256, settings=settings), seed=4)


def inside(points: NDArray[np.float64], shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Whether each pixel's centre lies inside a polygon (even-odd rule); bool of the shape given."""
    y, x = np.indices(shape) + 0.5
    result = np.zeros(shape, dtype=np.bool_)
    for (x0, y0), (x1, y1) in zip(points, np.roll(points, -1, axis=0), strict=True):
        if y0 != y1:
            result ^= ((y0 <= y) != (y1 <= y)) & (x < x0 + (y - y0) * (x1 - x0) / (y1 - y0))
    return result


@pytest.mark.parametrize("geometry", ["voids", "precipitates"])
def test_masks_are_the_filled_regions(geometry: str) -> None:
    """Pixel by pixel but for those that an edge cuts in halves."""
    recipe = Recipe.from_names(background="perlin", geometry=[geometry], size=160)
    sample = make_sample(recipe, seed=1)
    assert len(sample.masks)
    for mask, defect in zip(sample.masks, sample.scene.labelled, strict=True):
        filled = inside(defect.shape.points, mask.shape)
        assert (mask != filled).sum() <= 2 + 0.1 * filled.sum()


def test_they_mix_with_pileups() -> None:
    """Each kind is there with masks of its own, and no group is shared."""
    recipe = Recipe.from_names(background="perlin", geometry=["pileup", "voids", "precipitates"], size=256)
    sample = make_sample(recipe, seed=2)
    labelled = sample.scene.labelled
    assert {defect.kind for defect in labelled} == {"dislocation", "void", "precipitate"}
    assert len(sample.masks) == len(labelled)
    kinds: dict[int, set[str]] = {}
    for defect in labelled:
        kinds.setdefault(defect.group, set()).add(defect.kind)
    assert all(len(found) == 1 for found in kinds.values())


@pytest.mark.parametrize(("defocus", "sign"), [(-1500.0, 1), (1500.0, -1)])
def test_underfocus_is_bright_in_the_picture(defocus: float, sign: int) -> None:
    """The middle of small voids against the ring around them, as drawn by the renderer that is installed."""
    sample = on_perlin("voids", count=6, radius=2.5, defocus=defocus, mass_contrast=0, denuded_zone=0)
    y, x = np.indices(sample.image.shape) + 0.5
    differences = []
    for defect in sample.scene.of_kind("void"):
        centre = defect.shape.points.mean(axis=0)
        distance = np.hypot(x - centre[0], y - centre[1])
        core, rim = sample.image[distance < 4], sample.image[(distance > 6) & (distance < 8)]
        differences.append(core.mean() - rim.mean())
    assert sign * np.mean(differences) > 0.05


def test_bright_and_dark_precipitates() -> None:
    """Contrast changes the picture and leaves the masks alone."""
    bright, dark = (
        on_perlin("precipitates", count=8, shape="cube", pattern="plain", contrast=contrast)
        for contrast in (-1, 1)
    )
    np.testing.assert_array_equal(bright.masks, dark.masks)
    covered = bright.masks.any(axis=0)
    assert bright.image[covered].mean() > dark.image[covered].mean() + 0.1
