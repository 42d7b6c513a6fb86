from __future__ import annotations

import json

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dislo_gen import LogNormal, Normal, Uniform
from dislo_gen.distribution_tables import distribution_from_plain
from dislo_gen.testing.strategies import distributions


@given(distributions())
def test_plain_data_and_back(distribution):
    plain = json.loads(json.dumps(distribution.to_plain(), allow_nan=False))
    assert distribution_from_plain(plain) == distribution


@given(distributions(), st.integers(0, 2**32))
def test_every_draw_lies_inside_the_bounds(distribution, seed):
    rng = np.random.default_rng(seed)
    drawn = [distribution.draw(rng) for _ in range(10)]
    outcomes = distribution.outcomes()
    if outcomes is not None:
        assert all(value in outcomes for value in drawn)
        return
    low, high = distribution.bounds()
    assert all(low <= value <= high for value in drawn)
    many = distribution.draw_many(rng, 10)
    assert many.shape == (10,)
    assert ((low <= many) & (many <= high)).all()
    # A whole number next to a bound that is none may lie half a unit outside it.
    assert all(low - 0.5 <= distribution.draw_integer(rng) <= high + 0.5 for _ in range(10))


@given(distributions(), st.integers(0, 2**32))
def test_what_is_cut_off_draws_within_the_narrower_bounds(distribution, seed):
    if distribution.outcomes() is not None:
        return
    low, high = distribution.bounds()
    middle = distribution.draw(np.random.default_rng(seed))
    cut = distribution.within(max(low, middle - 1), min(high, middle + 1))
    if cut is distribution:
        return
    rng = np.random.default_rng(seed)
    assert all(max(low, middle - 1) <= cut.draw(rng) <= min(high, middle + 1) for _ in range(10))


@given(distributions(), st.integers(0, 2**32))
def test_drawing_depends_on_the_generator_alone(distribution, seed):
    one, other = np.random.default_rng(seed), np.random.default_rng(seed)
    assert [distribution.draw(one) for _ in range(5)] == [distribution.draw(other) for _ in range(5)]
    assert one.random() == other.random()


@given(
    st.one_of(
        st.builds(Normal, st.floats(-50, 50), st.floats(0, 20)),
        st.builds(Normal, st.floats(-5, 5), st.floats(0, 20), st.floats(-30, -1), st.floats(1, 30)),
        st.builds(LogNormal, st.floats(0.1, 100), st.floats(0, 2), st.floats(0, 0.1), st.floats(100, 1e4)),
        st.builds(Uniform, st.floats(-5, 0), st.floats(0, 5)),
    ),
    st.integers(0, 20),
)
def test_many_draws_at_once_are_those_one_after_the_other(distribution, count):
    together = distribution.draw_many(np.random.default_rng(3), count)
    rng = np.random.default_rng(3)
    assert together.tolist() == [distribution.draw(rng) for _ in range(count)]
