"""Metrics by numbers that a person can work out."""

import numpy as np
import pytest

from dislo_gen import DISLOCATION, SLIP_TRACE, Defect, OpenCurve, Sample, Scene, Size, circle, component_class
from dislo_gen.rasterize import rasterize
from dislo_gen.visibility import measure_visibility

SIZE = Size(256, 256)


def line(x0, y0, x1, y1):
    return OpenCurve(np.array([(x0, y0), (x1, y1)], dtype=float))


def sample(*shapes):
    scene = measure_visibility(Scene(Defect(DISLOCATION, s, id=n) for n, s in enumerate(shapes)), SIZE)
    return Sample(np.full(SIZE.shape, 0.5, np.float32), rasterize(scene, SIZE, 3.0), scene, 0, 0)


def channels(*groups, empty=2):
    """One channel for each group of shapes, and some empty ones."""
    masks = [rasterize(Scene(Defect(DISLOCATION, s) for s in group), SIZE, 3.0).any(axis=0) for group in groups]
    return np.stack([*masks, *[np.zeros(SIZE.shape, bool)] * empty]).astype(np.float32)


def score(name, predicted, truth, **parameters):
    return component_class("metric", name)(**parameters).score(predicted, truth)


A, B, C = line(20, 50, 220, 50), line(20, 100, 220, 100), line(20, 150, 220, 150)


def test_length_is_one_for_the_truth_and_its_parts_are_whole():
    found = score("length", channels([A], [B], [C]), sample(A, B, C))
    assert found["length"] == pytest.approx(1, abs=0.005)
    assert (found["length_matched"], found["length_single"]) == (1, 1)


def test_a_lost_line_costs_its_share():
    found = score("length", channels([A], [C]), sample(A, B, C))
    assert found["length"] == pytest.approx(2 / 3, abs=0.005)
    assert found["length_matched"] == pytest.approx(2 / 3)
    assert found["length_of_matched"] == pytest.approx(1, abs=0.005)


def test_half_a_line_scores_a_half():
    found = score("length", channels([line(20, 50, 120, 50)]), sample(A))
    assert found["length"] == pytest.approx(0.5, abs=0.01)


def test_a_line_2_9_times_too_long_scores_nothing():
    short = line(20, 50, 90, 50)
    found = score("length", channels([line(20, 50, 90 + 1.9 * 70, 50)]), sample(short))
    assert found["length"] == 0
    half_too_long = score("length", channels([line(20, 50, 125, 50)]), sample(short))
    assert half_too_long["length"] == pytest.approx(0.5, abs=0.02)


def test_two_lines_in_one_channel_are_twice_too_long():
    found = score("length", channels([A, B]), sample(A, B))
    assert found["length"] == pytest.approx(0, abs=0.005)
    assert (found["length_matched"], found["length_single"]) == (0.5, 0)


def test_crossing_lines_in_one_channel_do_not_hide_behind_each_other():
    one, other = line(30, 30, 220, 220), line(30, 220, 220, 30)
    assert score("length", channels([one, other]), sample(one, other))["length"] < 0.05
    assert score("length", channels([one], [other]), sample(one, other))["length"] == pytest.approx(1, abs=0.01)


def test_a_gap_shortens_a_line_by_itself_and_makes_two_pieces():
    found = score("length", channels([line(20, 50, 100, 50), line(120, 50, 220, 50)]), sample(A))
    assert found["length"] == pytest.approx(0.9, abs=0.01)
    assert found["length_single"] == 0


def test_a_line_elsewhere_is_no_line_however_long():
    found = score("length", channels([line(20, 59, 220, 59)]), sample(A))
    assert found["length"] == found["length_matched"] == 0


def test_what_lies_outside_the_image_is_not_missed():
    leaving = line(-100, 50, 120, 50)
    found = score("length", channels([line(0, 50, 120, 50)]), sample(leaving))
    assert found["length"] == pytest.approx(1, abs=0.01)


def test_a_ring_has_the_length_of_its_circle():
    ring = circle((128, 128), 60, count=200)
    assert score("length", channels([ring]), sample(ring))["length"] == pytest.approx(1, abs=0.01)


def test_optimal_matching_gives_each_line_the_channel_that_is_its_own():
    truth = sample(A, line(20, 50, 100, 50))
    predicted = channels([line(20, 50, 100, 50)], [A])
    in_order = score("length", predicted, truth)["length"]
    assert score("length", predicted, truth, matching="optimal")["length"] == pytest.approx(1, abs=0.01)
    assert in_order == pytest.approx(1, abs=0.01)


def test_unlabelled_things_are_no_truth():
    scene = Scene([Defect(DISLOCATION, A), Defect(SLIP_TRACE, B, labelled=False, id=1)])
    truth = Sample(np.zeros(SIZE.shape, np.float32), rasterize(scene, SIZE, 3.0), scene, 0, 0)
    assert score("length", channels([A]), truth)["length"] == pytest.approx(1, abs=0.005)
    assert score("instances", channels([A], [B]), truth)["instances_precision"] == 0.5


def test_instances_counts_whole_lines():
    truth = sample(A, B, C)
    found = score("instances", channels([A], [line(20, 100, 120, 100)], [line(20, 200, 220, 200)]), truth)
    # A is whole; half of B is no whole line; the third is nowhere near any.
    assert found["instances_precision"] == pytest.approx(1 / 3)
    assert found["instances_recall"] == pytest.approx(1 / 3)
    assert found["instances_f1"] == pytest.approx(1 / 3)
    assert score("instances", channels([A], [B], [C], [A]), truth)["instances_precision"] == pytest.approx(3 / 4)


def test_the_tolerance_of_instances_is_in_pixels_of_512():
    off = line(20, 51.8, 220, 51.8)  # 1.8 px of 256 are 3.6 of 512
    farther = line(20, 53, 220, 53)
    assert score("instances", channels([off]), sample(A))["instances_f1"] == 1
    assert score("instances", channels([farther]), sample(A))["instances_f1"] == 0
    assert score("instances", channels([farther]), sample(A), tolerance=8)["instances_f1"] == 1


def test_centreline_does_not_care_whose_line_it_is():
    found = score("centreline", channels([A, B]), sample(A, B))
    assert found["centreline_f1"] == pytest.approx(1, abs=0.01)
    half = score("centreline", channels([A]), sample(A, B))
    assert half["centreline_recall"] == pytest.approx(0.5, abs=0.02)
    assert half["centreline_precision"] == pytest.approx(1, abs=0.01)
    assert half["centreline_f1"] == pytest.approx(2 / 3, abs=0.02)


def test_dice_and_intersection_over_union_of_half_a_mask():
    truth = sample(A)
    half = truth.masks.astype(np.float32)
    half[:, :, 120:] = 0
    share = half.sum() / truth.masks.sum()
    found = score("dice", half, truth)
    assert found["dice"] == pytest.approx(2 * share / (1 + share), abs=1e-4)
    assert found["iou"] == pytest.approx(share, abs=1e-4)


@pytest.mark.parametrize("name", ["length", "instances", "centreline", "dice"])
def test_numbers_have_names_of_their_own(name):
    others = {"length", "instances", "centreline", "dice"} - {name}
    names = set(score(name, channels([A]), sample(A)))
    for other in others:
        assert not names & set(score(other, channels([A]), sample(A)))
