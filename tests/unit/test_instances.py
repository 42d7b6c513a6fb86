"""From channels to lines: duplicates merged, pieces joined, empty channels dropped, other lines left alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dislo_gen import DISLOCATION, Defect, OpenCurve, Scene, Size, circle
from dislo_gen.instances import Finding, find_lines, line_masks
from dislo_gen.rasterize import rasterize

SIZE = Size(200, 160)


def channel(*shapes, probability=0.9):
    """One channel in which these lines are found, as wide as masks are."""
    masks = rasterize(Scene(Defect(DISLOCATION, shape) for shape in shapes), SIZE, 3.0)
    return (probability * masks.any(axis=0)).astype(np.float32)


def line(*points):
    return OpenCurve(np.array(points, dtype=float))


def found(*channels, **finding):
    return find_lines(np.stack(channels), Finding(**finding))


WHOLE = line((20, 30), (90, 60), (180, 70))
LEFT, RIGHT = line((20, 30), (80, 40)), line((88, 41.3), (180, 56.6))


def test_a_line_in_a_channel_is_that_line():
    (only,) = found(channel(WHOLE), np.zeros(SIZE.shape, np.float32))
    assert only.curve.length == pytest.approx(WHOLE.length, rel=0.02)
    assert only.confidence == pytest.approx(0.9)
    assert only.channels == (0,)
    np.testing.assert_array_equal(only.mask, channel(WHOLE) > 0.5)


def test_the_more_confident_of_two_channels_with_one_line_stays():
    shifted = line((20, 31), (90, 61), (180, 71))
    (only,) = found(channel(WHOLE, probability=0.7), channel(shifted, probability=0.95))
    assert only.channels == (1,)


def test_the_limit_for_duplicates_is_a_dice_loss_of_a_half():
    farther = line((20, 32.4), (90, 62.4), (180, 72.4))
    assert len(found(channel(WHOLE), channel(farther))) == 2
    assert len(found(channel(WHOLE), channel(farther), duplicate=0.9)) == 1


def test_a_piece_of_a_line_that_another_channel_holds_whole_is_that_line_again():
    (only,) = found(channel(line((20, 30), (90, 60)), probability=0.99), channel(WHOLE))
    assert only.channels == (1,)


@pytest.mark.parametrize("together", [False, True], ids=["two channels", "one channel"])
def test_pieces_that_face_each_other_are_one_line(together):
    channels = [channel(LEFT, RIGHT)] if together else [channel(LEFT), channel(RIGHT)]
    (joined,) = found(*channels)
    assert joined.curve.length == pytest.approx(np.hypot(160, 26.6), rel=0.02)
    assert joined.channels == (0,) if together else (0, 1)
    x = joined.curve.points[:, 0]
    assert (np.diff(x) > 0).all() or (np.diff(x) < 0).all()
    assert joined.mask[:, 84].any()  # the gap is bridged in the mask, too


def test_three_pieces_in_any_order_and_direction_are_one_line():
    parts = [line((130, 48), (180, 57)), line((20, 30), (70, 38.5)), line((122, 46.8), (78, 39.8))]
    (joined,) = found(*map(channel, parts))
    assert joined.channels == (0, 1, 2)
    assert joined.curve.length == pytest.approx(162, rel=0.02)


def test_what_does_not_continue_a_line_is_another():
    across = line((86, 44), (86, 140))
    assert len(found(channel(LEFT), channel(across))) == 2
    assert len(found(channel(LEFT), channel(RIGHT), gap=2.0)) == 2
    parallel = line((20, 38), (80, 48))
    assert len(found(channel(LEFT), channel(parallel))) == 2


def test_crossing_lines_in_channels_of_their_own_stay_two():
    lines = found(channel(line((20, 20), (180, 140))), channel(line((20, 140), (180, 20))))
    assert sorted(round(one.curve.length) for one in lines) == [pytest.approx(200, abs=4)] * 2


def test_specks_and_empty_channels_are_dropped():
    speck = channel(line((10, 10), (12, 11)))
    (only,) = found(np.zeros(SIZE.shape, np.float32), channel(WHOLE) + speck, speck)
    assert only.channels == (1,)
    assert not only.mask[8:14, 8:14].any()
    assert found(np.zeros(SIZE.shape, np.float32)) == ()
    assert find_lines(np.zeros((0, 8, 8), np.float32)) == ()


def test_a_closed_line_stays_closed():
    (ring,) = found(channel(circle((100, 80), 40)))
    assert ring.curve.name == "closed curve"
    assert ring.curve.length == pytest.approx(80 * np.pi, rel=0.02)


def test_masks_of_nothing_have_the_pictures_shape():
    assert line_masks((), (5, 7)).shape == (0, 5, 7)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0, 6))
def test_any_channels_give_sound_lines(seed, blur):
    from scipy.ndimage import gaussian_filter

    noise = np.random.default_rng(seed).standard_normal((3, 40, 50))
    smooth = gaussian_filter(noise, (0, blur, blur))
    probabilities = (1 / (1 + np.exp(-3 * smooth / smooth.std()))).astype(np.float32)
    for one in find_lines(probabilities):
        assert one.mask.shape == (40, 50)
        assert one.mask.any()
        assert 0.5 <= one.confidence <= 1
        assert np.isfinite(one.curve.points).all()
        assert (one.curve.points >= -1).all()
        assert (one.curve.points <= (51, 41)).all()


def test_two_lines_that_cross_in_one_channel_are_taken_apart():
    lines = found(channel(line((20, 20), (180, 140)), line((20, 140), (180, 20))))
    assert len(lines) >= 2
    assert sum(one.curve.length for one in lines) == pytest.approx(400, rel=0.05)
    assert (line_masks(lines, SIZE.shape).sum(axis=0) <= 1).all()
