from __future__ import annotations

import numpy as np
import pytest

from dislo_gen import ClosedCurve, Defect, OpenCurve, Region, Scene, Size, circle
from dislo_gen.rasterize import rasterize


def masks_of(size, line_width, *shapes, **more):
    return rasterize(Scene([Defect("x", shape, **more) for shape in shapes]), size, line_width)


def test_a_pixel_belongs_to_a_line_if_its_centre_is_within_half_the_width():
    [mask] = masks_of(Size(20, 10), 2, OpenCurve([[-5, 5], [25, 5]]))
    assert np.flatnonzero(mask.all(axis=1)).tolist() == [4, 5]
    assert mask.sum() == 40
    [mask] = masks_of(Size(20, 10), 3, OpenCurve([[-5, 5.5], [25, 5.5]]))
    assert np.flatnonzero(mask.all(axis=1)).tolist() == [4, 5, 6]
    assert not mask[[3, 7]].any()


def test_ends_are_round():
    [mask] = masks_of(Size(40, 40), 10, OpenCurve([[20, 20], [20.01, 20]]))
    assert mask.sum() == pytest.approx(np.pi * 25, rel=0.1)


def test_a_region_is_its_inside():
    [mask] = masks_of(Size(20, 20), 3, Region([[2, 3], [12, 3], [12, 9], [2, 9]]))
    expected = np.zeros((20, 20), dtype=bool)
    expected[3:9, 2:12] = True
    assert np.array_equal(mask, expected)


def test_a_closed_curve_is_closed_and_hollow():
    [mask] = masks_of(Size(40, 40), 3, ClosedCurve([[10, 10], [30, 10], [30, 30], [10, 30]]))
    assert mask[20, 10]  # the side that the points do not repeat
    assert not mask[20, 20]


def test_overlaps_are_kept():
    size = Size(30, 30)
    across, down, area = OpenCurve([[0, 15], [30, 15]]), OpenCurve([[15, 0], [15, 30]]), circle((15, 15), 8)
    masks = masks_of(size, 4, across, down, Region(area.points))
    assert masks.all(axis=0).any()
    for mask, shape in zip(masks, (across, down, Region(area.points)), strict=True):
        assert np.array_equal(mask, masks_of(size, 4, shape)[0])


def test_what_is_not_labelled_has_no_mask():
    scene = Scene(
        [
            Defect("slip trace", OpenCurve([[0, 2], [9, 2]]), labelled=False),
            Defect("dislocation", OpenCurve([[0, 6], [9, 6]])),
        ]
    )
    masks = rasterize(scene, Size(10, 10), 2)
    assert masks.shape == (1, 10, 10)
    assert not masks[0, :4].any()
    assert masks[0, 5:7].all()


def test_no_defects_no_masks():
    masks = rasterize(Scene(), Size(7, 3), 3)
    assert masks.shape == (0, 3, 7)
    assert masks.dtype == np.bool_


@pytest.mark.parametrize("size", [Size(1, 1), Size(3, 7), Size(64, 17), Size(17, 64)])
def test_any_size_works_and_masks_are_rows_by_columns(size):
    width, height = size.xy
    whole = Region([[-1, -1], [width + 1, -1], [width + 1, height + 1], [-1, height + 1]])
    last_row = OpenCurve([[-5, height - 0.5], [width + 5, height - 0.5]])
    masks = masks_of(size, 1.5, whole, last_row)
    assert masks.shape == (2, *size.shape)
    assert masks[0].all()
    assert masks[1, -1].all()
    assert masks[1].sum() == width


def test_a_clipped_shape_is_the_visible_part_of_the_whole():
    shape = circle((30, 20), 18)
    small, large = masks_of(Size(30, 20), 3, shape)[0], masks_of(Size(60, 40), 3, shape)[0]
    assert small.any()
    assert np.array_equal(small, large[:20, :30])


@pytest.mark.parametrize("shift", [-200, 200])
def test_a_shape_wholly_outside_leaves_an_empty_mask(shift):
    assert not masks_of(Size(30, 20), 3, circle((15 + shift, 10), 8)).any()


def test_a_line_that_begins_and_ends_far_away_still_crosses():
    [mask] = masks_of(Size(30, 20), 3, OpenCurve([[-1e7, 10.5], [1e7, 10.5]]))
    assert np.flatnonzero(mask.all(axis=1)).tolist() == [9, 10, 11]
    assert mask.sum() == 90
