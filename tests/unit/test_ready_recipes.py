"""The recipes that come with the program: what wild and clean promise."""

from __future__ import annotations

import numpy as np
import pytest

from dislo_gen import Recipe, Uniform, make_sample
from dislo_gen.registry import discover

WILD = Recipe.from_names(base="wild")
NAMES = {o.name: o.load() for o in discover("dislo_gen.effect") if o.package == "dislo-gen"}


@pytest.fixture(scope="module")
def drawn():
    """The fixed recipes of many wild samples."""
    return [WILD.resolve(0, index) for index in range(80)]


def test_wild_has_every_effect():
    assert {type(effect) for effect in WILD.effect} == set(NAMES.values())


def test_noise_lies_over_the_lines_and_compression_comes_last():
    on_image = [type(effect).__name__ for effect in WILD.effect if effect.acts_on == "image"]
    assert on_image.index("Blur") < on_image.index("ShotNoise") < on_image.index("Fiducials")
    assert on_image[-1] == "Compression"
    assert {"ShotNoise", "DetectorNoise", "ScanLines"} <= set(on_image)


def test_every_effect_is_there_in_some_samples_and_absent_in_others(drawn):
    grey = np.random.default_rng(0).uniform(0.3, 0.7, (64, 64)).astype(np.float32)
    from dislo_gen import Scene

    for number, effect in enumerate(WILD.effect):
        changed = [
            not np.array_equal(recipe.effect[number].apply(grey, Scene(), np.random.default_rng(1)), grey)
            for recipe in drawn
        ]
        assert any(changed), effect
        if type(effect).__name__ not in ("Illumination", "ShotNoise", "Mottling", "Gamma"):
            assert not all(changed), effect


def test_wild_lines_are_thin_and_thick_faint_and_black_dark_and_bright(drawn):
    widths = [recipe.renderer.width for recipe in drawn]
    assert min(widths) < 1.5
    assert max(widths) > 6
    assert all(1 <= width <= 12 for width in widths)
    contrasts = drawn[0].renderer.contrast.draw_many(np.random.default_rng(0), 500)
    assert 0.15 < contrasts.min() < 0.2, "fainter lines would teach to see what is not there"
    assert contrasts.max() > 0.95
    assert {recipe.renderer.field for recipe in drawn} == {"bright", "dark"}
    assert any(recipe.renderer.bright_share > 0.2 for recipe in drawn)


def test_wild_scenes_hold_pileups_lines_or_nothing():
    counts = [len(make_sample(WILD.evolve(size=WILD.size), 0, index).masks) for index in range(25)]
    assert max(counts) >= 12
    assert min(counts) <= 3
    assert 3 < np.mean(counts) < 15


def test_pileups_are_the_same_scenes_drawn_and_calculated():
    drawn, calculated = (Recipe.from_names(base=name, size=256) for name in ("pileups", "pileups-two-beam"))
    for index in range(4):
        one, other = make_sample(drawn, 3, index), make_sample(calculated, 3, index)
        np.testing.assert_array_equal(one.masks, other.masks)
        assert len(one.masks) == 0 or not np.array_equal(one.image, other.image)
    assert len(one.masks) > 4


def test_faint_lines_are_fainter_and_wider_and_lie_on_a_calmer_specimen():
    pileups, faint = (
        [Recipe.from_names(base=name).resolve(0, k) for k in range(60)] for name in ("pileups", "faint")
    )

    def middle(recipes, number):
        return float(np.median([number(recipe) for recipe in recipes]))

    def contrast(recipe):
        return np.mean(recipe.renderer.contrast.draw_many(np.random.default_rng(0), 200))

    def grain(recipe):
        return sum(e.strength for e in recipe.effect if type(e).__name__ in ("Mottling", "ShotNoise"))

    assert middle(faint, contrast) < 0.6 * middle(pileups, contrast)
    assert middle(faint, lambda recipe: recipe.renderer.width) > 1.2 * middle(pileups, lambda r: r.renderer.width)
    assert middle(faint, grain) < 0.5 * middle(pileups, grain)


def test_clean_is_clean():
    clean = Recipe.from_names(base="clean", size=256)
    for index in range(6):
        sample = make_sample(clean, 0, index)
        covered = sample.masks.any(axis=0)
        assert len(sample.masks)
        paper = sample.image[~covered]
        assert paper.std() < 0.12
        assert sample.image[covered].mean() < paper.mean() - 0.1


def test_the_papers_own_background_is_a_few_settings_away():
    settings = [
        "background.contrast=1",
        "background.level=0.5",
        "background.white_weight=0.6",
        "background.noise_ratio=0.3",
        "effect=[]",
    ]
    recipe = Recipe.from_names(base="m2", size=128, settings=settings)
    assert recipe.effect == ()
    assert not isinstance(recipe.background.contrast, Uniform)
    assert make_sample(recipe).image.std() > 0.2
