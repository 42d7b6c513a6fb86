from __future__ import annotations

import math
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial import cKDTree

from dislo_gen import (
    ClosedCurve,
    OpenCurve,
    Size,
    centrelines,
    circle,
    drop_small,
    length_inside,
    points_inside,
)
from dislo_gen.rasterize import draw_mask

WIDTHS = (2, 3, 4, 5, 7)
SIZE = Size(512, 512)


def drawn(*shapes, width=4.0, size=SIZE):
    mask = np.zeros(size.shape, dtype=bool)
    for shape in shapes:
        one = np.zeros_like(mask)
        draw_mask(one, shape, width)
        mask |= one
    return mask


def line(length, degrees, centre=(256, 256)):
    half = length / 2 * np.array([math.cos(math.radians(degrees)), math.sin(math.radians(degrees))])
    return OpenCurve(np.stack((centre - half, centre + half)))


def sine(length, amplitude, wavelength, degrees=0.0, centre=(256, 256)):
    x = np.linspace(0, length, 4 * length)
    y = amplitude * np.sin(2 * np.pi * x / wavelength)
    turn = math.radians(degrees)
    across = np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])
    return OpenCurve(np.stack((x - length / 2, y), axis=1) @ across + centre)


def rms_distance(curves, shape):
    """How far curves are from a shape, px."""
    tree = cKDTree(points_inside(shape, SIZE, step=0.1))
    distances, _ = tree.query(np.concatenate([curve.points for curve in curves]))
    return math.sqrt((distances**2).mean())


def lengths(curves):
    return [curve.length for curve in curves]


# The grid of pixels hides where a line ends: 20 turned and shifted copies of each say how well it is known.


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(
    ("make", "rms", "largest"),
    [
        (lambda angle, at: line(20, angle, at), 0.7, 1.7),
        (lambda angle, at: line(35, angle, at), 0.6, 1.6),
        (lambda angle, at: line(100, angle, at), 0.6, 1.6),
        (lambda angle, at: line(200, angle, at), 0.6, 2.0),
        (lambda angle, at: line(400, angle, at), 0.7, 4.0),
        (lambda angle, at: sine(300, 10, 60, angle, at), 0.8, 3.0),
        (lambda angle, at: sine(100, 15, 100, angle, at), 0.7, 1.8),
        (lambda angle, at: circle(at, 10, 200), 0.6, 1.3),
        (lambda angle, at: circle(at, 20, 200), 0.4, 1.0),
        (lambda angle, at: circle(at, 60, 400), 0.5, 1.0),
    ],
    ids=["20", "35", "100", "200", "400", "sine 300", "sine 100", "ring 10", "ring 20", "ring 60"],
)
def test_a_line_is_as_long_as_it_was_drawn(make, rms, largest, width):
    rng = np.random.Generator(np.random.PCG64(width))
    errors, places = [], []
    for angle in rng.uniform(0, 180, 20):
        shape = make(angle, 256 + rng.uniform(0, 1, 2))
        curves = centrelines(drawn(shape, width=width))
        assert len(curves) == 1
        assert isinstance(curves[0], type(shape))
        errors.append(curves[0].length - shape.length)
        places.append(rms_distance(curves, shape))
    assert np.sqrt(np.mean(np.square(errors))) < rms  # px
    assert np.abs(errors).max() < largest
    assert abs(np.mean(errors)) < 0.6
    assert max(places) <= 0.51  # a level line may be moved by half a pixel without a change to its mask


@pytest.mark.parametrize("width", WIDTHS)
def test_ends_are_where_the_line_ended_and_not_where_its_round_caps_do(width):
    shape = line(120, 33)
    [found] = centrelines(drawn(shape, width=width))
    ends = found.points[[0, -1]] if found.points[0, 0] < 256 else found.points[[-1, 0]]
    assert np.hypot(*(ends - shape.points).T).max() < 1.0


@pytest.mark.parametrize("degrees", [90, 60, 30, 11])
def test_a_line_that_leaves_the_image_ends_at_its_border(degrees):
    start, along = (
        np.array([300, 200]),
        np.array([math.cos(math.radians(degrees)), math.sin(math.radians(degrees))]),
    )
    shape = OpenCurve([start, start + 600 * along])
    [found] = centrelines(drawn(shape, width=5))
    assert found.length == pytest.approx(length_inside(shape, SIZE), abs=1.5)
    assert np.abs(found.points - 512).min() < 0.01
    assert rms_distance([found], shape) < 0.5


def test_a_line_across_the_whole_image():
    [found] = centrelines(drawn(OpenCurve([[-20, 100], [600, 300]])))
    assert found.length == pytest.approx(512 * math.hypot(620, 200) / 620, abs=0.5)


def test_coordinates_are_those_of_the_corners_of_pixels():
    mask = np.zeros((30, 50), dtype=bool)
    mask[10:13, 5:45] = True  # rows 10, 11 and 12: from y = 10 to y = 13
    [found] = centrelines(mask)
    assert found.points[2:-2, 1] == pytest.approx(11.5, abs=0.02)


def test_a_line_by_itself_is_found_wherever_its_mask_lies():
    mask = drawn(sine(60, 5, 40, 20, (50, 40)), size=Size(100, 80))
    larger = np.zeros((300, 200), dtype=bool)
    larger[110:190, 70:170] = mask
    [here], [there] = centrelines(mask), centrelines(larger)
    assert there.points == pytest.approx(here.points + np.array((70, 110)), abs=0.01)


@pytest.mark.parametrize("degrees", [90, 60, 45, 30, 20])
def test_crossing_lines_are_both_whole(degrees):
    first, second = line(200, 10), line(150, 10 + degrees, (261, 261))
    found = centrelines(drawn(first, second))
    assert lengths(found) == pytest.approx([200, 150], abs=1.5)
    assert rms_distance(found[:1], first) < 0.6
    assert rms_distance(found[1:], second) < 0.6


def test_a_line_that_crosses_itself_is_one_line():
    t = np.linspace(-1.8, 1.8, 300)
    shape = OpenCurve(256 + 60 * np.stack((t**2, t**3 - 1.5 * t), axis=1))
    assert lengths(centrelines(drawn(shape))) == pytest.approx([shape.length], rel=0.01)


def test_a_line_that_ends_on_another_is_one_of_its_own():
    found = centrelines(drawn(line(200, 0), OpenCurve([[256, 256], [240, 330]])))
    assert lengths(found) == pytest.approx([200, math.hypot(16, 74)], abs=2)


def test_a_ring_with_a_line_through_it():
    found = centrelines(drawn(circle((256, 256), 50, 200), line(140, 5)))
    assert [type(curve) for curve in found] == [ClosedCurve, OpenCurve]
    assert lengths(found) == pytest.approx([100 * math.pi, 140], rel=0.01)


def test_pieces_come_longest_first_and_specks_not_at_all():
    mask = drawn(line(40, 0, (100, 100)), line(160, 30, (300, 100)), line(90, 70, (200, 400)))
    mask[10:13, 10:13] = True
    assert lengths(centrelines(mask)) == pytest.approx([160, 90, 40], abs=1.5)
    assert len(centrelines(mask, smallest=9)) == 4


def test_short_side_branches_go_and_spur_says_which():
    mask = drawn(line(200, 0), OpenCurve([[256, 256], [256, 272]]))
    mask_with_bump = drawn(line(200, 0), OpenCurve([[256, 256], [256, 261]]))
    assert lengths(centrelines(mask_with_bump)) == pytest.approx([200], abs=1)
    assert len(centrelines(mask)) == 2
    assert len(centrelines(mask, spur=30)) == 1
    assert len(centrelines(mask_with_bump, spur=2)) == 2


def test_holes_and_ragged_edges_make_no_line_longer():
    mask = drawn(line(200, 20), width=7)
    mask[256, 250:253] = mask[270:272, 290] = False
    assert lengths(centrelines(mask)) == pytest.approx([200], abs=2)
    rng = np.random.Generator(np.random.PCG64(0))
    speckled = drawn(line(200, 20), width=5) & (rng.random(SIZE.shape) < 0.95)
    assert lengths(centrelines(speckled)) == pytest.approx([200], abs=2)


def test_a_blob_is_a_short_line():
    assert 0 < centrelines(drawn(line(0.1, 0), width=12))[0].length < 4
    [slab] = centrelines(np.ones((20, 300), dtype=bool))
    assert slab.length == pytest.approx(290, abs=15)


AWKWARD = {
    "empty": np.zeros((40, 40), dtype=bool),
    "no pixel": np.zeros((0, 7), dtype=bool),
    "one": np.ones((1, 1), dtype=bool),
    "a row": np.ones((1, 100), dtype=bool),
    "full": np.ones((256, 256), dtype=bool),
    "checkerboard": np.indices((64, 64)).sum(axis=0) % 2 == 0,
    "grid": (np.indices((64, 64)) % 4 == 0).any(axis=0),
    "dots": (np.indices((64, 64)) % 3 == 0).all(axis=0),
}


@pytest.mark.parametrize("name", AWKWARD)
@pytest.mark.parametrize("smallest", [1, 10])
def test_every_large_enough_part_of_any_mask_has_a_line_in_the_image(name, smallest):
    check_lines(AWKWARD[name], smallest)


@given(mask=arrays(np.bool_, st.tuples(st.integers(1, 14), st.integers(1, 14))), smallest=st.integers(1, 12))
@settings(max_examples=150, deadline=None)
def test_every_large_enough_part_of_noise_has_a_line_in_the_image(mask, smallest):
    check_lines(mask, smallest)


def check_lines(mask, smallest):
    before = mask.copy()
    found = centrelines(mask, smallest)
    cleaned, count = drop_small(mask, smallest)
    assert np.array_equal(mask, before)
    assert len(found) >= count
    assert bool(found) == bool(cleaned.any())
    assert lengths(found) == sorted(lengths(found), reverse=True)
    for curve in found:
        assert curve.length > 0
        assert (curve.points >= 0).all()
        assert (curve.points <= mask.shape[::-1]).all()


@given(
    length=st.integers(60, 180),
    degrees=st.floats(0, 180),
    width=st.floats(2, 7),
    x=st.floats(120, 136),
    y=st.floats(120, 136),
)
@settings(max_examples=40, deadline=None)
def test_turning_or_mirroring_a_mask_changes_no_length(length, degrees, width, x, y):
    mask = drawn(line(length, degrees, (x, y)), width=width, size=Size(256, 256))
    here = centrelines(mask)[0].length
    for other in (mask.T, mask[::-1], np.rot90(mask)):
        assert centrelines(other)[0].length == pytest.approx(here, abs=1.2)


def test_noise_takes_seconds_at_most():
    noise = np.random.Generator(np.random.PCG64(0)).random((512, 512)) > 0.5
    begin = time.process_time()
    assert len(centrelines(noise)) > 100
    assert time.process_time() - begin < 15  # 2.5 s on a quiet machine


def test_specks_are_dropped_and_what_stays_is_counted():
    mask = np.zeros((20, 30), dtype=bool)
    mask[2, 3:13] = mask[10:12, 20:24] = True
    cleaned, count = drop_small(mask, 9)
    assert (cleaned.sum(), count) == (10, 1)
    assert np.array_equal(drop_small(mask, 8)[0], mask)
    corners = np.eye(6, dtype=bool)
    assert drop_small(corners, 6)[1] == 1  # pixels that touch at their corners are connected


def test_what_lies_outside_the_image_is_not_measured():
    size = Size(100, 50)
    assert length_inside(OpenCurve([[-30, 20], [130, 20]]), size) == pytest.approx(100)
    assert length_inside(circle((50, 0), 20, 400), size) == pytest.approx(20 * math.pi, rel=1e-3)
    points = points_inside(OpenCurve([[-30, 20], [130, 20]]), size, step=2)
    assert points[:, 0] == pytest.approx(np.arange(0, 101, 2))
    assert len(points_inside(OpenCurve([[-30, 20], [-10, 20]]), size)) == 0
