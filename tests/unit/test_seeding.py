from __future__ import annotations

import itertools
import os
import random
import subprocess
import sys
from typing import Annotated

import attrs
import numpy as np
import pytest

from dislo_gen import (
    Background,
    Defect,
    Geometry,
    OpenCurve,
    Range,
    Renderer,
    Scene,
    Uniform,
    Varied,
    component,
    make_sample,
    register,
)
from dislo_gen.record import image_sha256, masks_sha256
from dislo_gen.seeding import Purpose, generator


@component
class Plain(Renderer):
    """Draws nothing, and takes no random number."""

    def draw(self, image, scene, rng):
        return image.copy()


@component
class Greedy(Renderer):
    """Draws nothing, and takes many random numbers of every sort."""

    more: Varied[float] = Uniform(0, 1)

    def draw(self, image, scene, rng):
        rng.random(10_000)
        return image.copy()


@component
class Line(Geometry):
    """One line whose ends are parameters."""

    a: Annotated[Varied[float], Range(0, 50)] = Uniform(0, 50)
    b: Annotated[Varied[float], Range(0, 50)] = Uniform(0, 50)

    def place(self, size, rng):
        return Scene([Defect("line", OpenCurve([[self.a, 0], [self.b, 50 * rng.random()]]))])


@component
class LongerLine(Line):
    """The same with parameters before, between and after in the alphabet."""

    aa: Varied[float] = Uniform(0, 1)
    c: Varied[int] = Uniform(0, 9)


def same(one, other):
    return (
        image_sha256(one.image) == image_sha256(other.image)
        and masks_sha256(one.masks) == masks_sha256(other.masks)
        and one.scene == other.scene
    )


def stream(*key):
    return tuple(generator(*key).integers(2**63, size=4).tolist())


def test_every_part_of_the_key_matters_and_nothing_else():
    keys = itertools.product((0, 1, 2**32), (0, 1, 7), Purpose, ("renderer", "geometry.0", "geometry.0.spacing"))
    streams = {key: stream(*key) for key in keys}
    assert len(set(streams.values())) == len(streams)
    assert all(stream(*key) == values for key, values in streams.items())


@pytest.mark.parametrize("seed", [0, 2**32 - 1, 2**63, 2**64 + 1, 10**60])
def test_any_seed_is_a_seed(seed, small_recipe):
    sample = make_sample(small_recipe, seed=seed, index=2**33)
    assert sample.record["seed"] == seed
    assert same(sample, make_sample(small_recipe, seed=seed, index=2**33))
    assert not same(sample, make_sample(small_recipe, seed=seed + 1, index=2**33))


@pytest.mark.parametrize(("seed", "index"), [(-1, 0), (0, -1)])
def test_negative_numbers_are_refused(seed, index, small_recipe):
    with pytest.raises(ValueError, match="negative"):
        make_sample(small_recipe, seed, index)


def test_a_sample_alone_equals_itself_in_any_sequence(small_recipe):
    alone = make_sample(small_recipe, 5, 3)
    forward = [make_sample(small_recipe, 5, index) for index in range(5)]
    backward = [make_sample(small_recipe, 5, index) for index in reversed(range(5))]
    assert same(forward[3], alone)
    assert same(backward[1], alone)
    assert sum(same(sample, alone) for sample in forward) == 1


def test_swapping_the_renderer_leaves_everything_else(sandbox, small_recipe):
    register("renderer", "plain")(Plain)
    register("renderer", "greedy")(Greedy)
    samples = [
        make_sample(attrs.evolve(small_recipe, renderer=renderer), 1, 2)
        for renderer in (small_recipe.renderer, Plain(), Greedy())
    ]
    first = samples[0]
    assert len(first.masks) > 1
    for other in samples[1:]:
        assert other.scene == first.scene
        assert np.array_equal(other.masks, first.masks)
        assert other.recipe.background == first.recipe.background
        assert other.recipe.geometry == first.recipe.geometry
        assert not np.array_equal(other.image, first.image)
    # Both draw nothing, so what they return is the background: it took the same random numbers each time.
    assert np.array_equal(samples[1].image, samples[2].image)


def test_swapping_the_background_leaves_scene_and_masks(sandbox, small_recipe):
    @component
    class Flat(Background):
        def paint(self, size, rng):
            return np.full(size.shape, rng.random(), dtype=np.float32)

    register("background", "flat")(Flat)
    one, other = make_sample(small_recipe), make_sample(attrs.evolve(small_recipe, background=Flat()))
    assert one.scene == other.scene
    assert np.array_equal(one.masks, other.masks)
    assert one.recipe.renderer == other.recipe.renderer


def test_adding_a_geometry_leaves_the_first_ones_draws(sandbox, small_recipe):
    register("geometry", "line")(Line)
    one = make_sample(small_recipe, 1)
    two = make_sample(attrs.evolve(small_recipe, geometry=(*small_recipe.geometry, Line())), 1)
    assert two.scene.defects[: len(one.scene)] == one.scene.defects
    assert two.recipe.geometry[0] == one.recipe.geometry[0]


def test_adding_a_parameter_shifts_no_other_draw(sandbox, small_recipe):
    register("geometry", "line")(Line)
    register("geometry", "longer-line")(LongerLine)
    line, longer = (
        make_sample(attrs.evolve(small_recipe, geometry=(part,)), 8, 1) for part in (Line(), LongerLine())
    )
    assert (line.recipe.geometry[0].a, line.recipe.geometry[0].b) == (
        longer.recipe.geometry[0].a,
        longer.recipe.geometry[0].b,
    )
    assert line.scene == longer.scene
    assert np.array_equal(line.image, longer.image)


def test_parameters_of_one_component_are_drawn_independently(sandbox, small_recipe):
    register("geometry", "line")(Line)
    recipe = attrs.evolve(small_recipe, geometry=(Line(), Line()))
    fixed = [recipe.resolve(0, index).geometry for index in range(200)]
    a, b, other_a = np.array([(one.a, one.b, two.a) for one, two in fixed]).T
    assert abs(np.corrcoef(a, b)[0, 1]) < 0.25
    assert abs(np.corrcoef(a, other_a)[0, 1]) < 0.25


def test_fixing_one_parameter_shifts_no_other_draw(small_recipe):
    drawn = small_recipe.resolve(3, 1)
    fixed = small_recipe.with_settings(["background.wavelength_1=20"]).resolve(3, 1)
    assert fixed.background == drawn.background.evolve(wavelength_1=20.0)
    assert (fixed.geometry, fixed.renderer) == (drawn.geometry, drawn.renderer)


def test_global_random_state_is_neither_read_nor_written(small_recipe):
    def state():
        return str(np.random.get_state(legacy=False)), random.getstate()  # noqa: NPY002

    random.seed(1)
    np.random.seed(1)  # noqa: NPY002
    before = state()
    first = make_sample(small_recipe, 4, 4)
    assert state() == before
    random.seed(2)
    np.random.seed(2)  # noqa: NPY002
    assert same(make_sample(small_recipe, 4, 4), first)


def test_hash_randomisation_does_not_matter():
    code = (
        "from dislo_gen import Recipe, make_sample; from dislo_gen.record import image_sha256, masks_sha256\n"
        "recipe = Recipe.from_names(size=48, settings=['geometry.scale=0.2'])\n"
        "sample = make_sample(recipe, 7, 1)\n"
        "print(image_sha256(sample.image), masks_sha256(sample.masks))"
    )
    hashes = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "4242")
    }
    assert len(hashes) == 1
