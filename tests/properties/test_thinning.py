"""Lines in labelme files have no more points than they need, by the rule of scikit-image."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from skimage.measure import approximate_polygon

from dislo_gen.labelme.thinning import thinned


@given(st.integers(0, 10**6), st.integers(2, 200), st.sampled_from([0.1, 0.5, 3.0]), st.sampled_from([0.2, 5.0]))
def test_open_lines_are_thinned_as_scikit_image_does(seed, count, tolerance, step):
    points = np.random.default_rng(seed).normal(0, step, (count, 2)).cumsum(0)
    np.testing.assert_array_equal(thinned(points, tolerance, closed=False), approximate_polygon(points, tolerance))


@given(st.integers(0, 10**6), st.integers(3, 200))
def test_closed_lines_keep_three_points_and_their_course(seed, count):
    angles = np.sort(np.random.default_rng(seed).uniform(0, 2 * np.pi, count))
    points = 40 * np.stack((np.cos(angles), np.sin(angles)), axis=1)
    left = thinned(points, 0.5, closed=True)
    assert 3 <= len(left) <= count
    ring = np.concatenate((left, left[:1]))
    ends = itertools.pairwise(ring)
    finely = np.concatenate([start + np.linspace(0, 1, 400)[:, None] * (end - start) for start, end in ends])
    away = np.hypot(*(points[:, None] - finely[None]).T).min(0)
    assert away.max() <= 0.5 + 0.2


def test_a_line_that_ends_where_it_begins_is_thinned():
    points = np.array([[0.0, 0], [5, 0], [5, 5], [0, 0]])
    np.testing.assert_array_equal(thinned(points, 0.5, closed=False), approximate_polygon(points, 0.5))
