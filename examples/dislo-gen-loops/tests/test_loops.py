"""Loops keeps dislo-gen's contract for a geometry, and what its parameters promise."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from dislo_gen import Fixed, OpenCurve, Recipe, Scene, Size, make_sample
from dislo_gen.testing import ConformanceCheck, conformance_checks, resolve

from dislo_gen_loops import LOOP, LOOP_ARC, LOOP_LOBE, Loops

SIZE = Size(400, 300)


@pytest.mark.parametrize("check", conformance_checks(Loops), ids=str)
def test_conformance(check: ConformanceCheck) -> None:
    """Loops passes every check for a geometry."""
    check()


def place(seed: int = 0, **parameters: Any) -> Scene:
    """Place a scene with some parameters given and the others drawn."""
    loops = resolve(Loops(**parameters), SIZE, seed)
    return loops.place(SIZE, np.random.default_rng(seed))


def test_as_many_loops_as_asked_for_each_with_one_label() -> None:
    """What a loop shows besides its outline is not labelled, and shares its group."""
    scene = place(count=17)
    assert len(scene.labelled) == 17
    assert {defect.kind for defect in scene.labelled} == {LOOP}
    assert sorted(defect.group for defect in scene.labelled) == list(range(17))
    assert {defect.group for defect in scene} == set(range(17))


@pytest.mark.parametrize("pixel_size", [0.2, 0.5])
def test_diameters_are_in_nanometres(pixel_size: float) -> None:
    """The long axis of a loop of 20 nm is 20 nm."""
    scene = place(count=9, diameter=Fixed(20.0), pixel_size=pixel_size)
    for loop in scene.labelled:
        centred = loop.shape.points - loop.shape.points.mean(axis=0)
        long = 2 * np.hypot(*centred.T).max()
        assert long * pixel_size == pytest.approx(20, rel=0.01)


def test_default_diameters_follow_the_lognormal_of_steel() -> None:
    """A median of 14 nm, within the spread of 400 draws."""
    scene = place(count=400, openness=Fixed(1.0))
    diameters = [np.ptp(loop.shape.points[:, 0]) * 0.39 for loop in scene.labelled]
    assert np.median(diameters) == pytest.approx(14, rel=0.1)
    assert np.log(diameters).std() == pytest.approx(0.43, rel=0.2)


def test_small_loops_show_lobes_and_large_ones_arcs() -> None:
    """The diameter decides."""
    small = place(count=5, diameter=Fixed(8.0), arcs_from=20.0, white=0.5)
    large = place(count=5, diameter=Fixed(40.0), arcs_from=20.0)
    assert len(small.of_kind(LOOP_LOBE)) == len(large.of_kind(LOOP_ARC)) == 10
    assert not small.of_kind(LOOP_ARC)
    assert not large.of_kind(LOOP_LOBE)


def test_black_and_white_lobes_lie_on_either_side() -> None:
    """One darkens, one brightens, the loop's plane is between them."""
    scene = place(count=6, diameter=Fixed(10.0), arcs_from=20.0, white=0.5)
    lobes, loops = scene.of_kind(LOOP_LOBE), scene.labelled
    for loop in loops:
        black, white = (lobe for lobe in lobes if lobe.group == loop.group)
        assert black.style.contrast > 0 > white.style.contrast
        centre = loop.shape.points.mean(axis=0)
        off = [lobe.shape.points.mean(axis=0) - centre for lobe in (black, white)]
        assert np.dot(*off) < 0


def test_without_white_a_small_loop_is_a_black_dot() -> None:
    """One lobe, in the middle."""
    scene = place(count=4, diameter=Fixed(10.0), arcs_from=20.0, white=0.0)
    assert len(scene.of_kind(LOOP_LOBE)) == 4
    for loop, dot in zip(scene.labelled, scene.of_kind(LOOP_LOBE), strict=True):
        assert dot.shape.points.mean(axis=0) == pytest.approx(loop.shape.points.mean(axis=0), abs=0.01)


def test_arcs_leave_the_line_of_no_contrast_open() -> None:
    """Neither arc reaches the ends of the long axis."""
    scene = place(count=3, diameter=Fixed(40.0), arcs_from=20.0)
    for loop in scene.labelled:
        centred = loop.shape.points - loop.shape.points.mean(axis=0)
        tip = loop.shape.points[np.hypot(*centred.T).argmax()]
        for arc in (a for a in scene.of_kind(LOOP_ARC) if a.group == loop.group):
            assert isinstance(arc.shape, OpenCurve)
            assert np.hypot(*(arc.shape.points - tip).T).min() > 3


def test_loops_of_one_plane_are_inclined_alike() -> None:
    """Two planes: two ratios of axes, two directions."""
    scene = place(count=30, planes=2, diameter=Fixed(30.0))
    spreads = [np.cov(loop.shape.points.T) for loop in scene.labelled]
    ratios = {round(float(np.sqrt(np.divide(*np.linalg.eigvalsh(spread)))), 2) for spread in spreads}
    assert len(ratios) == 2


def test_mixed_with_a_pileup_both_have_masks() -> None:
    """Kinds and groups stay apart."""
    settings = ["geometry.0.pileups=1", "geometry.1.count=8"]
    sample = make_sample(Recipe.from_names(geometry=["pileup", "loops"], size=256, settings=settings))
    kinds = [defect.kind for defect in sample.scene.labelled]
    assert len(kinds) == len(sample.masks)
    assert {"dislocation", LOOP} == set(kinds)
    groups = [{d.group for d in sample.scene.of_kind(kind)} for kind in ("dislocation", LOOP)]
    assert not groups[0] & groups[1]


def test_a_loop_is_darker_than_its_surroundings() -> None:
    """In the picture, around a black dot."""
    settings = ["geometry.count=4", "geometry.diameter=12", "geometry.white=0", "geometry.contrast=1.5"]
    recipe = Recipe.from_names(geometry="loops", size=256, settings=[*settings, "geometry.arcs_from=30"])
    sample = make_sample(recipe)
    bare = make_sample(Recipe.from_names(geometry="loops", size=256, settings=[*settings, "geometry.count=0"]))
    for dot in sample.scene.of_kind(LOOP_LOBE):
        x, y = np.floor(dot.shape.points.mean(axis=0)).astype(int)
        if 4 <= x < 252 and 4 <= y < 252:
            there = slice(y - 3, y + 4), slice(x - 3, x + 4)
            assert sample.image[there].mean() < 0.9 * bare.image[there].mean()


def test_the_ready_recipe_makes_loops() -> None:
    """It is found by name, and its scenes hold loops."""
    recipe = Recipe.load("irradiated-steel").evolve(size=128)
    assert any(make_sample(recipe, 0, index).scene.of_kind(LOOP) for index in range(4))
