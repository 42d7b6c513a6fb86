from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from dislo_gen import Choice, Empirical, Fixed, LogNormal, Normal, Uniform
from dislo_gen.distribution_tables import distribution_from_plain

DRAWS = 4000


def drawn(distribution, count=DRAWS, seed=1):
    rng = np.random.default_rng(seed)
    return np.array([distribution.draw(rng) for _ in range(count)])


def follows(values, cdf):
    """Kolmogorov-Smirnov: the seed is fixed, so a correct implementation passes for good."""
    return stats.kstest(values, cdf).pvalue > 1e-3


@pytest.mark.parametrize(
    ("mean", "sd", "low", "high"),
    [(0, 1, -math.inf, math.inf), (5, 2, 4, 5.5), (0, 1, 1.5, math.inf), (0, 1, -math.inf, -0.5), (0, 1, 4, 5)],
)
def test_normal_is_the_truncated_distribution(mean, sd, low, high):
    values = drawn(Normal(mean, sd, low, high))
    truth = stats.truncnorm((low - mean) / sd, (high - mean) / sd, loc=mean, scale=sd)
    assert follows(values, truth.cdf)
    assert values.min() >= low
    assert values.max() <= high


@pytest.mark.parametrize(("low", "high"), [(9.0, 10.0), (-10.0, -9.0)])
def test_normal_is_not_heaped_up_however_far_out_it_is_cut_off(low, high):
    values = drawn(Normal(0, 1, low, high), 500)
    assert len(np.unique(values)) > 400
    assert follows(values, stats.truncnorm(low, high).cdf)


def test_normal_without_spread_is_its_mean():
    assert set(drawn(Normal(3, 0), 5)) == {3}
    assert set(drawn(Normal(3, 0, high=2), 5)) == {2}


@pytest.mark.parametrize(("low", "high"), [(0, math.inf), (8, 14), (15, math.inf), (0, 9)])
def test_lognormal_is_the_truncated_distribution(low, high):
    values = drawn(LogNormal(12, 0.4, low, high))
    logs = (math.log(low) if low else -math.inf, math.log(high))
    a, b = ((edge - math.log(12)) / 0.4 for edge in logs)
    assert follows(np.log(values), stats.truncnorm(a, b, loc=math.log(12), scale=0.4).cdf)
    assert values.min() >= low
    assert values.max() <= high


def test_half_of_a_lognormal_lies_below_its_median():
    assert abs((drawn(LogNormal(12, 0.4)) < 12).mean() - 0.5) < 0.03


def test_uniform_is_uniform():
    assert follows(drawn(Uniform(-3, 7)), stats.uniform(-3, 10).cdf)


def test_whole_numbers_of_uniform_include_both_ends_equally_often():
    rng = np.random.default_rng(2)
    values, counts = np.unique([Uniform(2, 5).draw_integer(rng) for _ in range(DRAWS)], return_counts=True)
    assert values.tolist() == [2, 3, 4, 5]
    assert stats.chisquare(counts).pvalue > 1e-3


def test_whole_numbers_of_uniform_stay_inside_fractional_ends():
    rng = np.random.default_rng(2)
    assert {Uniform(1.5, 4.5).draw_integer(rng) for _ in range(200)} == {2, 3, 4}


def test_choice_follows_its_weights():
    values, counts = np.unique(drawn(Choice(("a", "b", "c"), weights=(1, 0, 3))), return_counts=True)
    assert values.tolist() == ["a", "c"]
    assert abs(counts[1] / DRAWS - 0.75) < 0.03


def test_choice_without_weights_takes_all_equally():
    _, counts = np.unique(drawn(Choice((1, 2, 3))), return_counts=True)
    assert len(counts) == 3
    assert stats.chisquare(counts).pvalue > 1e-3


def test_empirical_follows_the_quantiles_of_what_was_measured():
    measured = (9.0, 1.0, 2.0, 4.0)
    positions = np.interp(np.sort(drawn(Empirical(measured))), sorted(measured), np.linspace(0, 1, 4))
    assert follows(positions, stats.uniform.cdf)


def test_empirical_whole_numbers_are_measured_ones():
    rng = np.random.default_rng(0)
    assert {Empirical((7, 1, 30)).draw_integer(rng) for _ in range(100)} == {1, 7, 30}


def test_empirical_of_one_value_is_that_value():
    assert set(drawn(Empirical((4.5,)), 5)) == {4.5}


def test_draw_many_draws_each_anew():
    rng = np.random.default_rng(0)
    for distribution in (Uniform(0, 1), Normal(0, 1), LogNormal(1, 1), Empirical((0, 1))):
        many = distribution.draw_many(rng, 50)
        assert many.dtype == np.float64
        assert len(np.unique(many)) == 50
    assert Fixed(3).draw_many(rng, 4).tolist() == [3.0] * 4


@pytest.mark.parametrize(
    ("plain", "meant"),
    [
        ({"uniform": [10, 100]}, Uniform(10, 100)),
        ({"uniform": {"low": 10, "high": 100}}, Uniform(10, 100)),
        ({"normal": [5, 1]}, Normal(5, 1)),
        ({"normal": {"mean": 5, "sd": 1, "low": 0}}, Normal(5, 1, low=0)),
        ({"lognormal": [12, 0.4]}, LogNormal(12, 0.4)),
        ({"lognormal": {"median": 12, "sigma": 0.4, "high": 20}}, LogNormal(12, 0.4, high=20)),
        ({"choice": ["a", "b"]}, Choice(("a", "b"))),
        ({"choice": {"values": [1, 2], "weights": [3, 1]}}, Choice((1, 2), (3, 1))),
        ({"empirical": [3.1, 9.0, 4.7]}, Empirical((3.1, 4.7, 9.0))),
        (4, Fixed(4)),
        ("bow", Fixed("bow")),
    ],
)
def test_recipes_write_distributions_like_this(plain, meant):
    assert distribution_from_plain(plain) == meant


@pytest.mark.parametrize(
    ("plain", "says"),
    [
        ({}, "one key"),
        ({"uniform": [1, 2], "normal": [1, 2]}, "one key"),
        ({"unifrom": [1, 2]}, "did you mean 'uniform'"),
        ({"zipf": [1, 2]}, "uniform"),
        ({"uniform": 3}, "list or a table"),
        ({"uniform": [1]}, r"\[low, high\]"),
        ({"uniform": [1, 2, 3]}, r"\[low, high\]"),
        ({"uniform": [2, 1]}, "from the smaller to the larger"),
        ({"uniform": ["1", 2]}, "finite number"),
        ({"uniform": [True, 2]}, "finite number"),
        ({"uniform": [math.nan, 2]}, "finite number"),
        ({"uniform": [0, math.inf]}, "finite number"),
        ({"uniform": {"low": 1}}, "lacks 'high'"),
        ({"uniform": {"low": 1, "hihg": 2}}, "did you mean 'high'"),
        ({"normal": [1, -1]}, "negative"),
        ({"normal": {"mean": 0, "sd": 1, "low": 2, "high": 1}}, "above"),
        ({"normal": {"mean": 0, "sd": 1, "low": math.nan}}, "low must be a number"),
        ({"lognormal": [0, 1]}, "positive"),
        ({"lognormal": [-3, 1]}, "positive"),
        ({"lognormal": {"median": 1, "sigma": 1, "high": -1}}, "high"),
        ({"choice": []}, "at least one"),
        ({"choice": {"values": [1, 2], "weights": [1]}}, "as many weights"),
        ({"choice": {"values": [1, 2], "weights": [0, 0]}}, "not all 0"),
        ({"choice": {"values": [1, 2], "weights": [-1, 2]}}, "at least 0"),
        ({"choice": {"values": [1, 2], "weights": ["a", 2]}}, "finite numbers"),
        ({"empirical": []}, "at least one"),
        ({"empirical": [1, math.nan]}, "finite"),
        ({"empirical": [True, False]}, "finite"),
    ],
)
def test_malformed_tables_are_refused_with_a_reason(plain, says):
    with pytest.raises(ValueError, match=says):
        distribution_from_plain(plain)


@pytest.mark.parametrize(
    "plain", [{"empirical": ["a", 1]}, {"choice": {"values": 3}}, {"choice": {"values": [1], "weights": 1}}]
)
def test_wrong_types_inside_a_table_are_value_errors_too(plain):
    with pytest.raises(ValueError, match=r".+"):
        distribution_from_plain(plain)
