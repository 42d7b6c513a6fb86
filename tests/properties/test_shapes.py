from __future__ import annotations

import itertools
import json

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dislo_gen import ClosedCurve, Defect, OpenCurve, Region, Scene, Size, Style, visible_fraction
from dislo_gen.convert import converter
from dislo_gen.rasterize import rasterize
from dislo_gen.scene import merge
from dislo_gen.visibility import measure_visibility

SIZES = st.sampled_from([Size(1, 1), Size(3, 7), Size(64, 17), Size(20, 20), Size(33, 48)])
BAND = 0.3  # px: closer than this to its outline a pixel may be either


def points(least, most=6):
    """Whole and other coordinates, inside the image and far outside it."""
    number = st.integers(-20, 80) | st.floats(-30, 90)
    return st.lists(st.tuples(number, number), min_size=least, max_size=most)


def distance(pixels, line):
    """Distance of pixel centres to a polyline, segment by segment."""
    nearest = np.full(len(pixels), np.inf)
    for start, end in itertools.pairwise(line):
        step = end - start
        length = step @ step
        at = np.clip(((pixels - start) @ step) / length, 0, 1) if length else np.zeros(len(pixels))
        nearest = np.minimum(nearest, np.hypot(*(pixels - start - at[:, None] * step).T))
    return nearest


def inside(pixels, polygon):
    """Even-odd rule: a ray to the right crosses the outline an odd number of times."""
    odd = np.zeros(len(pixels), dtype=bool)
    x, y = pixels.T
    for (x1, y1), (x2, y2) in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
        if y1 != y2:
            odd ^= ((y1 <= y) != (y2 <= y)) & (x < x1 + (y - y1) / (y2 - y1) * (x2 - x1))
    return odd


def centres(size):
    y, x = np.mgrid[: size.height, : size.width] + 0.5
    return np.stack((x.ravel(), y.ravel()), axis=1)


@given(points(2), st.booleans(), SIZES, st.floats(1.5, 12))
def test_masks_of_curves_are_the_pixels_near_them(vertices, closed, size, line_width):
    closed &= len(vertices) > 2
    shape = (ClosedCurve if closed else OpenCurve)(vertices)
    line = np.concatenate((shape.points, shape.points[:1])) if closed else shape.points
    [mask] = rasterize(Scene([Defect("x", shape)]), size, line_width)
    far = distance(centres(size), line) - line_width / 2
    assert mask.ravel()[far < -BAND].all()
    assert not mask.ravel()[far > BAND].any()


@given(points(3), SIZES)
def test_masks_of_regions_are_the_pixels_inside(vertices, size):
    shape = Region(vertices)
    [mask] = rasterize(Scene([Defect("x", shape)]), size, 3)
    clear = distance(centres(size), np.concatenate((shape.points, shape.points[:1]))) > BAND
    assert np.array_equal(mask.ravel()[clear], inside(centres(size), shape.points)[clear])


@given(points(2), st.booleans(), SIZES)
def test_the_visible_fraction_of_a_curve_is_that_of_its_length(vertices, closed, size):
    closed &= len(vertices) > 2
    shape = (ClosedCurve if closed else OpenCurve)(vertices)
    line = np.concatenate((shape.points, shape.points[:1])) if closed else shape.points
    at = (np.arange(4000) + 0.5) / 4000
    seen = total = 0.0
    for start, end in itertools.pairwise(line):
        sampled = start + at[:, None] * (end - start)
        length = np.hypot(*(end - start))
        seen += length * ((sampled >= 0) & (sampled <= size.xy)).all(axis=1).mean()
        total += length
    if total > 0:
        assert abs(visible_fraction(shape, size) - seen / total) < 2e-3


@given(
    st.tuples(st.floats(-10, 60), st.floats(-10, 60)),
    st.lists(st.floats(2, 40), min_size=3, max_size=12),
    SIZES,
)
def test_the_visible_fraction_of_a_region_is_that_of_its_area(centre, radii, size):
    angles = np.linspace(0, 2 * np.pi, len(radii), endpoint=False)
    shape = Region(np.asarray(centre) + np.asarray(radii)[:, None] * np.stack((np.cos(angles), np.sin(angles)), 1))
    seen = total = 0.0
    low, high = shape.points[:, 1].min(), shape.points[:, 1].max()
    lines = low + (np.arange(1500) + 0.5) / 1500 * (high - low)
    for y in lines:  # integrate over the chords of horizontal lines
        (x1, y1), (x2, y2) = shape.points.T, np.roll(shape.points, -1, axis=0).T
        crossed = (y1 <= y) != (y2 <= y)
        at = np.sort((x1 + (y - y1) / np.where(y2 == y1, 1, y2 - y1) * (x2 - x1))[crossed])
        total += (at[1::2] - at[::2]).sum()
        if 0 <= y <= size.height:
            clipped = at.clip(0, size.width)
            seen += (clipped[1::2] - clipped[::2]).sum()
    assert abs(visible_fraction(shape, size) - seen / total) < 5e-3


@given(points(2), SIZES)
def test_visibility_and_masks_agree(vertices, size):
    scene = measure_visibility(Scene([Defect("x", OpenCurve(vertices))]), size)
    [defect] = scene
    assert 0 <= defect.visible <= 1
    if defect.labelled:
        assert rasterize(scene, size, 3).any(axis=(1, 2)).all()


numbers = st.floats(-1e5, 1e5)
shapes = st.one_of(
    st.lists(st.tuples(numbers, numbers, st.floats(0, 1)), min_size=2, max_size=5).map(
        lambda rows: OpenCurve([row[:2] for row in rows], [row[2] for row in rows])
    ),
    points(2).map(OpenCurve),
    points(3).map(ClosedCurve),
    points(3).map(Region),
)
defects = st.builds(
    Defect,
    kind=st.text(min_size=1, max_size=9).filter(str.strip),
    shape=shapes,
    group=st.integers(0, 3),
    labelled=st.booleans(),
    style=st.builds(Style, contrast=numbers, width=st.floats(0, 10)),
    visible=st.floats(0, 1),
    id=st.integers(0, 99),
)
scenes = st.lists(defects, max_size=4).map(Scene)


@given(scenes)
def test_a_scene_read_back_from_json_is_the_scene(scene):
    text = json.dumps(converter.unstructure(scene), allow_nan=False)
    assert converter.structure(json.loads(text), Scene) == scene


@given(st.lists(scenes, max_size=4))
def test_merging_keeps_who_belongs_together(parts):
    merged = merge(parts)
    assert [d.id for d in merged] == list(range(len(merged)))
    owners = [(number, defect.group) for number, part in enumerate(parts) for defect in part]
    pairs = list(zip(owners, (d.group for d in merged), strict=True))
    assert all((owner == other) == (group == number) for owner, group in pairs for other, number in pairs)
    assert [d.shape for d in merged] == [d.shape for part in parts for d in part]
