"""Hypothesis strategies of plain recipes, made from the markers of the components' parameters."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs
from hypothesis import strategies as st

from dislo_gen import Choice, Empirical, Fixed, LogNormal, Normal, Uniform
from dislo_gen.parameters import Parameter, parameters
from dislo_gen.registry import load

Strategy = st.SearchStrategy[Any]
WIDE = 1e4


def limits(parameter: Parameter) -> tuple[float, float]:
    return max(parameter.range.low, -WIDE), min(parameter.range.high, WIDE)


def numbers(parameter: Parameter) -> Strategy:
    low, high = limits(parameter)
    if parameter.is_whole:
        return st.integers(int(low), int(high))
    return st.floats(low, high, allow_nan=False) | st.integers(-int(-low // 1), int(high // 1))


def tables(parameter: Parameter, value: Strategy) -> Strategy:
    """Distributions as a recipe writes them, within the parameter's range."""
    weighted = st.lists(st.tuples(value, st.floats(0.1, 9)), min_size=1, max_size=4).map(
        lambda pairs: {"values": [v for v, _ in pairs], "weights": [w for _, w in pairs]}
    )
    choice = (st.lists(value, min_size=1, max_size=4) | weighted).map(lambda content: {"choice": content})
    if parameter.choices is not None or parameter.type not in (int, float):
        return choice
    pair = st.tuples(value, value).map(sorted)
    spread = st.floats(0, WIDE)
    return st.one_of(
        choice,
        pair.map(lambda ends: {"uniform": ends}),
        pair.map(lambda ends: {"uniform": {"low": ends[0], "high": ends[1]}}),
        st.tuples(value, spread).map(lambda bell: {"normal": list(bell)}),
        st.tuples(value, spread, pair).map(
            lambda b: {"normal": {"mean": b[0], "sd": b[1], "low": b[2][0], "high": b[2][1]}}
        ),
        st.tuples(st.floats(1e-3, WIDE), st.floats(0, 5)).map(lambda bell: {"lognormal": list(bell)}),
        st.lists(value, min_size=1, max_size=5).map(lambda content: {"empirical": content}),
    )


def values(parameter: Parameter) -> Strategy:
    """What a recipe may say for a parameter."""
    if parameter.choices is not None:
        value: Strategy = st.sampled_from(parameter.choices)
    elif parameter.type in (int, float):
        value = numbers(parameter)
    elif parameter.type is bool:
        value = st.booleans()
    elif parameter.type is str:
        value = st.text(max_size=8)
    elif parameter.type is Path:
        value = st.sampled_from(["/banks/one", "/a b/ü"])
    else:
        return st.just(None)  # lists of other classes: left at their default
    if parameter.varied or parameter.distribution:
        value |= tables(parameter, value)
    return value


def known(kind: str, name: str) -> dict[str, Parameter]:
    return {p.name: p for p in parameters(load(kind, name))}


@st.composite
def components(draw: Any, kind: str, name: str, **given: Strategy) -> dict[str, Any]:
    """A component's table with some of its parameters; ``given`` ones always."""
    table: dict[str, Any] = {"use": name}
    found = known(kind, name)
    chosen = draw(st.sets(st.sampled_from(sorted(set(found) - set(given))), max_size=6))
    for key in sorted(chosen):
        value = draw(values(found[key]))
        if value is not None:
            table[key] = value
    return table | {key: draw(strategy) for key, strategy in given.items()}


def any_recipes() -> Strategy:
    """Recipes of the built-in components that say anything they may."""
    backgrounds = components("background", "perlin") | components("background", "real-blend")
    return recipes(backgrounds, components("geometry", "pileup"))


def recipes(background: Strategy, geometry: Strategy) -> Strategy:
    side = st.integers(1, 40)
    return st.fixed_dictionaries(
        {
            "background": background,
            "geometry": st.lists(geometry, min_size=1, max_size=2),
            "renderer": components("renderer", "cairo"),
            "size": side | st.tuples(side, side).map(list) | st.tuples(side, side).map(lambda s: f"{s[0]}x{s[1]}"),
        },
        optional={
            "labels": st.fixed_dictionaries({"line_width": st.floats(1.5, 64)}),
            "description": st.text(max_size=20),
        },
    )


def small_recipes() -> Strategy:
    """Recipes whose samples take milliseconds, whatever else they say."""
    pileup = components(
        "geometry",
        "pileup",
        curves=st.just(None),
        pileups=st.integers(0, 3),
        dislocations=st.integers(1, 5),
        slip_width=st.floats(2, 60),
        scale=st.floats(0.1, 2),
    ).map(lambda table: {key: value for key, value in table.items() if value is not None})
    return recipes(components("background", "perlin"), pileup)


def distributions() -> Strategy:
    number = st.floats(-1e6, 1e6)
    positive = st.floats(1e-3, 1e6)
    pair = st.tuples(number, number).map(sorted)
    bell = st.tuples(number, st.floats(0, 1e3), pair)
    return st.one_of(
        st.builds(Fixed, number | st.text(max_size=5) | st.booleans()),
        pair.map(lambda ends: Uniform(*ends)),
        bell.map(lambda b: Normal(b[0], b[1])),
        bell.map(lambda b: Normal(b[0], b[1], *b[2])),
        bell.map(lambda b: Normal(b[0], b[1], low=b[2][0])),
        st.tuples(positive, st.floats(0, 3)).map(lambda b: LogNormal(*b)),
        st.tuples(positive, st.floats(0, 3), st.tuples(positive, positive).map(sorted)).map(
            lambda b: LogNormal(b[0], b[1], *b[2])
        ),
        st.tuples(positive, st.floats(0, 3), number).map(lambda b: LogNormal(b[0], b[1], low=b[2])),
        st.lists(number, min_size=1, max_size=5).map(lambda v: Choice(v)),
        st.lists(st.tuples(number, st.floats(0.01, 9)), min_size=1, max_size=5).map(
            lambda pairs: Choice([v for v, _ in pairs], [w for _, w in pairs])
        ),
        st.lists(number, min_size=1, max_size=5).map(Empirical),
    )


def unfitting(parameter: Parameter) -> Strategy:
    """Single values of which most do not fit; none is a whole float, which JSON Schema takes for an integer."""
    low, high = limits(parameter)
    return st.one_of(
        st.none(),
        st.booleans(),
        st.text("abx", max_size=3),
        st.sampled_from(parameter.choices or ["?"]),
        st.lists(st.integers(), max_size=2),
        st.integers(int(low) - 3, int(high) + 3),
        st.floats(low - 3, high + 3).filter(lambda value: not value.is_integer()),
    )


def has_default(parameter: Parameter) -> bool:
    return parameter.default is not attrs.NOTHING
