"""Hypothesis strategies: sizes, shapes, scenes, parameters, components and recipes.

For the tests of plugins and of packages built on dislo-gen; needs hypothesis (``pip install
'dislo-gen[testing]'``). What is drawn is valid, unless the strategy's name says otherwise. The first call imports
much, which hypothesis would take for a slow test: set no deadline::

    @settings(deadline=None)
    @given(strategies.components(Loops), strategies.sizes())
    def test_every_loop_has_a_label(loops, size):
        scene = resolve(loops, size).place(size, np.random.default_rng(0))
        assert all(defect.labelled for defect in scene.of_kind("loop"))
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from dislo_gen.component import Component
from dislo_gen.component_tables import USE, read_component
from dislo_gen.distributions import Choice, Distribution, Empirical, Fixed, LogNormal, Normal, Uniform
from dislo_gen.errors import PluginError
from dislo_gen.interfaces import kind_of
from dislo_gen.parameters import Parameter, parameters
from dislo_gen.recipe import Recipe
from dislo_gen.registry import RUNTIME, load, name_of, plugins
from dislo_gen.scene import DISLOCATION, SLIP_TRACE, Defect, Scene, Style, merge
from dislo_gen.shapes import ClosedCurve, OpenCurve, Region, Shape
from dislo_gen.size import Size
from dislo_gen.visibility import measure_visibility

__all__ = [
    "can_generate",
    "component_tables",
    "components",
    "defects",
    "distributions",
    "installed",
    "plain_values",
    "recipe_tables",
    "recipes",
    "scenes",
    "shapes",
    "sizes",
    "unfitting_values",
]

Plain = dict[str, Any]
_WIDE = 1e4
_GENERATED = (int, float, bool, str, Path)


def sizes(largest: int = 64) -> st.SearchStrategy[Size]:
    """Sizes of pictures from 1 x 1 px on."""
    side = st.integers(1, largest)
    return st.builds(Size, side, side)


def _points(size: Size, fewest: int) -> st.SearchStrategy[NDArray[np.float64]]:
    far = 2.0 * max(size.xy)
    shape = st.integers(fewest, 12).map(lambda count: (count, 2))
    return arrays.arrays(np.float64, shape, elements=st.floats(-far, far, allow_nan=False))


@st.composite
def _open_curves(draw: st.DrawFn, size: Size) -> OpenCurve:
    points = draw(_points(size, 2))
    depth = arrays.arrays(np.float64, (len(points),), elements=st.floats(0, 1))
    return OpenCurve(points, draw(st.none() | depth))


def shapes(size: Size) -> st.SearchStrategy[Shape]:
    """Curves and regions in and around a picture of this size, in pixels; degenerate ones among them."""
    closed = _points(size, 3)
    return _open_curves(size) | closed.map(ClosedCurve) | closed.map(Region)


def defects(size: Size) -> st.SearchStrategy[Defect]:
    """Defects of every shape and of several kinds, labelled or not."""
    styles = st.builds(Style, contrast=st.floats(-1, 2), width=st.floats(0.1, 4))
    kinds = st.sampled_from([DISLOCATION, SLIP_TRACE, "loop", "void"]) | st.text("abc ", min_size=1).filter(
        str.strip
    )
    groups = st.integers(0, 5)
    return st.builds(Defect, kinds, shapes(size), groups, st.booleans(), styles)


def scenes(size: Size, largest: int = 8) -> st.SearchStrategy[Scene]:
    """Scenes as core hands them to a renderer: ids and groups numbered, visibility measured."""
    listed = st.lists(defects(size), max_size=largest)
    return listed.map(lambda found: measure_visibility(merge([Scene(found)]), size))


def distributions() -> st.SearchStrategy[Distribution]:
    """Distributions of every kind, of numbers for the most part."""
    number, positive = st.floats(-1e6, 1e6), st.floats(1e-3, 1e6)
    pair = st.tuples(number, number).map(sorted)
    bell = st.tuples(number, st.floats(0, 1e3), pair)
    weighted = st.lists(st.tuples(number, st.floats(0.01, 9)), min_size=1, max_size=5)
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
        st.lists(number, min_size=1, max_size=5).map(Choice),
        weighted.map(lambda pairs: Choice([v for v, _ in pairs], [w for _, w in pairs])),
        st.lists(number, min_size=1, max_size=5).map(Empirical),
    )


def can_generate(parameter: Parameter) -> bool:
    """Say whether values of a parameter's type can be made up; others (lists, tables) stay at their default."""
    return parameter.choices is not None or parameter.type in _GENERATED


def _limits(parameter: Parameter) -> tuple[float, float]:
    return max(parameter.range.low, -_WIDE), min(parameter.range.high, _WIDE)


def _single_values(parameter: Parameter) -> st.SearchStrategy[Any]:
    if parameter.choices is not None:
        return st.sampled_from(parameter.choices)
    low, high = _limits(parameter)
    if parameter.is_whole:
        return st.integers(int(low), int(high))
    if parameter.type is float:
        whole = st.integers(-int(-low // 1), int(high // 1)) if -int(-low // 1) <= int(high // 1) else st.nothing()
        return st.floats(low, high, allow_nan=False) | whole
    if parameter.type is bool:
        return st.booleans()
    if parameter.type is Path:
        return st.sampled_from(["/banks/one", "/a b/ü"])
    return st.text(max_size=8)


def plain_values(parameter: Parameter) -> st.SearchStrategy[Any]:
    """What a recipe may say for a parameter: values in its range and distributions over them.

    The parameter is one that `can_generate`.
    """
    value = _single_values(parameter)
    if not (parameter.varied or parameter.distribution):
        return value
    weighted = st.lists(st.tuples(value, st.floats(0.1, 9)), min_size=1, max_size=4).map(
        lambda pairs: {"values": [v for v, _ in pairs], "weights": [w for _, w in pairs]}
    )
    choice = (st.lists(value, min_size=1, max_size=4) | weighted).map(lambda content: {"choice": content})
    if parameter.choices is not None or parameter.type not in (int, float):
        return value | choice
    pair = st.tuples(value, value).map(sorted)
    spread = st.floats(0, _WIDE)
    return st.one_of(
        value,
        choice,
        pair.map(lambda ends: {"uniform": ends}),
        pair.map(lambda ends: {"uniform": {"low": ends[0], "high": ends[1]}}),
        st.tuples(value, spread).map(lambda bell: {"normal": list(bell)}),
        st.tuples(value, spread, pair).map(
            lambda b: {"normal": {"mean": b[0], "sd": b[1], "low": b[2][0], "high": b[2][1]}}
        ),
        st.tuples(st.floats(1e-3, _WIDE), st.floats(0, 5)).map(lambda bell: {"lognormal": list(bell)}),
        st.lists(value, min_size=1, max_size=5).map(lambda content: {"empirical": content}),
    )


def unfitting_values(parameter: Parameter) -> st.SearchStrategy[Any]:
    """Values of which most do not fit a parameter: just outside its range, or of another type.

    None is a whole number written as a float, which JSON Schema takes for an integer.
    """
    low, high = _limits(parameter)
    return st.one_of(
        st.none(),
        st.booleans(),
        st.text("abx", max_size=3),
        st.sampled_from(parameter.choices or ["?"]),
        st.lists(st.integers(), max_size=2),
        st.integers(int(low) - 3, int(high) + 3),
        st.floats(low - 3, high + 3).filter(lambda value: not value.is_integer()),
    )


@st.composite
def component_tables(
    draw: st.DrawFn, kind: str, name: str, given: Mapping[str, st.SearchStrategy[Any]] | None = None
) -> Plain:
    """Tables of a component as a recipe writes them, with some of its parameters.

    Args:
        draw: given by hypothesis.
        kind: its kind.
        name: its name.
        given: parameters that are always there, and what they are.
    """
    given = given or {}
    table: Plain = {USE: name}
    free = [p for p in parameters(load(kind, name)) if p.name not in given and can_generate(p)]
    by_name = {p.name: p for p in free}
    chosen = draw(st.sets(st.sampled_from(sorted(by_name)), max_size=6)) if by_name else set()
    for key in sorted(chosen):
        table[key] = draw(plain_values(by_name[key]))
    return table | {key: draw(strategy) for key, strategy in given.items()}


def components(cls: type[Component], **given: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Components of an installed (or registered) class, with parameters anywhere in their ranges."""
    kind = kind_of(cls)
    return component_tables(kind, name_of(cls), given).map(lambda table: read_component(table, kind))


def installed(kind: str) -> st.SearchStrategy[Plain]:
    """Tables of every installed component of a kind; a broken one is left out."""
    names = []
    for offer in plugins(kind):
        name = f"{offer.package}:{offer.name}" if offer.package != RUNTIME else offer.name
        with contextlib.suppress(PluginError):
            names.append(name_of(load(kind, name)))
    return st.one_of([component_tables(kind, name) for name in names])


def recipe_tables(
    background: st.SearchStrategy[Any] | None = None,
    geometry: st.SearchStrategy[Any] | None = None,
    renderer: st.SearchStrategy[Any] | None = None,
    effect: st.SearchStrategy[Any] | None = None,
    largest: int = 40,
) -> st.SearchStrategy[Plain]:
    """Recipes as files write them.

    What is left out is any installed component of that kind with parameters anywhere in their ranges, some of
    which make samples that take seconds.

    Args:
        background: what stands there: tables or names.
        geometry: one or two of these are drawn.
        renderer: what stands there.
        effect: up to two of these are drawn.
        largest: longest side of a picture, in pixels.
    """
    side = st.integers(1, largest)
    pair = st.tuples(side, side)
    effects = installed("effect") if effect is None else effect
    return st.fixed_dictionaries(
        {
            "background": installed("background") if background is None else background,
            "geometry": st.lists(installed("geometry") if geometry is None else geometry, min_size=1, max_size=2),
            "renderer": installed("renderer") if renderer is None else renderer,
            "size": side | pair.map(list) | pair.map(lambda s: f"{s[0]}x{s[1]}"),
        },
        optional={
            "effect": st.just([]) if effects.is_empty else st.lists(effects, max_size=2),
            "labels": st.fixed_dictionaries({"line_width": st.floats(1.5, 64)}),
            "description": st.text(max_size=20),
        },
    )


def recipes(
    background: st.SearchStrategy[Any] | None = None,
    geometry: st.SearchStrategy[Any] | None = None,
    renderer: st.SearchStrategy[Any] | None = None,
    effect: st.SearchStrategy[Any] | None = None,
    largest: int = 40,
) -> st.SearchStrategy[Recipe]:
    """Recipes; the arguments are those of `recipe_tables`."""
    return recipe_tables(background, geometry, renderer, effect, largest).map(Recipe.from_dict)
