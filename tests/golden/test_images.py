"""Pictures keep looking as they do, within a tolerance: NumPy promises equal bytes for one machine type only.

After a change that is meant to be seen, write them anew with DISLO_GEN_UPDATE_GOLDEN=1, and look at them.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PillowImage

from dislo_gen import Recipe, make_sample

# Lengths are meant for 512 px; here a quarter of them.
SCALE = "geometry.scale=0.3"
SMALLER = [SCALE, "renderer.width=2.0"]
TWO = ["geometry.0.scale=0.3", "geometry.1.scale=0.3", "renderer.width=2.0"]
HERE = Path(__file__).parent / "images"
CASES = {
    "perlin-multiply": {"background": "perlin"},
    "perlin-over": {"background": "perlin", "settings": ["renderer.blend=over"]},
    "stand-ins-multiply": {"background": "real-blend"},
    "stand-ins-dark-field": {"background": "real-blend", "settings": ["renderer.field=dark"]},
    "stand-ins-over": {"background": "real-blend", "settings": ["renderer.blend=over"]},
    "narrow": {"base": "narrow"},
    "m2": {"base": "m2"},
    "m2-two-beam": {"base": "m2", "renderer": "two-beam", "smaller": [SCALE, "renderer.extinction_distance=8"]},
    "wild": {"base": "wild", "smaller": TWO},
    "clean": {"base": "clean", "smaller": TWO},
    "lines": {"background": "plain", "geometry": ["lines"]},
    "lines-two-beam": {
        "background": "plain",
        "geometry": ["lines"],
        "renderer": "two-beam",
        "smaller": [SCALE, "renderer.extinction_distance=12"],
    },
}
SIZE = "160x128"


@pytest.mark.parametrize("name", CASES)
def test_picture_and_masks_look_as_before(name: str) -> None:
    case = dict(CASES[name])
    settings = [*case.pop("smaller", SMALLER), *case.pop("settings", [])]
    sample = make_sample(Recipe.from_names(**case, size=SIZE, settings=settings), seed=1, index=0)
    # Masks go into the second half of the file, each pixel the number of masks that cover it.
    depth = np.minimum(sample.masks.sum(axis=0) * 40, 255).astype(np.uint8)
    found = np.concatenate((np.round(sample.image * 255).astype(np.uint8), depth), axis=1)
    path = HERE / f"{name}.png"
    if os.environ.get("DISLO_GEN_UPDATE_GOLDEN"):
        HERE.mkdir(exist_ok=True)
        PillowImage.fromarray(found).save(path)
    golden = np.asarray(PillowImage.open(path))
    assert found.shape == golden.shape
    difference = np.abs(found.astype(int) - golden)
    assert difference.mean() < 0.5, "the picture as a whole has changed"
    assert np.mean(difference > 8) < 0.002, "parts of the picture have changed"
