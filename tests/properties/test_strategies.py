"""The public strategies, as the tests of a plugin use them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dislo_gen import Recipe, component_class, make_sample
from dislo_gen.component_tables import read_component, write_component
from dislo_gen.interfaces import kind_of
from dislo_gen.rasterize import draw_mask, rasterize
from dislo_gen.resolve import resolve_component
from dislo_gen.scene import merge
from dislo_gen.testing.situations import picture
from dislo_gen.testing.strategies import components, recipes, scenes, sizes
from dislo_gen.visibility import measure_visibility

CAIRO, PERLIN, PILEUP = (
    component_class(kind, name)
    for kind, name in (("renderer", "cairo"), ("background", "perlin"), ("geometry", "pileup"))
)
SCENES = sizes(48).flatmap(lambda size: st.tuples(st.just(size), scenes(size)))
FEW = {
    "pileups": st.integers(0, 2),
    "dislocations": st.integers(1, 3),
    "slip_width": st.floats(2, 60),
    "curves": st.none(),
}


@given(SCENES)
def test_scenes_are_as_core_hands_them_over(drawn):
    size, scene = drawn
    assert [defect.id for defect in scene] == list(range(len(scene)))
    assert measure_visibility(merge([scene]), size) == scene
    assert all(defect.visible > 0 for defect in scene.labelled)


@settings(max_examples=80)
@given(SCENES, st.sampled_from(["over", "multiply"]), st.integers(0, 2**32))
def test_the_built_in_renderer_draws_any_scene(drawn, blend, seed):
    size, scene = drawn
    given_picture = picture(size)
    before = given_picture.copy()
    fixed = resolve_component(CAIRO(blend=blend), "renderer", size, seed, 0)
    first, second = (fixed.draw(given_picture, scene, np.random.default_rng(seed)) for _ in range(2))
    assert first.dtype == np.float32
    assert first.shape == size.shape
    assert first.min() >= 0
    assert first.max() <= 1
    assert np.array_equal(first, second)
    assert np.array_equal(given_picture, before)
    if not len(scene):
        assert np.array_equal(first, before)


@given(SCENES, st.floats(1.5, 12))
def test_the_rasterizer_draws_each_label_by_itself(drawn, line_width):
    size, scene = drawn
    masks = rasterize(scene, size, line_width)
    assert masks.shape == (len(scene.labelled), *size.shape)
    for mask, defect in zip(masks, scene.labelled, strict=True):
        alone = np.zeros(size.shape, dtype=np.bool_)
        draw_mask(alone, defect.shape, line_width)
        assert np.array_equal(mask, alone)


@pytest.mark.parametrize("cls", [CAIRO, PERLIN, PILEUP], ids=lambda cls: cls.__name__)
@given(st.data())
def test_components_are_read_back_as_they_are_written(cls, data):
    component = data.draw(components(cls))
    assert isinstance(component, cls)
    assert read_component(write_component(component), kind_of(cls)) == component


@given(st.data())
def test_components_with_parameters_given(data):
    component = data.draw(components(PILEUP, pileups=st.just(2)))
    assert component.pileups == 2


@settings(max_examples=20)
@given(recipes(components(PERLIN), components(PILEUP, **FEW), components(CAIRO), largest=24), st.integers(0, 99))
def test_recipes_make_samples(recipe, seed):
    assert isinstance(recipe, Recipe)
    sample = make_sample(recipe, seed, 0)
    assert sample.image.shape == recipe.size.shape
    assert max(recipe.size.xy) <= 24
    assert len(sample.masks) == len(sample.scene.labelled)
