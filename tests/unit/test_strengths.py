"""Every effect has strengths that start at zero, and at zero it changes nothing."""

from __future__ import annotations

import numpy as np
import pytest

from dislo_gen import Scene, Size, component_class
from dislo_gen.parameters import parameters
from dislo_gen.registry import discover
from dislo_gen.testing import resolve
from dislo_gen.testing.situations import scene

# What has to be 0, or as little as it can be, for an effect to do nothing.
STRENGTHS = {
    "bend-contours": ["strength"],
    "blur": ["sigma", "astigmatism", "motion"],
    "clipping": ["white", "black", "bits_lost"],
    "compression": ["loss", "video"],
    "detector-noise": ["strength", "stripes", "bad_pixels"],
    "distortion": ["radial", "spiral", "shear", "stretch", "rotation"],
    "drift": ["x", "y", "smear"],
    "fiducials": ["marks"],
    "gamma": ["stops", "contrast", "brightness"],
    "grains": ["strength"],
    "illumination": ["gradient", "vignetting", "unevenness", "aperture"],
    "inversion": ["amount"],
    "mottling": ["strength"],
    "scan-lines": ["strength", "interlace", "hum"],
    "shot-noise": ["strength"],
    "slip-bands": ["strength", "edges", "texture"],
    "spots": ["strength"],
    "thickness-wedge": ["strength"],
}
SIZE = Size(90, 70)
IMAGE = np.random.default_rng(0).random(SIZE.shape, dtype=np.float32)


def test_every_built_in_effect_is_here():
    assert set(STRENGTHS) == {o.name for o in discover("dislo_gen.effect") if o.package == "dislo-gen"}


@pytest.mark.parametrize("name", STRENGTHS)
def test_without_strength_nothing_changes(name):
    cls = component_class("effect", name)
    zero = {p.name: p.type(0) for p in parameters(cls) if p.name in STRENGTHS[name]}
    for index in range(4):
        silent = resolve(cls(**zero), index=index)
        result = silent.apply(IMAGE, Scene(), np.random.default_rng(index))
        assert np.array_equal(result, IMAGE)
        assert result is not IMAGE
        assert silent.move(scene(SIZE), SIZE) == scene(SIZE)


@pytest.mark.parametrize(("name", "strength"), [(n, s) for n, names in STRENGTHS.items() for s in names])
def test_each_strength_alone_changes_something(name, strength):
    cls = component_class("effect", name)
    kinds = {p.name: p for p in parameters(cls)}
    zero = {other: kinds[other].type(0) for other in STRENGTHS[name]}
    some = kinds[strength].type(kinds[strength].range.high / 2 if kinds[strength].type is float else 3)
    changed = [
        resolve(cls(**zero | {strength: some}), index=index).apply(IMAGE, Scene(), np.random.default_rng(index))
        for index in range(4)
    ]
    assert any(not np.array_equal(result, IMAGE) for result in changed)
