from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Literal

import attrs
import pytest

from dislo_gen import (
    Choice,
    Distribution,
    Empirical,
    Fixed,
    Geometry,
    Help,
    LogNormal,
    Normal,
    OneOf,
    Range,
    Scene,
    Uniform,
    Unit,
    Varied,
    component,
)
from dislo_gen.parameters import parameters


@component
class Everything(Geometry):
    """One parameter of every sort; its annotations are strings, because of the future import above."""

    needed: Annotated[float, Range(0, 1)]
    count: Annotated[Varied[int], Range(0, 9), Help("how many")] = Uniform(1, 3)
    length: Annotated[Varied[float], Range(1, 100), Unit("px")] = 5.0
    fixed: Annotated[float, Range(-1, 1)] = 0.0
    size: Annotated[Distribution, Range(0, 50), Unit("px")] = LogNormal(5, 0.3)
    shape: Annotated[Distribution, OneOf("round", "square")] = Fixed("round")
    mode: Literal["a", "b"] = "a"
    varied_mode: Varied[Literal["a", "b"]] = "b"
    bits: Literal[8, 16] = 8
    on: bool = False
    varied_on: Varied[bool] = False
    folder: Path | None = None
    limit: Annotated[float | None, Range(0, 10)] = None
    names: tuple[str, ...] = ()
    free: float = 0.0

    def place(self, size, rng):
        return Scene()


MARKERS = {p.name: p for p in parameters(Everything)}


def make(**given):
    return Everything(**{"needed": 0.5, **given})


def test_markers_are_read_from_string_annotations():
    count, length, size = MARKERS["count"], MARKERS["length"], MARKERS["size"]
    assert (count.type, count.varied, count.range, count.help) == (int, True, Range(0, 9), "how many")
    assert count.default == Uniform(1, 3)
    assert (length.type, length.unit, length.varied, length.distribution) == (float, "px", True, False)
    assert (size.distribution, size.varied, size.unit, size.range) == (True, False, "px", Range(0, 50))
    assert MARKERS["shape"].choices == ("round", "square")
    assert (MARKERS["mode"].choices, MARKERS["mode"].varied) == (("a", "b"), False)
    assert (MARKERS["varied_mode"].choices, MARKERS["varied_mode"].varied) == (("a", "b"), True)
    assert (MARKERS["folder"].type, MARKERS["folder"].optional, MARKERS["folder"].default) == (Path, True, None)
    assert (MARKERS["limit"].optional, MARKERS["limit"].range) == (True, Range(0, 10))
    assert MARKERS["needed"].default is attrs.NOTHING


def test_parameters_keep_the_order_they_are_written_in():
    assert list(MARKERS)[:4] == ["needed", "count", "length", "fixed"]


@pytest.mark.parametrize(
    "given",
    [
        {"count": 9},
        {"count": Choice((0, 9))},
        {"count": Normal(5, 100)},
        {"length": 1},
        {"length": Empirical((1, 100))},
        {"length": LogNormal(2, 5)},
        {"size": Fixed(50)},
        {"size": Uniform(0, 50)},
        {"shape": Choice(("round", "square"), (1, 2))},
        {"varied_mode": Choice(("a", "b"))},
        {"varied_on": Choice((True, False))},
        {"folder": Path("x")},
        {"folder": None},
        {"limit": 10},
        {"names": ("a", "b")},
        {"bits": 16},
    ],
)
def test_what_fits_is_taken(given):
    [(name, value)] = given.items()
    assert getattr(make(**given), name) == value


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"count": 10}, "10 is above the largest value allowed, 9"),
        ({"count": -1}, "-1 is below the smallest value allowed, 0"),
        ({"count": 2.0}, "whole number"),
        ({"count": True}, "whole number"),
        ({"count": "3"}, "whole number"),
        ({"count": Uniform(0, 10)}, "above the largest"),
        ({"count": Choice((1, 2.5))}, "whole number"),
        ({"count": Choice((1, "two"))}, "whole number"),
        ({"length": 0.5}, "below the smallest value allowed, 1 px"),
        ({"length": math.nan}, "finite"),
        ({"length": math.inf}, "finite"),
        ({"length": True}, "must be a number"),
        ({"length": None}, "not nothing"),
        ({"length": Empirical((0.5, 3))}, "below the smallest"),
        ({"length": Normal(5, 1, low=0.5)}, "below the smallest"),
        ({"length": LogNormal(5, 1, high=101)}, "above the largest"),
        ({"length": Normal(500, 1, low=200)}, "above the largest"),
        ({"length": Fixed(math.nan)}, "finite"),
        ({"fixed": Uniform(0, 1)}, "not a distribution"),
        ({"fixed": Fixed(0.5)}, "not a distribution"),
        ({"size": 5.0}, "must be a distribution"),
        ({"size": Fixed(51)}, "above the largest"),
        ({"size": Choice(("a", 1))}, "must be a number"),
        ({"shape": Fixed("ruond")}, "did you mean 'round'"),
        ({"shape": Uniform(0, 1)}, "only a choice"),
        ({"mode": "c"}, "'a' or 'b'"),
        ({"mode": Choice(("a", "b"))}, "not a distribution"),
        ({"varied_mode": Choice(("a", "c"))}, "'a' or 'b'"),
        ({"bits": 12}, "8 or 16"),
        ({"bits": "8"}, "8 or 16"),
        ({"on": 1}, "true or false"),
        ({"varied_on": Choice((True, 0))}, "true or false"),
        ({"folder": "x"}, "a path"),
        ({"limit": 11.0}, "above the largest"),
        ({"names": ["a"]}, "a list"),
        ({"names": ("a", 1)}, "a list"),
        ({"free": math.inf}, "finite"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(given, says):
    [name] = given
    with pytest.raises(ValueError, match=says) as caught:
        make(**given)
    assert str(caught.value).startswith(f"{name}: ")


def test_one_is_not_true_where_the_choices_are_numbers():
    @component
    class Bits(Geometry):
        bits: Literal[1, 8] = 8

        def place(self, size, rng):
            return Scene()

    with pytest.raises(ValueError, match="1 or 8"):
        Bits(bits=True)


def test_a_parameter_without_default_is_required():
    with pytest.raises(TypeError, match="needed"):
        Everything()


def test_components_are_frozen_and_evolve_checks_again():
    made = make()
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        made.length = 3.0
    assert made.evolve(length=7.0) == make(length=7.0)
    with pytest.raises(ValueError, match="length"):
        made.evolve(length=0.0)


def test_a_components_own_validator_still_runs():
    @component
    class Even(Geometry):
        count: int = attrs.field(default=2, validator=attrs.validators.in_([2, 4]))

        def place(self, size, rng):
            return Scene()

    with pytest.raises(ValueError, match="count"):
        Even(count=3)
    with pytest.raises(ValueError, match="whole number"):
        Even(count=2.0)


@pytest.mark.parametrize(
    ("low", "high", "error"), [(4, None, TypeError), ("a", 3, TypeError), (10, 2, ValueError)]
)
def test_a_range_is_two_numbers_in_order(low, high, error):
    with pytest.raises(error, match=r"Range\("):
        Range(low, high)


def test_a_type_that_no_recipe_holds_is_named():
    @component
    class Listing:
        values: Annotated[list[float], Help("numbers")] = attrs.Factory(list)

    with pytest.raises(TypeError, match=r"parameter 'values': a recipe cannot hold list\[float\]; write tuple"):
        Listing()
