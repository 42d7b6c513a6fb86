from __future__ import annotations

import math
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dislo_gen import Defect, OpenCurve, Recipe, Region, Sample, Scene, Size, circle, make_sample
from dislo_gen.rasterize import rasterize
from dislo_gen.visibility import measure_visibility
from dislo_gen_plugins.metrics.centreline import Centreline
from dislo_gen_plugins.metrics.dice import Dice
from dislo_gen_plugins.metrics.instances import Instances, shares_near
from dislo_gen_plugins.metrics.length import Length

METRICS = (Length, Instances, Centreline, Dice)
SIZE = Size(256, 256)


def sample(*shapes, width=3.0, size=SIZE, labelled=True):
    scene = Scene([Defect("x", shape, labelled=labelled, id=n) for n, shape in enumerate(shapes)])
    scene = measure_visibility(scene, size)
    return Sample(np.full(size.shape, 0.5, dtype=np.float32), rasterize(scene, size, width), scene, 0, 0)


def across(y, start=40.0, end=140.0):
    return OpenCurve([[start, y], [end, y]])


def channels(*masks, count=0):
    """Predictions of 0 and 1, and empty ones up to a number."""
    predicted = np.zeros((max(count, len(masks)), *masks[0].shape), dtype=np.float32)
    predicted[: len(masks)] = masks
    return predicted


FIVE = sample(*(across(y) for y in (30.5, 70.5, 110.5, 150.5, 190.5)))
PERFECT = channels(*FIVE.masks, count=8)
NOTHING = sample()


@pytest.mark.parametrize("metric", METRICS)
def test_the_truth_itself_is_perfect(metric):
    scores = metric().score(PERFECT, FIVE)
    for name, value in scores.items():
        assert value == pytest.approx(0 if name.endswith("_error") else 1, abs=0.01)


def test_all_names_are_different():
    names = [name for metric in METRICS for name in metric().score(PERFECT, FIVE)]
    assert len(set(names)) == len(names) == 4 + 4 + 3 + 3
    assert [next(iter(metric().score(PERFECT, FIVE))) for metric in METRICS] == [
        "length",
        "instances_f1",
        "centreline_f1",
        "dice",
    ]


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("count", [0, 1, 5])
def test_nothing_predicted_scores_nothing(metric, count):
    scores = metric().score(np.zeros((count, *SIZE.shape), dtype=np.float32), FIVE)
    assert scores.pop("instances_count_error", 1.0) == 1
    assert set(scores.values()) == {0.0}


@pytest.mark.parametrize("metric", METRICS)
def test_an_empty_picture_found_empty_is_perfect_and_found_full_is_not(metric):
    for count in (0, 4):
        scores = metric().score(np.zeros((count, *SIZE.shape), dtype=np.float32), NOTHING)
        assert scores.pop("instances_count_error", 0.0) == 0
        assert set(scores.values()) == {1.0}
    assert next(iter(metric().score(PERFECT, NOTHING).values())) == 0
    unlabelled = sample(across(30.5), labelled=False)
    assert next(iter(metric().score(PERFECT[:1], unlabelled).values())) == 0


def test_specks_in_an_empty_picture_are_no_line():
    specks = np.zeros((2, *SIZE.shape), dtype=np.float32)
    specks[0, 5:8, 5:8] = specks[1, 100, 100:105] = 1
    for metric in (Length, Instances, Centreline):
        assert next(iter(metric().score(specks, NOTHING).values())) == 1
        assert next(iter(metric(smallest=9).score(specks, NOTHING).values())) == 0


def test_a_lost_line_costs_its_share():
    predicted = channels(*FIVE.masks[1:], count=8)
    length = Length().score(predicted, FIVE)
    assert length["length"] == pytest.approx(4 / 5, abs=0.01)
    assert length["length_matched"] == pytest.approx(4 / 5)
    assert length["length_of_matched"] == pytest.approx(1, abs=0.01)
    assert length["length_single"] == 1
    assert Dice().score(predicted, FIVE)["dice"] == pytest.approx(4 / 5)
    instances = Instances().score(predicted, FIVE)
    assert instances["instances_recall"] == pytest.approx(4 / 5)
    assert instances["instances_precision"] == 1
    assert instances["instances_f1"] == pytest.approx(8 / 9)
    assert instances["instances_count_error"] == pytest.approx(1 / 5)
    assert Centreline().score(predicted, FIVE)["centreline_recall"] == pytest.approx(4 / 5, abs=0.01)


def test_a_lost_line_takes_no_channel_from_another():
    # As many channels as lines are left: in its turn, the first would take one that it shares nothing with.
    predicted = channels(*FIVE.masks[1:])
    for metric, name in ((Length, "length"), (Dice, "dice")):
        assert metric().score(predicted, FIVE)[name] == pytest.approx(4 / 5, abs=0.01)


@pytest.mark.parametrize(("factor", "expected"), [(0.5, 0.5), (0.8, 0.8), (1.3, 0.7), (2.9, 0.0)])
def test_a_line_of_the_wrong_length(factor, expected):
    truth = sample(across(50.5, 20, 100))
    predicted = channels(sample(across(50.5, 20, 20 + 80 * factor)).masks[0])
    scores = Length().score(predicted, truth)
    assert scores["length"] == pytest.approx(expected, abs=0.02)
    assert scores["length_matched"] == 1


def test_two_lines_in_one_channel():
    merged = channels(FIVE.masks[0] | FIVE.masks[1], *FIVE.masks[2:], count=8)
    length = Length().score(merged, FIVE)
    assert length["length"] == pytest.approx(
        3 / 5, abs=0.01
    )  # one line twice as long, the other without a channel
    assert length["length_matched"] == pytest.approx(4 / 5)
    assert length["length_single"] == pytest.approx(3 / 4)
    instances = Instances().score(merged, FIVE)
    assert instances["instances_recall"] == pytest.approx(3 / 5)
    assert instances["instances_precision"] == pytest.approx(3 / 4)
    assert Centreline().score(merged, FIVE)["centreline_f1"] == pytest.approx(1, abs=0.01)
    assert Dice().score(merged, FIVE)["union_dice"] == 1


def test_crossing_lines_in_one_channel_are_too_long_for_either():
    truth = sample(OpenCurve([[50, 100], [150, 120]]), OpenCurve([[90, 50], [110, 150]]))
    scores = Length().score(channels(truth.masks.any(axis=0), count=4), truth)
    assert scores["length"] < 0.03
    assert scores["length_single"] == 1
    assert Length().score(channels(*truth.masks), truth)["length"] > 0.98


def test_a_line_in_pieces():
    pieces = FIVE.masks[0].copy()
    pieces[:, 80:100] = False  # 80 of its 100 px are left, with square ends where it is broken
    length = Length().score(channels(pieces, *FIVE.masks[1:]), FIVE)
    assert length["length"] == pytest.approx((4 + 0.78) / 5, abs=0.01)
    assert length["length_single"] == pytest.approx(4 / 5)
    # in a channel each, neither is the line
    halves = [pieces & (np.arange(256) < 90), pieces & (np.arange(256) >= 90)]
    instances = Instances().score(channels(*halves, *FIVE.masks[1:]), FIVE)
    assert instances["instances_recall"] == pytest.approx(4 / 5)
    assert instances["instances_precision"] == pytest.approx(4 / 6)
    assert instances["instances_count_error"] == pytest.approx(1 / 5)


def test_a_line_found_twice_is_a_false_line_and_as_long_as_it_should_be():
    twice = channels(*FIVE.masks, FIVE.masks[2])
    assert Length().score(twice, FIVE)["length"] == pytest.approx(1, abs=0.01)
    assert Instances().score(twice, FIVE)["instances_precision"] == pytest.approx(5 / 6)


@pytest.mark.parametrize("shift", [1, 9])
def test_lines_beside_the_true_ones(shift):
    predicted = np.roll(PERFECT, shift, axis=1)
    near = shift == 1  # the tolerance is 2 px in an image of 256
    assert Length().score(predicted, FIVE)["length"] == pytest.approx(float(near), abs=0.01)
    assert Instances().score(predicted, FIVE)["instances_f1"] == float(near)
    centreline = Centreline().score(predicted, FIVE)["centreline_f1"]
    assert centreline == pytest.approx(float(near), abs=0.01)
    # 2 of the lines' 3 rows are shared
    assert Dice().score(predicted, FIVE)["dice"] == pytest.approx(2 / 3 if near else 0, abs=0.01)


@pytest.mark.parametrize(("side", "tolerance"), [(512, 4.0), (1024, 8.0), (64, 1.5)])
def test_the_tolerance_grows_with_the_image_and_is_never_below_what_pixels_allow(side, tolerance):
    size = Size(side, side // 2)
    truth = sample(OpenCurve([[10, 16.5], [50, 16.5]]), size=size)
    for metric in (Instances, Centreline):
        for shift, found in ((math.ceil(tolerance) - 1, 1.0), (math.floor(tolerance) + 1, 0.0)):
            predicted = np.roll(channels(*truth.masks), shift, axis=1)
            score = next(iter(metric().score(predicted, truth).values()))
            assert score == pytest.approx(found, abs=0.12)


def test_dice_and_iou_by_hand():
    truth = sample(across(100.5, 20, 220))
    [mask] = truth.masks
    half = mask & (np.arange(256) < 120)
    share = half.sum() / mask.sum()
    scores = Dice().score(channels(half), truth)
    assert scores["iou"] == pytest.approx(share)
    assert scores["dice"] == pytest.approx(2 * share / (1 + share))
    assert scores["union_dice"] == pytest.approx(2 * share / (1 + share))


def test_lines_are_measured_where_the_image_ends():
    truth = sample(OpenCurve([[-400, 100], [100, 130]]), circle((200, 0), 30, 200))
    assert Length().score(channels(*truth.masks), truth)["length"] > 0.97
    assert Instances().score(channels(*truth.masks), truth)["instances_f1"] == 1
    assert Centreline().score(channels(*truth.masks), truth)["centreline_recall"] == 1


def test_areas_are_measured_as_their_predictions_are():
    truth = sample(Region([[40, 40], [90, 45], [85, 100], [38, 90]]), across(200.5))
    assert Length().score(channels(*truth.masks), truth)["length"] > 0.99
    assert Instances().score(channels(*truth.masks), truth)["instances_f1"] == 1


def test_probabilities_count_from_the_threshold():
    weak = 0.4 * PERFECT
    for metric in METRICS:
        assert next(iter(metric().score(weak, FIVE).values())) == 0
        assert next(iter(metric(threshold=0.3).score(weak, FIVE).values())) == pytest.approx(1, abs=0.01)


def test_the_best_matching_is_better_than_that_in_order():
    truth = sample(across(50.5, 20, 120), across(50.5, 80, 180))
    # Both lines overlap the first channel; the line that comes first likes it best, the other one needs it.
    first = sample(across(50.5, 50, 175)).masks[0]
    second = sample(across(50.5, 20, 60)).masks[0]
    predicted = channels(first, second)
    assert Dice().score(predicted, truth)["dice"] < 0.4
    assert Dice(matching="optimal").score(predicted, truth)["dice"] > 0.65


def test_shares_near_by_hand():
    first = [np.array([(x, 0.0) for x in range(10)])]
    second = [np.array([(x, 1.0) for x in range(7, 12)]), np.array([(0.0, 50.0)])]
    of_first, of_second = shares_near(first, second, 1.0)
    assert of_first.tolist() == [[0.3, 0.0]]
    assert of_second.tolist() == [[0.6], [0.0]]


@given(data=st.data())
@settings(max_examples=10, deadline=None)
def test_scores_are_shares_and_do_not_depend_on_the_order_of_channels(data):
    size = Size(96, 64)
    point = st.tuples(st.floats(-10, 106), st.floats(-10, 74))
    lines = data.draw(st.lists(st.tuples(point, point), max_size=4))
    truth = sample(*(OpenCurve(np.array(line) + np.array(((0, 0), (1, 1)))) for line in lines), size=size)
    seen = truth.masks.any(axis=(1, 2))
    scene = Scene([d for d, mask in zip(truth.scene.labelled, seen, strict=True) if mask])
    truth = Sample(truth.image, truth.masks[seen], scene, 0, 0)
    rng = np.random.Generator(np.random.PCG64(data.draw(st.integers(0, 1000))))
    count = data.draw(st.integers(0, 6))
    predicted = rng.random((count, *size.shape), dtype=np.float32) ** 2
    shared = min(count, len(truth.masks))
    predicted[:shared] = np.maximum(0.8 * truth.masks[:shared], 0.55 * predicted[:shared])
    order = rng.permutation(count)
    for metric in METRICS:
        scores = metric().score(predicted, truth)
        assert metric().score(predicted[order], truth) == pytest.approx(scores, abs=1e-5)
        assert all(0 <= value <= 1 for name, value in scores.items() if not name.endswith("_error"))
        assert all(math.isfinite(value) for value in scores.values())


@pytest.mark.parametrize("geometry", ["lines", "pileup"])
def test_perfect_predictions_of_real_samples_are_nearly_perfect(geometry):
    recipe = Recipe.from_names(geometry=[geometry], size=256)
    lengths = []
    for index in range(8):
        truth = make_sample(recipe, 1, index)
        predicted = channels(*truth.masks)
        lengths.append(Length().score(predicted, truth)["length"])
        assert Length().score(predicted, truth)["length_matched"] == 1
        assert Instances().score(predicted, truth)["instances_f1"] == 1
        assert Centreline().score(predicted, truth)["centreline_f1"] > 0.99
    # Where a line leaves the image at a sharp angle, its mask goes on along the border for some pixels.
    assert np.median(lengths) > 0.99
    assert min(lengths) > 0.9


def test_an_image_takes_a_fraction_of_a_second():
    truth = sample(*(across(y, 20, 480) for y in range(40, 500, 46)), size=Size(512, 512))
    predicted = channels(*truth.masks, count=20)
    begin = time.process_time()
    for metric in METRICS:
        metric().score(predicted, truth)
    assert time.process_time() - begin < 2  # 0.1 s on a quiet machine
