"""Pictures with lines over them: what is marked stays to be seen, and every line can be told by its number."""

import numpy as np
import pytest

from dislo_gen import (
    SLIP_TRACE,
    SLIPPED_BAND,
    ClosedCurve,
    Defect,
    OpenCurve,
    PixelSize,
    Region,
    Scene,
    circle,
    draw_lines,
    draw_overlay,
)
from dislo_gen.overlays.labels import place_labels
from dislo_gen.overlays.scale_bar import scale_bar

GREY = np.full((100, 400), 0.5, np.float32)


def line(y, x=(20, 380), **more):
    return Defect("dislocation", OpenCurve([(x[0], y), (x[1], y)]), **more)


def changed(picture, grey=128):
    return (np.abs(picture.astype(int) - grey) > 8).any(axis=-1)


def saturation(picture):
    return picture.max(axis=-1).astype(int) - picture.min(axis=-1)


def test_the_picture_lies_untouched_beside_the_one_with_lines():
    image = np.random.default_rng(0).random((100, 400), dtype=np.float32)
    both = draw_overlay(image, Scene([line(50)]), confidence=[0.873], caption="film", pixel_size=PixelSize(2, 2))
    assert both.dtype == np.uint8
    assert both.shape[1:] == (806, 3)
    assert (both[:100, :400] == np.round(image * 255).astype(np.uint8)[..., None]).all()
    assert (both[:100, 406:] != both[:100, :400]).any()
    assert (both[100:] < 128).any()  # the caption and the bar


def test_a_line_is_thin_and_what_it_marks_is_seen_through_it():
    image = GREY.copy()
    image[:, 200:] = 0.2
    drawn = draw_lines(image, Scene([line(50.5)]), labels=False)
    grey = np.round(image * 255)
    assert changed(drawn, grey[..., None]).sum(axis=0)[30:370].max() <= 3
    bright, dark = drawn[50, 100].astype(int), drawn[50, 300].astype(int)
    assert (bright - dark).min() > 10
    assert saturation(drawn)[50, 100] > 60


def test_lines_stay_visible_where_a_large_picture_is_seen_small():
    large = np.full((60, 2700), 0.5, np.float32)
    drawn = draw_lines(large, Scene([line(30.5, (10, 2000))]), labels=False)
    assert 5 <= changed(drawn)[:, 1000].sum() <= 9


def test_colour_and_number_are_those_of_the_id():
    lines = [line(y, id=n) for n, y in enumerate((20, 50, 80))]
    every = draw_lines(GREY, Scene(lines), labels=False)
    some = draw_lines(GREY, Scene([lines[2]]), labels=False)
    assert (every[80, 200] == some[80, 200]).all()
    assert (every[20, 200] != every[80, 200]).any()
    without_ids = draw_lines(GREY, Scene([line(20), line(50), line(80)]), labels=False)
    assert (without_ids == every).all()


@pytest.mark.parametrize("kind", [SLIP_TRACE, SLIPPED_BAND, "dislocation"])
def test_companions_are_pale_and_dashed_and_have_no_number(kind):
    shape = Region([(20, 50), (380, 50), (380, 99), (20, 99)]) if kind == SLIPPED_BAND else line(50).shape
    scene = Scene([Defect(kind, shape, labelled=False)])
    drawn = draw_lines(GREY, scene, confidence=[0.9])
    assert saturation(drawn).max() < 12
    assert changed(drawn).any()
    along = changed(drawn)[50, 30:370]
    assert 0.3 < along.mean() < 0.95
    assert (drawn == draw_lines(GREY, scene, labels=False)).all()


def test_slip_traces_that_are_to_be_found_look_as_others_do():
    drawn = draw_lines(GREY, Scene([Defect(SLIP_TRACE, line(50).shape), line(20)]))
    assert saturation(drawn)[40:60].max() < 12 < saturation(drawn)[15:25].max()


def test_closed_curves_and_areas_are_outlines():
    for shape in (circle((200, 50), 30), Region(circle((200, 50), 30).points)):
        drawn = draw_lines(GREY, Scene([Defect("loop", shape)]), labels=False)
        assert not changed(drawn)[50, 180:220].any()
        assert changed(drawn)[50, 225:235].any()


def boxes(labels):
    for label in labels:
        left, top, right, bottom = label.font.getbbox(label.text)
        x, y = label.middle
        yield x - (right - left) / 2, y - (bottom - top) / 2, x + (right - left) / 2, y + (bottom - top) / 2


def test_numbers_stand_off_the_lines_and_off_each_other_and_inside_the_picture():
    shapes = [OpenCurve([(30 + 70 * n, 2), (30 + 70 * n, 70)]) for n in range(6)]
    shapes += [ClosedCurve(circle((200, 150), 20).points), OpenCurve([(-50, 198), (450, 198)])]
    labels = place_labels([(shape, ("10  0.87", "10"), (255, 0, 0)) for shape in shapes], (400, 200), 13)
    assert len(labels) == len(shapes)
    placed = list(boxes(labels))
    for number, (left, top, right, bottom) in enumerate(placed):
        assert min(left, top) >= 0
        assert right <= 400
        assert bottom <= 200
        for x in (30 + 70 * n for n in range(6)):
            assert not (left < x < right and top < 70)
        for other in placed[:number]:
            assert left >= other[2] or other[0] >= right or top >= other[3] or other[1] >= bottom


def test_where_it_is_crowded_only_the_number_is_written():
    shapes = [OpenCurve([(6 + 9 * n, 2), (6 + 9 * n, 38)]) for n in range(12)]
    labels = place_labels([(shape, ("7  0.87", "7"), (255, 0, 0)) for shape in shapes], (120, 40), 13)
    assert len(labels) == 12
    assert {label.text for label in labels} == {"7", "7  0.87"}


def test_what_lies_outside_has_no_number():
    scene = Scene([line(500), line(50, (-90, 500))])
    drawn = draw_lines(GREY, scene, confidence=[0.5, 0.6])
    assert changed(drawn).any()
    assert not changed(draw_lines(GREY, Scene([line(500)]))).any()
    assert not changed(draw_lines(GREY, Scene())).any()


@pytest.mark.parametrize(
    ("size", "width", "scale", "length", "text"),
    [
        (PixelSize(0.83, 0.83), 720, 1, 100 / 0.83, "100 nm"),
        (PixelSize(1, 9), 2048, 1, 500, "500 nm"),
        (PixelSize(1, 1), 2048, 0.5, 500, "1 µm"),
        (PixelSize(1, 1), 400, 1, 100, "100 nm"),
        (PixelSize(1, 1), 800, 2, 200, "100 nm"),
        (PixelSize(4e-4, 4e-4), 512, 1, 125, "50 pm"),
        (PixelSize(0.01, 0.01, "1/nm"), 1024, 1, 200, "2 1/nm"),
    ],
)
def test_scale_bars_are_of_round_lengths(size, width, scale, length, text):
    found = scale_bar(size, width, scale)
    assert found == (pytest.approx(length), text)
    assert found[0] <= width / 4


def test_very_large_pictures_are_shrunk_and_very_small_ones_enlarged():
    assert draw_overlay(np.zeros((10, 4096), np.float32), Scene()).shape == (5, 2 * 2048 + 6, 3)
    small = draw_overlay(np.eye(64, dtype=np.float32), Scene())
    assert small.shape == (320, 2 * 320 + 6, 3)
    assert (small[:5, :5] == 255).all()
    assert draw_overlay(
        np.zeros((1, 1), np.float32), Scene([line(0.5)]), caption="x", pixel_size=PixelSize(1, 1)
    ).size


def test_there_is_one_confidence_for_each():
    with pytest.raises(ValueError, match="a confidence for each of the 2 defects, not 1"):
        draw_lines(GREY, Scene([line(20), line(40)]), confidence=[0.5])
