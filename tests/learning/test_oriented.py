"""The network whose channels are directions: what it is taught, and lines followed through it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dislo_gen import OpenCurve, component_class, draw_mask, make_sample
from dislo_gen.instances import Finding, lines_of
from dislo_gen.recipe import Recipe

SIDE = 96
MIDDLE = SIDE / 2 + 0.5
"""Of a pixel: between pixels, a line that is three wide is drawn half a pixel beside where it is."""
PIXELS_SAY = math.radians(7)
"""How far the direction of a line's pixels may be off: a line three pixels wide has steps."""


def masks_of(*curves):
    masks = np.zeros((len(curves), SIDE, SIDE), dtype=bool)
    for mask, curve in zip(masks, curves, strict=True):
        draw_mask(mask, OpenCurve(np.asarray(curve, dtype=float)), 3.0)
    return masks


def through_the_middle(angle, length=60.0):
    step = length / 2 * np.array((math.cos(angle), math.sin(angle)))
    return np.array((MIDDLE, MIDDLE)) + np.outer((-1, 0, 1), step)


def seen(model, masks):
    """The lines of a network that gives just what it is taught."""
    return lines_of(model, model.targets(masks).astype(np.float32))


@pytest.fixture(scope="module")
def model():
    return component_class("model", "oriented-unet")()


def nearest(curve, points):
    """The largest distance of points from a curve's points."""
    return np.hypot(*(curve.points[None] - np.asarray(points)[:, None]).T).min(axis=0).max()


@settings(deadline=None)
@given(st.floats(0, math.pi, exclude_max=True), st.integers(4, 16))
def test_a_straight_line_is_taught_to_the_two_channels_it_runs_between(angle, channels):
    model = component_class("model", "oriented-unet")(channels=channels)
    targets = model.targets(masks_of(through_the_middle(angle)))
    assert targets.shape == (channels, 2 * SIDE, 2 * SIDE)
    assert targets.dtype == np.uint8
    y, x = (np.mgrid[: 2 * SIDE, : 2 * SIDE] + 0.5) / 2 - MIDDLE
    along, beside = x * math.cos(angle) + y * math.sin(angle), y * math.cos(angle) - x * math.sin(angle)
    middle, off = (abs(along) < 8) & (abs(beside) < 0.25), (abs(along) > 33) | (abs(beside) > 1.1)
    assert not targets[:, off].any(), "what is not along its middle is taught"
    step = math.pi / channels
    for number, channel in enumerate(targets):
        apart = abs((angle - number * step + math.pi / 2) % math.pi - math.pi / 2)
        if apart < step - PIXELS_SAY:
            assert channel[middle].all(), "a channel of its direction leaves parts of it out"
        if apart > step + PIXELS_SAY:
            assert not channel[abs(along) < 8].any(), "a channel of another direction has it"
    assert targets[:, middle].any(axis=0).all(), "each place of its middle is in some channel"


def test_with_more_places_in_a_pixel_lines_nearer_than_their_width_are_told_apart():
    curves = [((10.0, y), (86.0, y + 6)) for y in (40, 42.5, 45)]
    found = {
        k: len(seen(component_class("model", "oriented-unet")(oversampling=k), masks_of(*curves))) for k in (1, 3)
    }
    assert found[3] == 3
    assert found[1] < 3


@settings(max_examples=30, deadline=None)
@given(st.floats(0, math.pi), st.floats(math.radians(50), math.radians(130)))
def test_lines_that_cross_are_two(angle, between):
    model = component_class("model", "oriented-unet")()
    curves = through_the_middle(angle), through_the_middle(angle + between)
    found = seen(model, masks_of(*curves))
    assert len(found) == 2
    for curve in curves:
        assert min(nearest(line.curve, curve[[0, 2]]) for line in found) < 3


@settings(deadline=None)
@given(st.floats(0, math.pi), st.sampled_from([(slice(None), slice(None, None, -1)), (slice(None, None, -1),)]))
def test_channels_of_a_mirror_image_are_turned_back(angle, mirror):
    model = component_class("model", "oriented-unet")()
    masks = masks_of(through_the_middle(angle))
    there = model.targets(np.ascontiguousarray(masks[:, *mirror]))
    again = model.mirrored(there.astype(np.float32)[:, *mirror])
    different = again != model.targets(masks)
    assert different.mean() < 0.002, "but for pixels whose direction is just between two channels"


@pytest.mark.parametrize("angle", np.radians([0, 20, 45, 77, 90, 150]))
def test_lines_side_by_side_are_told_apart(model, angle):
    across = np.array((-math.sin(angle), math.cos(angle)))
    curves = [through_the_middle(angle) + shift * across for shift in (-8, -4, 0, 4, 8)]
    found = seen(model, masks_of(*curves))
    assert len(found) == 5
    for curve in curves:
        assert min(nearest(line.curve, curve) for line in found) < 2


def test_a_line_that_turns_through_all_directions_is_one(model):
    turn = np.linspace(0, 1.75 * math.pi, 80)
    curve = SIDE / 2 + 30 * np.stack((np.cos(turn), np.sin(turn)), axis=1)
    (line,) = seen(model, masks_of(curve))
    assert line.curve.length == pytest.approx(1.75 * math.pi * 30, rel=0.03)


def test_a_gap_is_bridged_and_a_speck_is_no_line(model):
    masks = masks_of(((10, 48), (40, 48)), ((50, 48), (86, 48)), ((20, 20), (22, 20)))
    probabilities = model.targets(masks).astype(np.float32)
    # A gap and a length are of a picture of 512 px; this one has 96.
    (line,) = lines_of(model, probabilities, Finding(gap=80, shortest=40))
    assert line.curve.length == pytest.approx(76, abs=3)
    assert line.mask[48, 45]
    assert len(lines_of(model, probabilities, Finding(gap=20, shortest=40))) == 2


def test_what_is_below_the_threshold_is_not_found(model):
    probabilities = model.targets(masks_of(through_the_middle(0.3))).astype(np.float32)
    (line,) = lines_of(model, 0.6 * probabilities)
    assert line.confidence == pytest.approx(0.5, abs=0.11)
    assert lines_of(model, 0.4 * probabilities) == ()
    assert len(lines_of(model, 0.4 * probabilities, Finding(threshold=0.3))) == 1
    assert lines_of(model, 0 * probabilities) == ()


def test_what_it_is_taught_of_pileups_gives_the_lines_back(model):
    """The best that any network can reach with these channels, judged by the metric that judges networks."""
    recipe = Recipe.from_names(base="narrow").with_settings(
        ["geometry.pileups=1", "geometry.spacing={uniform=[18, 30]}"]
    )
    scores = []
    for index in range(6):
        sample = make_sample(recipe, 0, index)
        lines = seen(model, sample.masks)
        masks = np.stack([line.mask for line in lines]).astype(np.float32)
        scores.append(component_class("metric", "instances")().score(masks, sample)["instances_f1"])
    assert np.mean(scores) > 0.9
