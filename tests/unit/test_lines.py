from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dislo_gen import Fixed, Scene, Size, Uniform, visible_fraction
from dislo_gen.testing.exercise import resolve
from dislo_gen_plugins.geometries.line_ends import curl
from dislo_gen_plugins.geometries.lines import Lines

SIZE = Size(400, 300)
SEEDS = range(12)
SHAPES = ("straight", "curved", "wavy", "kinked", "bowed")
# Through lines, one by one, without anything that changes their shape.
PLAIN = {
    "lines": 6,
    "max_dislocations": 1000,
    "direction": 20.0,
    "direction_spread": 0.0,
    "surface_ends": 0.0,
    "bend": Fixed(0.0),
    "curls": 0.0,
    "nodes": 0.0,
    "bundles": 0.0,
    "min_visible": 0.0,
    "pin_scatter": 0.0,
}


def place(seed=0, size=SIZE, **changed) -> Scene:
    return Lines(**{**PLAIN, **changed}).place(size, np.random.default_rng(seed))


def placed_by_default(seed, size=SIZE, **changed) -> Scene:
    return resolve(Lines(**changed), size, seed).place(size, np.random.default_rng(seed))


def turns(points):
    """Angle by which a line turns at each inner vertex, deg."""
    steps = np.diff(points, axis=0)
    headings = np.arctan2(steps[:, 1], steps[:, 0])
    return np.degrees((np.diff(headings) + math.pi) % (2 * math.pi) - math.pi)


def is_inside(point, size=SIZE):
    return bool((point >= 0).all() and (point <= size.xy).all())


def crossings(one, other):
    """How many segments of a polyline cross one of another one."""

    def side(origin, along, points):
        v = points[None] - origin[:, None]
        return along[:, None, 0] * v[..., 1] - along[:, None, 1] * v[..., 0]

    first, second = np.diff(one, axis=0), np.diff(other, axis=0)
    a, b = side(one[:-1], first, other), side(other[:-1], second, one).T
    return int(((a[:, :-1] * a[:, 1:] < 0) & (b[:-1] * b[1:] < 0)).sum())


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("surface_ends", [0.0, 0.5, 1.0])
def test_there_are_as_many_lines_as_asked(shape, surface_ends):
    for count in (0, 1, 7):
        changed = {"shape": Fixed(shape), "surface_ends": surface_ends, "lines": count, "curls": 0.5}
        assert len(place(count, **changed).of_kind("dislocation")) == count
        assert len(place(count, nodes=1.0, **changed)) == count


def test_no_more_than_the_most():
    assert len(place(lines=9, max_dislocations=4)) == 4


@pytest.mark.parametrize("least", [0.35, 0.9])
def test_every_line_shows_as_much_as_asked(least):
    shown = [visible_fraction(d.shape, SIZE) for seed in SEEDS for d in placed_by_default(seed, min_visible=least)]
    assert len(shown) > 10
    assert min(shown) >= least


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([Size(512, 512), SIZE, Size(60, 900)]))
def test_ends_in_the_image_lie_at_a_surface_and_depth_is_monotone(seed, size):
    for defect in placed_by_default(seed, size, nodes=0.0, curls=0.5, min_visible=0.0):
        points, depth = defect.shape.points, defect.shape.depth
        assert depth.min() >= 0
        assert depth.max() <= 1
        assert (np.diff(depth) >= 0).all() or (np.diff(depth) <= 0).all()
        assert ((depth[1:-1] > 0) & (depth[1:-1] < 1)).all()
        for end in (0, -1):
            if is_inside(points[end], size):
                assert depth[end] in (0.0, 1.0)
        if is_inside(points[0], size) and is_inside(points[-1], size):
            assert depth[0] == 1 - depth[-1]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_points_are_near_each_other(seed):
    for defect in placed_by_default(seed):
        steps = np.hypot(*np.diff(defect.shape.points, axis=0).T)
        assert steps.max() < 4.2
        assert steps.min() > 0.3


def test_the_share_of_ends_in_the_image_is_what_is_asked():
    for share in (0.0, 0.3, 1.0):
        scenes = [place(seed, surface_ends=share, lines=20) for seed in SEEDS]
        ends = [is_inside(d.shape.points[end]) for scene in scenes for d in scene for end in (0, -1)]
        assert np.mean(ends) == pytest.approx(share, abs=0.06 if share == 0.3 else 0)


def test_a_line_within_the_image_is_as_long_as_asked():
    lengths = [d.shape.length for d in place(surface_ends=1.0, length=Fixed(90))]
    assert lengths == pytest.approx([90] * 6, abs=0.5)


def test_a_line_that_leaves_runs_on_a_little_only():
    for defect in place(lines=40, direction_spread=180.0):
        for end in (0, -1):
            point = defect.shape.points[end]
            beyond = max(0.0, *-point, *(point - SIZE.xy))
            assert 0 < beyond < 16


def test_directions():
    for degrees in (-30.0, 0.0, 75.0):
        for defect in place(direction=degrees, shape=Fixed("straight")):
            x, y = defect.shape.points[-1] - defect.shape.points[0]
            # A line has no beginning: one of 75 degrees also points to 255.
            assert (math.degrees(math.atan2(y, x)) - degrees + 90) % 180 - 90 == pytest.approx(0, abs=0.1)


@pytest.mark.parametrize("shape", ["straight", "curved", "wavy"])
def test_without_kinks_no_line_turns_sharply(shape):
    waves = {"amplitude": Fixed(8), "wavelength": Fixed(90)}
    scenes = [place(seed, shape=Fixed(shape), bend=Fixed(60), surface_ends=0.5, **waves) for seed in SEEDS]
    assert max(np.abs(turns(d.shape.points)).max() for scene in scenes for d in scene) < 8


def test_a_kinked_line_with_an_angle_of_nothing_is_straight():
    for defect in place(shape=Fixed("kinked"), kink_angle=Fixed(0), amplitude=Fixed(0)):
        assert np.abs(turns(defect.shape.points)).max() < 0.1


@pytest.mark.parametrize("angle", [10, 40, 70])
@pytest.mark.parametrize("spacing", [20, 60])
def test_kinks_have_the_angle_and_the_distance_asked_for(angle, spacing):
    found = 0
    changed = {"shape": Fixed("kinked"), "amplitude": Fixed(0), "spacing": Fixed(spacing)}
    for defect in place(kink_angle=Fixed(angle), **changed):
        turned = turns(defect.shape.points)
        kinks = np.flatnonzero(np.abs(turned) > 1)
        assert np.abs(turned[kinks]) == pytest.approx(angle, abs=0.1)
        assert np.diff(kinks) * 3 == pytest.approx(spacing, abs=1.6)
        found += len(kinks)
    assert found > 10


def test_a_bend_turns_a_line_gradually():
    turned = []
    for seed in SEEDS:
        for defect in place(seed, shape=Fixed("curved"), bend=Fixed(40)):
            headings = np.cumsum(turns(defect.shape.points))
            turned.append(np.ptp(headings))
    assert 20 < max(turned) <= 40.1


def test_waves_are_no_steeper_than_a_sine_of_that_amplitude():
    steepest = math.degrees(math.atan(2 * math.pi * 8 / 90))
    headings = []
    for seed in SEEDS:
        for d in place(seed, direction=0.0, shape=Fixed("wavy"), amplitude=Fixed(8), wavelength=Fixed(90)):
            steps = np.diff(d.shape.points, axis=0)
            headings.append(np.degrees(np.arctan(steps[:, 1] / steps[:, 0])))
    largest = np.abs(np.concatenate(headings)).max()
    assert 0.6 * steepest < largest < steepest + 0.1


@pytest.mark.parametrize("scatter", [0.0, 10.0])
@pytest.mark.parametrize("bowing", [0.3, 0.7])
def test_segments_bow_to_one_side_with_one_radius_that_the_widest_allows(bowing, scatter):
    changed = {"shape": Fixed("bowed"), "bowing": Fixed(bowing), "spacing": Uniform(30, 90)}
    radii_over_half = []
    for defect in (d for seed in SEEDS for d in place(seed, pin_scatter=scatter, bend=Fixed(20), **changed)):
        points = defect.shape.points
        turned = turns(points)
        usual = float(np.median(turned))  # the turn of an arc from step to step; only pins differ from it
        pins = np.flatnonzero(np.abs(turned - usual) > 0.2) + 1
        if len(pins) < 2:
            continue
        arcs = np.delete(turned, pins - 1)
        assert arcs == pytest.approx(usual, abs=0.2)
        radius = 3 / math.radians(abs(usual))
        gaps = np.hypot(*np.diff(points[pins], axis=0).T)
        assert radius >= gaps.max() / 2
        radii_over_half.append(radius / (gaps.max() / 2))
        if not scatter:
            # The line bows out between the pins and turns back at each.
            assert (np.sign(turned[pins - 1]) == -np.sign(usual)).mean() > 0.9
    assert len(radii_over_half) > 20
    if not scatter:
        # Bowing is the widest segment over twice the radius; in some image the widest one is not cut off.
        assert min(radii_over_half) == pytest.approx(1 / bowing, rel=0.08)


def test_without_bowing_and_scatter_a_bowed_line_is_straight():
    for defect in place(shape=Fixed("bowed"), bowing=Fixed(0)):
        assert np.abs(turns(defect.shape.points)).max() < 0.1


@pytest.mark.parametrize("shape", SHAPES)
def test_lines_of_a_bundle_share_a_group_and_do_not_cross(shape):
    most = {"kink_angle": Fixed(70), "bowing": Fixed(0.9), "bend": Fixed(50), "amplitude": Fixed(20)}
    for seed in SEEDS:
        changed = {"bundles": 1.0, "bundle_lines": Fixed(5), "bundle_spacing": Uniform(15, 30)}
        scene = place(seed, lines=5, shape=Fixed(shape), pin_scatter=12.0, surface_ends=0.5, **changed, **most)
        assert {defect.group for defect in scene} == {0}
        lines = [defect.shape.points for defect in scene]
        assert len(lines) > 1
        assert sum(crossings(a, b) for n, a in enumerate(lines) for b in lines[:n]) == 0


def test_the_crossings_of_lines_are_found_by_the_test_above():
    one, other = np.array([[0, 0], [9, 9], [9, 20]]), np.array([[0, 9], [9, 0], [20, 15], [0, 15]])
    assert crossings(one, other) == 2


def test_single_lines_have_groups_of_their_own():
    assert [defect.group for defect in place()] == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("angle", [60, 180, 270])
def test_a_curled_end_turns_by_the_angle_and_does_not_touch_the_line(angle):
    straight = {"surface_ends": 1.0, "shape": Fixed("straight"), "length": Fixed(120)}
    for seed in SEEDS:
        bare = place(seed, **straight)
        scene = place(seed, curls=1.0, curl_angle=Fixed(angle), curl_radius=Fixed(9), **straight)
        assert len(scene) == len(bare)
        for defect in scene:
            points = defect.shape.points
            turned = turns(points)
            at = len(points) // 2
            assert abs(turned[:at].sum()) == pytest.approx(angle, rel=0.03)
            assert abs(turned[at:].sum()) == pytest.approx(angle, rel=0.03)
            assert crossings(points, points) == 0
            assert is_inside(points[0])
            assert is_inside(points[-1])


def test_an_end_does_not_curl_where_it_would_cross_its_line():
    wall = np.stack((np.arange(0.0, 24.0, 3.0), np.full(8, 9.0)), axis=1)
    fine = np.concatenate((wall, [(24, 9), (24, 6), (24, 3), (24, 0), (21, 0), (18, 0), (15, 0)]))
    assert len(curl(fine, 8.0, math.radians(-200), 3.0)) == len(fine)
    assert len(curl(fine, 8.0, math.radians(200), 3.0)) > len(fine)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_no_line_crosses_itself(seed):
    for defect in placed_by_default(seed, curls=0.5, nodes=0.0):
        assert crossings(defect.shape.points, defect.shape.points) == 0


def test_lines_that_meet_do_so_in_a_node_inside_the_foil():
    for seed in SEEDS:
        first, second = place(seed, lines=2, nodes=1.0, direction_spread=90.0)
        assert first.group == second.group
        apart = np.hypot(*(first.shape.points - second.shape.points[0]).T)
        at = int(apart.argmin())
        assert apart[at] < 0.01
        assert second.shape.depth[0] == pytest.approx(first.shape.depth[at])
        # It pulls: the first line turns away from it on both sides, by up to 30 degrees each.
        back, on = (first.shape.points[at + step] - first.shape.points[at] for step in (-1, 1))
        pull = second.shape.points[-1] - second.shape.points[0]
        assert 119 < 180 - abs(turns(first.shape.points)[at - 1]) < 160
        assert (back + on) @ pull < 0


def test_the_scale_scales_every_length():
    changed = {"surface_ends": 1.0, "bend": Fixed(30), "length": Fixed(90), "curl_radius": Fixed(9)}
    for shape, curls in (("curved", 0.0), ("wavy", 0.0), ("curved", 1.0)):
        usual = place(5, Size(300, 300), shape=Fixed(shape), curls=curls, **changed)
        large = place(5, Size(1200, 1200), shape=Fixed(shape), curls=curls, scale=4.0, **changed)
        for one, other in zip(usual, large, strict=True):
            assert other.shape.length == pytest.approx(4 * one.shape.length, rel=0.02)
            if not curls:  # a small curl has few points, so its end is not quite in the same place
                chords = [line.shape.points[-1] - line.shape.points[0] for line in (one, other)]
                assert chords[1] == pytest.approx(4 * chords[0], abs=2)
    spacing = {
        "shape": Fixed("kinked"),
        "kink_angle": Fixed(30),
        "spacing": Fixed(25),
        "amplitude": Fixed(0),
        "scale": 3.0,
    }
    for defect in place(**spacing):
        assert np.diff(np.flatnonzero(np.abs(turns(defect.shape.points)) > 1)) * 3 == pytest.approx(75, abs=1.6)
    lengths = [d.shape.length for d in place(surface_ends=1.0, length=Fixed(30), scale=3.0)]
    assert lengths == pytest.approx([90] * 6, abs=0.5)


def test_the_same_draws_make_the_same_lines():
    assert placed_by_default(4) == placed_by_default(4)
    assert placed_by_default(4) != placed_by_default(5)


def test_every_shape_occurs():
    kinked = sum(np.abs(turns(d.shape.points)).max() > 15 for seed in range(30) for d in placed_by_default(seed))
    total = sum(len(placed_by_default(seed)) for seed in range(30))
    assert 0.2 < kinked / total < 0.9
