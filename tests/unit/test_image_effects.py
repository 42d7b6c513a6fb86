"""Effects on the image do what their parameters say, measured on the pictures."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dislo_gen import Defect, OpenCurve, Scene, Size, component_class
from dislo_gen.testing import resolve

SIZE = Size(120, 100)


def effect(name, **parameters):
    """An effect with these parameters, all others at 0 where that is allowed, else drawn."""
    from dislo_gen.parameters import parameters as of

    cls = component_class("effect", name)
    quiet = {p.name: 0 for p in of(cls) if p.type in (int, float) and p.range.low <= 0 <= p.range.high}
    fixed = {p.name: p.type(0) for p in of(cls) if p.name in quiet and not p.distribution}
    return resolve(cls(**fixed | parameters))


def apply(one, image, seed=0, scene=None):
    return one.apply(image, scene or Scene(), np.random.default_rng(seed))


def flat(grey=0.5, shape=(100, 120)):
    return np.full(shape, grey, dtype=np.float32)


def spot(x, y, sigma=2.0, size=SIZE):
    """A bright Gaussian spot on black at (x, y), in pixels from the corner."""
    rows, columns = np.indices(size.shape) + 0.5
    return (0.8 * np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * sigma**2))).astype(np.float32)


def centroid(image):
    rows, columns = np.indices(image.shape) + 0.5
    return float(np.average(columns, weights=image)), float(np.average(rows, weights=image))


def moved_point(one, x, y, size=SIZE):
    scene = Scene([Defect("dislocation", OpenCurve([(x, y), (x + 1, y)]))])
    return one.move(scene, size).defects[0].shape.points[0]


def test_a_gradient_darkens_one_side_by_what_is_asked():
    lit = apply(effect("illumination", gradient=0.4, direction=0.0), flat(1.0))
    assert lit[:, -1].mean() / lit[:, 0].mean() == pytest.approx(0.6, abs=0.02)
    assert lit[0].mean() == pytest.approx(lit[-1].mean(), abs=0.01)


def test_vignetting_darkens_the_corners_and_an_aperture_covers_a_side():
    lit = apply(effect("illumination", vignetting=0.5), flat(0.9))
    corners = [lit[0, 0], lit[0, -1], lit[-1, 0], lit[-1, -1]]
    assert max(corners) < 0.75 * lit[40:60, 50:70].mean()
    shaded = apply(effect("illumination", aperture=0.3, direction=0.0, edge=4.0), flat(0.9))
    assert shaded[50, -1] == 0
    assert shaded[50, 10] == pytest.approx(0.9, abs=0.01)


@pytest.mark.parametrize("grey", [0.1, 0.3, 0.6])
def test_shot_noise_has_a_variance_that_grows_with_intensity(grey):
    noisy = apply(effect("shot-noise", strength=0.08), flat(grey, (400, 400)))
    assert noisy.var() == pytest.approx(0.08**2 * grey, rel=0.05)
    assert noisy.mean() == pytest.approx(grey, abs=0.002)


@pytest.mark.parametrize("spread", [0.0, 0.8, 1.6])
def test_detector_noise_has_the_standard_deviation_asked_for_and_is_spread(spread):
    noisy = apply(effect("detector-noise", strength=0.05, spread=spread), flat(0.5, (300, 400))) - 0.5
    assert noisy.std() == pytest.approx(0.05, rel=0.05)
    for axis in (0, 1):
        neighbours = float((noisy * np.roll(noisy, 1, axis)).mean() / noisy.var())
        expected = math.exp(-1 / (4 * spread**2)) if spread else 0.0
        assert neighbours == pytest.approx(expected, abs=0.06)


def test_stripes_are_columns_and_bad_pixels_are_as_many_as_asked_for():
    striped = apply(effect("detector-noise", stripes=0.1), flat())
    assert np.ptp(striped, axis=0).max() == 0
    assert striped[0].std() == pytest.approx(0.05, rel=0.3)
    bad = apply(effect("detector-noise", bad_pixels=0.01), flat(0.5, (300, 300)))
    assert ((bad == 0) | (bad == 1)).mean() == pytest.approx(0.01, rel=0.3)


@pytest.mark.parametrize("sigma", [0.7, 2.0, 5.0])
def test_blur_widens_a_spot_and_keeps_its_place_and_its_light(sigma):
    sharp = spot(60.5, 50.5, 3.0)
    blurred = apply(effect("blur", sigma=sigma), sharp)
    assert centroid(blurred) == pytest.approx((60.5, 50.5), abs=0.02)
    assert blurred.sum() == pytest.approx(sharp.sum(), rel=0.02)
    columns = np.arange(120) + 0.5
    spread = np.average((columns - 60.5) ** 2, weights=blurred.sum(axis=0))
    assert spread == pytest.approx(9 + sigma**2, rel=0.05)


@pytest.mark.parametrize("sigma", [0.2, 0.4, 0.55])
def test_a_slight_blur_is_as_wide_as_asked_for(sigma):
    edge = flat(0.0)
    edge[:, 60:] = 1
    steps = np.diff(apply(effect("blur", sigma=sigma), edge)[50].astype(float))
    at = np.arange(len(steps)) - np.average(np.arange(len(steps)), weights=steps)
    assert math.sqrt(np.average(at**2, weights=steps)) == pytest.approx(sigma, rel=0.02)


@pytest.mark.parametrize("direction", [0.0, 30.0, 45.0, 90.0])
def test_a_short_motion_is_as_long_in_every_direction(direction):
    dot = flat(0.0)
    dot[50, 60] = 1
    blurred = apply(effect("blur", motion=2.0, direction=direction), dot)
    rows, columns = np.indices(dot.shape) - np.array([50, 60])[:, None, None]
    turn = math.radians(direction)
    along = columns * math.cos(turn) + rows * math.sin(turn)
    assert math.sqrt(12 * np.average(along**2, weights=blurred)) == pytest.approx(2.5, abs=0.25)


@pytest.mark.parametrize(("direction", "wide"), [(0.0, 1), (90.0, 0)])
def test_motion_and_astigmatism_widen_along_their_direction(direction, wide):
    for parameters in ({"motion": 12.0}, {"astigmatism": 4.0}):
        blurred = apply(effect("blur", direction=direction, **parameters), spot(60.5, 50.5))
        # The sums over one axis leave the spread along the other.
        spreads = [
            np.average((np.arange(n) - n // 2) ** 2, weights=blurred.sum(axis=1 - a))
            for a, n in ((0, 100), (1, 120))
        ]
        assert spreads[wide] > 2 * spreads[1 - wide]
        assert centroid(blurred) == pytest.approx((60.5, 50.5), abs=0.05)


@settings(max_examples=25)
@given(st.floats(-20, 20), st.floats(-20, 20))
def test_drift_moves_pixels_and_truth_alike(x, y):
    one = effect("drift", x=x, y=y)
    moved = apply(one, spot(60, 50, 3.0))
    assert centroid(moved) == pytest.approx((60 + x, 50 + y), abs=0.02)
    assert moved_point(one, 60, 50).tolist() == pytest.approx([60 + x, 50 + y], abs=1e-3)


def test_drift_by_whole_pixels_changes_no_grey_value():
    image = np.random.default_rng(0).random((100, 120), dtype=np.float32)
    moved = apply(effect("drift", x=7.0, y=-3.0), image)
    assert np.array_equal(moved[:-3, 7:], image[3:, :-7])


def test_a_smeared_drift_stays_where_the_truth_is():
    moved = apply(effect("drift", smear=9.0, direction=30.0), spot(60, 50))
    assert centroid(moved) == pytest.approx((60, 50), abs=0.1)
    assert moved.max() < 0.6


distortions = st.fixed_dictionaries(
    {
        "radial": st.floats(-0.2, 0.2),
        "spiral": st.floats(-15, 15),
        "shear": st.floats(-0.3, 0.3),
        "stretch": st.floats(-0.3, 0.3),
        "rotation": st.floats(-40, 40),
    }
)


@settings(max_examples=40, deadline=None)
@given(distortions, st.floats(35, 85), st.floats(30, 70))
def test_distortion_moves_pixels_and_truth_alike(parameters, x, y):
    one = effect("distortion", **parameters)
    wanted = moved_point(one, x, y)
    if not (12 < wanted[0] < 108 and 12 < wanted[1] < 88):
        return
    assert centroid(apply(one, spot(x, y))) == pytest.approx(wanted.tolist(), abs=0.1)


@settings(max_examples=40)
@given(distortions, st.floats(-300, 500), st.floats(-300, 500))
def test_distorted_points_stay_apart_even_far_outside(parameters, x, y):
    one = effect("distortion", **parameters)
    here, there = moved_point(one, x, y), moved_point(one, x + 5, y)
    assert np.isfinite(here).all()
    assert np.hypot(*(there - here)) > 0.5


def test_scan_lines_change_whole_rows():
    lined = apply(effect("scan-lines", strength=0.05), flat())
    assert np.ptp(lined, axis=1).max() == 0
    assert lined[:, 0].std() == pytest.approx(0.025, rel=0.3)
    laced = apply(effect("scan-lines", interlace=0.1), flat())
    assert laced[1::2].mean() / laced[::2].mean() == pytest.approx(1.1, abs=0.01)


@pytest.mark.parametrize("loss", [0.1, 0.4, 0.9])
def test_compression_loses_the_more_the_more_it_is_asked_to(loss):
    image = np.clip(0.5 + 0.1 * np.random.default_rng(0).standard_normal((100, 120)), 0, 1).astype(np.float32)
    error = [np.abs(apply(effect("compression", loss=part), image) - image).mean() for part in (loss / 2, loss)]
    assert 0 < error[0] < error[1]


def test_video_loses_detail():
    checks = flat()
    checks[::2, ::2] = 0.9
    checks[1::2, 1::2] = 0.9
    assert apply(effect("compression", video=1.0), checks).std() < 0.5 * checks.std()


def test_gamma_is_an_exponent_and_contrast_a_slope():
    ramp = np.linspace(0, 1, 101, dtype=np.float32)[None, :]
    assert apply(effect("gamma", stops=1.0), ramp) == pytest.approx(ramp**2, abs=1e-5)
    steep = apply(effect("gamma", contrast=1.0, brightness=0.1), ramp)
    assert steep[0, 45] == pytest.approx(2 * (0.45 - 0.5) + 0.6, abs=1e-5)
    assert (steep.min(), steep.max()) == (0, 1)


def test_inverting_twice_changes_nothing():
    image = np.random.default_rng(0).random((20, 30), dtype=np.float32)
    once = apply(effect("inversion", amount=1.0), image)
    assert once == pytest.approx(1 - image, abs=1e-6)
    assert apply(effect("inversion", amount=1.0), once) == pytest.approx(image, abs=1e-6)


def test_clipping_saturates_the_share_asked_for_and_leaves_few_levels():
    image = np.random.default_rng(0).uniform(0.3, 0.6, (400, 400)).astype(np.float32)
    clipped = apply(effect("clipping", white=0.1, black=0.05), image)
    assert (clipped == 1).mean() == pytest.approx(0.1, abs=0.02)
    assert (clipped == 0).mean() == pytest.approx(0.05, abs=0.02)
    assert len(np.unique(apply(effect("clipping", bits_lost=5), image))) <= 8


def test_fiducials_change_a_few_places_to_black_or_white():
    for seed in range(10):
        marked = apply(effect("fiducials", marks=2, opacity=1.0, height=0.05), flat(0.5, (256, 256)), seed)
        changed = marked != 0.5
        assert 0.0005 < changed.mean() < 0.4
        assert np.abs(marked - 0.5).max() == 0.5


def test_marks_do_not_lie_over_each_other():
    # Four marks that take corners leave ink in as many corners, except where one of them is a cross.
    quarters = [(slice(0, 128), slice(0, 150)), (slice(0, 128), slice(150, 256))]
    quarters += [(slice(128, 256), columns) for _, columns in quarters]
    used = []
    for seed in range(40):
        marked = apply(effect("fiducials", marks=4, opacity=1.0, height=0.04), flat(0.5, (256, 256)), seed)
        used.append(sum(bool((marked[quarter] != 0.5).any()) for quarter in quarters))
    assert np.mean(used) > 3.5
