from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import pytest

from dislo_gen import (
    Distribution,
    Fixed,
    Geometry,
    Normal,
    OneOf,
    PluginError,
    Recipe,
    RecipeError,
    Scene,
    Uniform,
    Varied,
    component,
    register,
)
from dislo_gen.settings import apply_settings, parse_setting, split_settings


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a.b=3", 3),
        ("a.b=3.5", 3.5),
        ("a.b=true", True),
        ("a.b=over", "over"),
        ('a.b="over"', "over"),
        ("a.b='over'", "over"),
        ("a.b={uniform = [1, 2]}", {"uniform": [1, 2]}),
        ("a.b=[1, 2]", [1, 2]),
        ("a.b=/some where/x=y", "/some where/x=y"),
        ("a.b=", ""),
        ("a.b=1\nc = 2", "1\nc = 2"),
        ("a.b=" + "1" * 5000, "1" * 5000),
        (" a . b =3", 3),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_values_are_toml_or_else_a_bare_text(text, value):
    keys, found = parse_setting(text)
    assert keys == ["a", "b"]
    meant = getattr(found, "parsed", found)
    assert meant == value
    assert type(meant) is type(value)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("[2, 5", "not closed"),
        ("{uniform = [2, 5]", "not closed"),
        ("{uniform = [2, 5}", "unclosed array"),
        ('"over', "not closed"),
        (" [over, multiply]", "words in it stand in double quotes"),
        ("{choice=[a,b]}", "words in it stand in double quotes"),
        ("[1]]", "something follows"),
        ("[1]\nc = 2", "more lines"),
        ('{"uniform": [1, 2]}', "'='"),
        ("[" * 5000, "nested too deeply"),
        ("[" + "1" * 5000 + "]", "thousands of digits"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_what_begins_like_toml_must_be_toml(value, why):
    with pytest.raises(RecipeError, match=f"(?s)^--set a.b: .* is not a TOML value: .*{why}") as caught:
        parse_setting(f"a.b={value}")
    assert len(str(caught.value)) < 250


@component
class Named(Geometry):
    """Has parameters that are texts, paths and numbers."""

    folder: Path | None = None
    title: Varied[str] = ""
    code: Literal["8", "16"] = "8"
    word: Annotated[Distribution, OneOf("1e3", "other")] = Fixed("other")
    number: Varied[float] = 0.0
    on: bool = False

    def place(self, size, rng):
        return Scene()


@pytest.mark.parametrize("typed", ["2024", "1_000", "0x10", "1.10", "+5", "true", "inf", "2024-05-01", "07:30:00"])
def test_a_path_or_a_text_is_what_was_typed(sandbox, small_recipe, tmp_path, monkeypatch, typed):
    register("geometry", "named")(Named)
    monkeypatch.chdir(tmp_path)
    settings = ["geometry=named", f"geometry.folder={typed}", f"geometry.title= {typed} ", f"description={typed}"]
    changed = small_recipe.with_settings(settings)
    named = changed.geometry[0]
    assert (named.folder, named.title, changed.description) == (tmp_path / typed, typed, typed)
    assert {type(named.title), type(changed.description)} == {str}


def test_a_number_stays_one_where_numbers_are_taken(sandbox, small_recipe):
    register("geometry", "named")(Named)
    settings = [
        "geometry=named",
        "geometry.number=1_000",
        "geometry.on=true",
        "geometry.code=16",
        "geometry.word=1e3",
    ]
    named = small_recipe.with_settings(settings).geometry[0]
    assert (named.number, named.on, named.code, named.word) == (1000.0, True, "16", Fixed("1e3"))
    with pytest.raises(RecipeError, match=r"geometry\.0\.number: must be a number, not true"):
        small_recipe.with_settings([*settings, "geometry.number=true"])


def test_a_quoted_text_loses_its_quotes(sandbox, small_recipe):
    register("geometry", "named")(Named)
    assert small_recipe.with_settings(["geometry=named", 'geometry.title="7"']).geometry[0].title == "7"


def test_the_writers_settings_are_told_from_the_recipes():
    given = ["writer.bits=16", "size=3", " writer = folder", "writers=1", "nothing"]
    assert split_settings(given) == (["size=3", "writers=1", "nothing"], ["writer.bits=16", " writer = folder"])


@pytest.mark.parametrize("text", ["a.b", "=3", "a..b=3", ".a=3", "a.=3", ""])
def test_what_is_no_setting_is_refused(text):
    with pytest.raises(RecipeError, match="PATH=VALUE"):
        parse_setting(text)


def with_two(recipe: Recipe) -> Recipe:
    plain = recipe.to_dict()
    return Recipe.from_dict({**plain, "geometry": plain["geometry"] * 2})


def test_the_number_of_a_single_geometry_may_be_left_out(small_recipe):
    assert small_recipe.with_settings(["geometry.pileups=3"]).geometry[0].pileups == 3
    assert small_recipe.with_settings(["geometry.0.pileups=3"]).geometry[0].pileups == 3


def test_one_of_several_geometries_must_be_numbered(small_recipe):
    two = with_two(small_recipe)
    with pytest.raises(RecipeError, match=r"there are 2 of 'geometry'.*geometry\.0\.pileups"):
        two.with_settings(["geometry.pileups=3"])
    changed = two.with_settings(["geometry.1.pileups=3"])
    assert (changed.geometry[0], changed.geometry[1].pileups) == (two.geometry[0], 3)
    with pytest.raises(RecipeError, match=r"no geometry\.2; the recipe has 2"):
        two.with_settings(["geometry.2.pileups=3"])


def test_settings_apply_in_order_and_leave_the_rest(small_recipe):
    changed = small_recipe.with_settings(["size=32x16", "background.wavelength_1=9", "size=16"])
    assert changed.size.xy == (16, 16)
    assert changed.background.wavelength_1 == 9.0
    assert changed.background.wavelength_2 == small_recipe.background.wavelength_2
    assert (changed.geometry, changed.renderer) == (small_recipe.geometry, small_recipe.renderer)


def test_a_distribution_is_given_whole(small_recipe):
    changed = small_recipe.with_settings(
        ["geometry.spacing={uniform = [3, 4]}", "background.wavelength_1={normal = {mean = 20, sd = 2, low = 5}}"]
    )
    assert changed.geometry[0].spacing == Uniform(3, 4)
    assert changed.background.wavelength_1 == Normal(20, 2, low=5)


def test_naming_a_component_swaps_it_whole(small_recipe):
    assert small_recipe.with_settings(["renderer=cairo"]).renderer == type(small_recipe.renderer)()
    swapped = small_recipe.with_settings(["background=real-blend", "background.opacity=0.5"])
    assert swapped.background.opacity == 0.5
    assert type(swapped.background).__name__ == "RealBlend"
    assert small_recipe.with_settings(["geometry.0=pileup"]).geometry == (type(small_recipe.geometry[0])(),)
    assert len(small_recipe.with_settings(['geometry=["pileup", "pileup"]']).geometry) == 2


def test_renaming_by_use_drops_the_old_parameters(small_recipe):
    swapped = small_recipe.with_settings(["background.use=real-blend"])
    assert swapped.background == type(swapped.background)()


def test_words_and_tables_keep_their_meaning(small_recipe):
    assert small_recipe.with_settings(["renderer.blend=over"]).renderer.blend == "over"
    assert small_recipe.with_settings(['renderer.blend="over"']).renderer.blend == "over"
    assert small_recipe.with_settings(["labels.line_width=4"]).labels.line_width == 4.0


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ("renderer.blnd=over", r"renderer\.blnd: .*did you mean 'blend'"),
        ("renderer.blend=ovr", r"renderer\.blend: .*did you mean 'over'"),
        ("geometry.pileups=many", r"geometry\.0\.pileups: .*whole number"),
        ("geometry.spacing.uniform=[1, 2]", "give a distribution whole"),
        ("rendrer=cairo", "rendrer: .*did you mean 'renderer'"),
        ("renderer=crio", "did you mean 'cairo'"),
        ("size.width=3", "'size'"),
        ("seed=3", "seed"),
    ],
)
def test_a_wrong_setting_is_named(small_recipe, setting, says):
    with pytest.raises((RecipeError, PluginError), match=says):
        small_recipe.with_settings([setting])


def test_the_given_recipe_stays_as_it_was(small_recipe):
    plain = small_recipe.to_dict()
    apply_settings(plain, ["geometry.pileups=9", "labels.line_width=7", "renderer=cairo"])
    assert plain == small_recipe.to_dict()


@pytest.mark.parametrize("broken", [3, "pileup", {"use": "pileup"}, [3], [["pileup"]]])
@pytest.mark.parametrize("setting", ["geometry.pileups=1", "geometry.0.pileups=1", "geometry.1=pileup", "use=x"])
def test_a_setting_on_a_broken_recipe_is_a_recipe_error_or_leaves_it_to_the_reader(broken, setting):
    plain = {"background": "perlin", "geometry": broken, "renderer": "cairo"}
    with pytest.raises(RecipeError):
        Recipe.from_dict(apply_settings(plain, [setting]))
