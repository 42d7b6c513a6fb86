"""Sheets show what parameters do: which values, which rows, and what is left out."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dislo_gen import (
    Background,
    Choice,
    Defect,
    Distribution,
    Effect,
    Fixed,
    Geometry,
    Help,
    LogNormal,
    Normal,
    OneOf,
    OnSheet,
    PluginError,
    Range,
    Scene,
    Size,
    Uniform,
    Unit,
    Varied,
    Whole,
    component,
    component_class,
    ellipse,
    register,
)
from dislo_gen.component_sheet import component_sheet
from dislo_gen.parameters import parameter, parameters
from dislo_gen.sheet_page import Row, Tile, compose
from dislo_gen.spans import calm, changed, ends_and_middle


@component
class Stripes(Background):
    """Stripes."""

    grey: Annotated[Varied[float], Range(0, 1), Help("of the picture")] = Uniform(0.2, 0.6)
    count: Annotated[Varied[int], Range(1, 40), Help("stripes")] = Uniform(2, 9)
    many: Annotated[Distribution, Range(0, 100), Help("without ends")] = LogNormal(12, 0.4)
    word: Annotated[Distribution, OneOf("a", "b", "c"), Help("which")] = Choice(("a", "b"), weights=(1, 3))
    style: Annotated[Literal["plain", "dashed"], Help("how")] = "plain"
    wide: Annotated[bool, Help("wider")] = False
    fixed: Annotated[float, Range(0, 1000), Help("far range")] = 10.0
    off: Annotated[float, Range(0, 8), Help("nothing by default")] = 0.0
    idle: Annotated[float, Range(0, 1), Help("changes nothing")] = 0.5
    note: Annotated[str, Help("a text")] = ""
    open: Annotated[float, Range(low=0), Help("without upper end")] = 5.0
    between: Annotated[Varied[int], Range(0, 10), Help("whole numbers that are drawn: 1 to 3")] = Uniform(0.5, 3.7)
    numbers: Annotated[Varied[float], Range(-2, 2), Help("listed")] = Choice((-0.3, -0.06, 0.06, 0.3))
    share: Annotated[float, Range(0, 1), Help("fixed")] = 0.8

    def paint(self, size, rng):
        if self.count == 9:
            raise ValueError("nine is too many")
        picture = np.full(size.shape, self.grey, dtype=np.float32)
        picture[:: self.count] = 0.1 + self.fixed / 1e3 + self.off / 100 + 0.2 * self.wide
        picture[:, 3] = float(self.many.draw(rng)) / 100
        picture[:, 5] = {"a": 0.1, "b": 0.2, "c": 0.3}[self.word.draw(rng)] + 0.1 * (self.style == "dashed")
        return picture


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("grey", (0.2, 0.4, 0.6)),
        ("count", (2, 6, 9)),
        ("word", ("a", "b", "c")),
        ("style", ("plain", "dashed")),
        ("wide", (False, True)),
        ("fixed", (0.0, 10.0, 50.0)),
        ("off", (0.0, 2.0, 4.0)),
        ("note", ()),
        ("open", (0.0, 5.0, 25.0)),
        ("between", (1, 2, 3)),
        ("numbers", (-0.3, 0.06, 0.3)),
        ("share", (0.0, 0.8, 1.0)),
    ],
)
def test_the_ends_and_the_middle(name, values):
    found = ends_and_middle(parameter(Stripes, name))
    assert found == values


def test_where_there_are_no_ends_it_is_quantiles():
    low, middle, high = ends_and_middle(parameter(Stripes, "many"))
    assert low == pytest.approx(12 * np.exp(-1.96 * 0.4), rel=0.005)
    assert middle == 12
    assert high == pytest.approx(12 * np.exp(1.96 * 0.4), rel=0.005)


@given(
    st.one_of(
        st.builds(Normal, st.floats(-50, 50), st.floats(0, 20)),
        st.builds(LogNormal, st.floats(0.1, 90), st.floats(0, 2)),
        st.builds(lambda a, b: Uniform(min(a, b), max(a, b)), st.floats(0, 50), st.floats(50, 100)),
        st.lists(st.floats(0, 100), min_size=1, max_size=6).map(lambda values: Choice(tuple(values))),
        st.floats(0, 100),
    ),
    st.booleans(),
)
def test_values_are_in_order_different_and_allowed(default, whole):
    import attrs

    one = attrs.evolve(parameter(Stripes, "many"), default=default, type=int if whole else float)
    values = ends_and_middle(one)
    assert 1 <= len(values) <= 3
    assert list(values) == sorted(set(values))
    for value in values:
        assert isinstance(value, int) == whole
        one.check_value(value)


def test_the_middle_has_no_distribution_left():
    middle = calm(Stripes())
    assert (middle.word, middle.count, middle.numbers) == (Fixed("b"), 6, 0.06)
    for one in parameters(Stripes):
        value = getattr(middle, one.name)
        assert isinstance(value, Fixed) == one.distribution


@component
class Rings(Geometry):
    """Rings."""

    count: Annotated[Distribution, Whole(), Range(1, 9), Help("rings"), OnSheet(2)] = Uniform(1, 4)
    jitter: Annotated[Varied[float], Range(0, 9), Help("of a centre"), OnSheet(0)] = Uniform(0, 9)
    style: Annotated[Literal["round", "oval"], Help("outline")] = "round"
    oval: Annotated[Varied[float], Range(0.1, 1), Help("of an oval one"), OnSheet(style="oval")] = Uniform(0.2, 1)
    turn: Annotated[Varied[float], Unit("deg"), Range(0, 360), Help("turn")] = Uniform(0, 360)
    size: Annotated[float, Range(0.01, 100), Help("factor")] = 1.0

    def place(self, size, rng):
        assert isinstance(self.count.draw_integer(rng), int)
        short = 20 * self.size * (self.oval if self.style == "oval" else 1)
        places = 60 + 60 * np.arange(self.count.draw_integer(rng)) + self.jitter * rng.standard_normal()
        return Scene(Defect("loop", ellipse((x, 90.0), (20 * self.size, short))) for x in places)


def test_a_count_has_whole_numbers_and_takes_no_others():
    assert ends_and_middle(parameter(Rings, "count")) == (1, 2, 4)
    with pytest.raises(ValueError, match=r"count: must be a whole number, not 2\.5"):
        Rings(count=Fixed(2.5))


def test_ends_of_a_full_turn_are_not_shown_twice():
    assert ends_and_middle(parameter(Rings, "turn")) == (0.0, 120.0, 240.0)


def test_a_factor_is_shown_in_ratios():
    assert ends_and_middle(parameter(Rings, "size")) == (0.25, 1.0, 4.0)


def test_authors_say_what_shows_one_thing_at_a_time():
    assert (calm(Rings()).count, calm(Rings()).jitter) == (Fixed(2), 0)
    assert calm(Rings(jitter=5.0)).jitter == 5.0  # what somebody set stays
    row = changed(calm(Rings()), parameter(Rings, "oval"), 0.2)
    assert (row.style, row.oval, row.jitter) == ("oval", 0.2, 0)
    sheet = component_sheet(Rings(), tile=40)
    assert sheet.shown == ("count", "jitter", "style", "oval", "size")
    assert sheet.problems == ()


@pytest.mark.parametrize(
    ("marker", "sentence"),
    [
        (OnSheet(12), "parameter 'x': OnSheet: x: 12 is above the largest value allowed, 9"),
        (OnSheet(style=1), "parameter 'x': OnSheet names 'style', which is no parameter"),
        (OnSheet("a"), "parameter 'x': OnSheet: x: must be a whole number, not 'a'"),
    ],
)
def test_what_a_sheet_cannot_set_is_told_to_the_author(marker, sentence):
    namespace = {"__annotations__": {"x": Annotated[int, Range(0, 9), Help("x"), marker]}, "x": 1}
    cls = component(type("Wrong", (Background,), namespace))
    with pytest.raises(TypeError, match=sentence):
        parameters(cls)


@pytest.mark.parametrize("count", [1, 4, 8])
def test_a_pileup_on_its_sheet_has_as_many_alike_lines_as_its_row_says(count):
    cls = component_class("geometry", "pileup")
    calm_one = changed(calm(cls()), parameter(cls, "dislocations"), count)
    lines = calm_one.place(Size(256, 256), np.random.default_rng(0)).labelled
    assert len(lines) == count
    for line in lines:
        assert np.allclose(np.diff(line.shape.points, axis=0), np.diff(lines[0].shape.points, axis=0), atol=0.01)


@pytest.mark.usefixtures("sandbox")
def test_a_sheet_has_a_row_for_what_changes_and_says_what_does_not():
    register("stripes", Stripes)
    sheet = component_sheet(Stripes(), tile=40)
    assert sheet.shown == ("grey", "count", "many", "word", "style", "wide", "fixed", "off")
    assert sheet.unseen == ("idle", "open", "between", "numbers", "share")
    assert sheet.unshowable == ("note",)
    assert "share (by itself, no difference" in sheet.left_out
    assert "note (neither" in sheet.left_out
    (problem,) = sheet.problems
    assert problem.startswith("count = 9: ")
    assert "nine is too many" in problem
    assert sheet.picture.dtype == np.uint8
    assert sheet.picture.ndim == 2
    assert np.array_equal(sheet.picture, component_sheet(Stripes(), tile=40).picture)


def test_a_kind_without_a_picture_is_refused():
    with pytest.raises(PluginError, match="a writer has no picture; there are sheets for: background, geometry"):
        component_sheet(component_class("writer", "folder")())


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [
        ("renderer", "cairo", {"contrast", "width", "fading", "trace_contrast"}),
        ("geometry", "pileup", {"pileups", "angle", "slip_width"}),
        ("effect", "blur", {"sigma"}),
        ("background", "perlin", {"wavelength_1", "white_weight"}),
    ],
)
def test_built_in_components(kind, name, expected):
    sheet = component_sheet(component_class(kind, name)(), tile=32)
    assert expected <= set(sheet.shown)
    assert sheet.problems == ()


@component
class Shove(Effect):
    """Moves the defects that are drawn later."""

    acts_on = "specimen"
    x: Annotated[float, Unit("px"), Range(0, 60), Help("how far")] = 20.0

    def apply(self, image, scene, rng):
        return image.copy()

    def move(self, scene, size):
        return scene.map_points(lambda points: points + np.array((self.x, 0.0)))


def test_defects_are_drawn_where_an_effect_on_the_specimen_moves_them():
    assert component_sheet(Shove(), tile=32).shown == ("x",)


@component
class Fails(Effect):
    """Always fails."""

    x: Annotated[Varied[float], Range(0, 1), Help("in vain")] = Uniform(0, 1)

    def apply(self, image, scene, rng):
        raise ValueError("it cannot be done")


def test_what_always_fails_still_has_a_sheet_and_one_sentence():
    sheet = component_sheet(Fails(), tile=32)
    (problem,) = sheet.problems
    assert "it cannot be done" in problem
    assert sheet.shown == ("x",)


@pytest.mark.parametrize("rows", [2, 5, 9])
def test_no_page_is_wider_than_1200_pixels(rows):
    tile = Tile("0", np.zeros((8, 8), dtype=np.float32))
    page = compose("title", ["text"], [Row("name", "px", "about " * 60, [tile] * 5)] * rows, "note " * 99, 176)
    assert page.shape[1] <= 1200
    for margin in (page[:, :20], page[:, -20:], page[-20:], page[:20]):
        assert (margin == 255).all()
    assert (page == 0).sum() == rows * 5 * 176**2


def test_letters_that_the_font_has_not_are_spelled():
    def page(text):
        return compose(text, [text], [Row(text, text, text, [Tile(text, None)])], text, 300)

    assert np.array_equal(page("σ of 3 µm \u2013 é"), page("sigma of 3 um - e"))
    assert not np.array_equal(page("a"), page("b"))
