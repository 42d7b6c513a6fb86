from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any

import pytest

from dislo_gen import (
    Distribution,
    Fixed,
    Geometry,
    PluginError,
    Range,
    Recipe,
    RecipeError,
    Scene,
    Size,
    Uniform,
    Varied,
    component,
    generate,
    make_sample,
    register,
)
from dislo_gen.parameters import parameters

BARE = {"background": "perlin", "geometry": ["pileup"], "renderer": "cairo"}
TOML = """
description = "a trial"
size = "64x48"
background = "perlin"
geometry = ["pileup", {use = "pileup", pileups = 3, spacing = {lognormal = [20, 0.3]}}]

[renderer]
use = "cairo"
blend = {choice = ["over", "multiply"]}
width = 4

[labels]
line_width = 5
"""


@component
class Probe(Geometry):
    """Takes any number and draws nothing."""

    varied: Annotated[Varied[float], Range(-100, 100)] = 1.0
    whole: Annotated[Varied[int], Range(-100, 100)] = 1
    drawn: Annotated[Distribution, Range(0, 100)] = Fixed(1.0)
    negative: Annotated[Varied[float], Range(-9, -1)] = -1.0
    path: Path | None = None

    def place(self, size, rng):
        return Scene()


@pytest.fixture
def probe(sandbox):
    register("geometry", "probe")(Probe)

    def make(folder=None, **parameters):
        plain = {"background": "perlin", "geometry": [{"use": "probe", **parameters}], "renderer": "cairo"}
        return Recipe.from_dict(plain, folder=folder)

    return make


def test_toml_json_and_dict_say_the_same(tmp_path):
    plain = tomllib.loads(TOML)
    (tmp_path / "r.toml").write_text(TOML)
    (tmp_path / "r.json").write_text(json.dumps(plain))
    from_toml = Recipe.load(tmp_path / "r.toml")
    assert from_toml == Recipe.load(str(tmp_path / "r.json")) == Recipe.from_dict(plain)
    assert from_toml.size == Size(64, 48)
    assert from_toml.labels.line_width == 5.0
    assert len(from_toml.geometry) == 2
    assert from_toml.geometry[1].pileups == 3
    assert from_toml.geometry[1].spacing.median == 20
    assert from_toml.description == "a trial"


def test_what_a_file_leaves_open_has_its_default():
    recipe = Recipe.from_dict({"background": "perlin", "geometry": ["pileup"], "renderer": "cairo"})
    assert recipe.background == type(recipe.background)()
    assert (recipe.size, recipe.effect, recipe.hooks) == (Size(512, 512), (), ())


def test_to_dict_is_plain_and_reads_back_equal(tmp_path):
    (tmp_path / "r.toml").write_text(TOML)
    recipe = Recipe.load(tmp_path / "r.toml")
    assert Recipe.from_dict(json.loads(json.dumps(recipe.to_dict(), allow_nan=False))) == recipe


@pytest.mark.parametrize("text", ["size = ", "[[", "size = " + "1" * 5000, "size = " + "[" * 5000, "a = 1\na = 2"])
def test_what_is_no_toml_is_said_to_be_none(tmp_path, text):
    (tmp_path / "r.toml").write_text(text)
    with pytest.raises(RecipeError, match=r"r\.toml: not TOML"):
        Recipe.load(tmp_path / "r.toml")


@pytest.mark.parametrize("name", ["default", "m1", "m2", "narrow"])
def test_ready_recipes_load_by_name(name):
    recipe = Recipe.load(name)
    assert recipe == Recipe.from_dict(recipe.to_dict())


def test_an_unknown_ready_recipe_gets_the_nearest_name():
    with pytest.raises(RecipeError, match="did you mean 'narrow'"):
        Recipe.load("narow")


def test_a_record_and_a_manifest_are_recipes_too(tmp_path, small_recipe):
    sample = make_sample(small_recipe, seed=2)
    (tmp_path / "record.json").write_text(json.dumps(sample.record))
    assert Recipe.load(tmp_path / "record.json") == sample.recipe


def test_from_names_takes_the_rest_from_the_base(tmp_path):
    (tmp_path / "r.toml").write_text(TOML)
    recipe = Recipe.from_names(geometry=["pileup"], size="32", base=tmp_path / "r.toml")
    assert len(recipe.geometry) == 1
    assert recipe.size == Size(32, 32)
    assert recipe.renderer == Recipe.load(tmp_path / "r.toml").renderer
    assert Recipe.from_names(background="real-blend").background.patches is None


def test_from_names_keeps_the_bases_parameters_of_the_same_name(tmp_path):
    (tmp_path / "r.toml").write_text(TOML)
    recipe = Recipe.from_names(renderer="cairo", base=tmp_path / "r.toml")
    assert recipe.renderer.width == 4.0


def test_one_name_is_no_list_of_letters():
    assert Recipe.from_names(geometry="pileup") == Recipe.from_names(geometry=["pileup"])
    with pytest.raises(RecipeError, match=r"effect\.0: there is no effect 'abc'"):
        Recipe.from_names(effect="abc")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("m2", r"Recipe\.load\('m2'\)"),
        (Path("r.toml"), r"Recipe\.load\('r\.toml'\)"),
        ({"size": 3}, r"Recipe\.from_dict"),
        (3, "not 3"),
        (None, "not nothing"),
    ],
)
def test_what_is_no_recipe_is_refused_with_what_to_write(given, says, tmp_path):
    with pytest.raises(TypeError, match=says):
        make_sample(given)
    with pytest.raises(TypeError, match=says):
        generate(given, 1, out=tmp_path / "d")
    assert not (tmp_path / "d").exists()


def test_a_missing_slot_says_what_to_write(tmp_path):
    (tmp_path / "r.toml").write_text('[[geometry]]\nuse = "pileup"\n')
    with pytest.raises(RecipeError) as caught:
        Recipe.load(tmp_path / "r.toml")
    text = (tmp_path / "r.toml").read_text()
    for line in str(caught.value).splitlines():
        written = re.search(r"is missing; write (.*) at the top of the recipe, or another from ", line)
        text = f"{written[1]}\n{text}"
    (tmp_path / "r.toml").write_text(text)
    assert Recipe.load(tmp_path / "r.toml").geometry == Recipe.from_dict(BARE).geometry
    with pytest.raises(RecipeError, match=r'write geometry = \["'):
        Recipe.from_dict({"background": "perlin", "renderer": "cairo"})


def test_a_missing_slot_inside_a_record_is_not_for_the_reader_to_write():
    with pytest.raises(RecipeError) as caught:
        Recipe.from_dict({"geometry": ["pileup"], "renderer": "cairo"}, where="record", root="recipe")
    assert str(caught.value) == "record: recipe.background: is missing"


@pytest.mark.parametrize(
    ("slot", "name", "value", "says"),
    [
        ("renderer", "width", [2, 5], "{uniform = [2, 5]}"),
        ("renderer", "width", [2, 5, 4.5], "{choice = [2, 5, 4.5]}"),
        ("renderer", "width", [5, 2], "{choice = [5, 2]}"),
        ("renderer", "blend", ["over", "multiply"], '{choice = ["over", "multiply"]}'),
        ("geometry", "spacing", [2, 5], "{uniform = [2, 5]}"),
        ("geometry", "arrangement", ["free"], '{choice = ["free"]}'),
        ("geometry", "pileups", [1, 2], "{uniform = [1, 2]}"),
    ],
)
def test_a_list_for_one_value_is_answered_with_the_distribution_to_write(slot, name, value, says):
    def read(given):
        part = {"use": "pileup" if slot == "geometry" else "cairo", name: given}
        return Recipe.from_dict({**BARE, slot: [part] if slot == "geometry" else part})

    with pytest.raises(RecipeError) as caught:
        read(value)
    assert str(caught.value).endswith(f"; to draw it at random, write {says}")
    read(tomllib.loads(f"value = {says}")["value"])


@pytest.mark.parametrize(
    ("slot", "table"),
    [
        ("labels", {"line_width": [2, 3]}),
        ("renderer", {"use": "cairo", "blend": ["over", "ovr"]}),
        ("renderer", {"use": "cairo", "width": []}),
        ("renderer", {"use": "cairo", "width": [2, "a"]}),
        ("geometry", [{"use": "pileup", "curves": ["a"]}]),
    ],
)
def test_no_distribution_is_suggested_that_would_be_refused(slot, table):
    with pytest.raises(RecipeError) as caught:
        Recipe.from_dict({**BARE, slot: table})
    assert "to draw it" not in str(caught.value)


def test_a_list_stays_a_value_where_lists_are_taken(sandbox):
    @component
    class Listed(Geometry):
        """Takes lists."""

        many: Varied[tuple[int, ...]] = ()
        anything: Varied[Any] = None

        def place(self, size, rng):
            return Scene()

    register("geometry", "listed")(Listed)
    part = {"use": "listed", "many": [1, 2], "anything": [1, 2]}
    listed = Recipe.from_dict({**BARE, "geometry": [part]}).geometry[0]
    assert (listed.many, listed.anything) == ((1, 2), [1, 2])


def test_a_parameter_of_another_component_leads_to_it(sandbox):
    @component
    class Other(Geometry):
        """Has what a pileup has not."""

        flux_capacity: float = 1.0

        def place(self, size, rng):
            return Scene()

    register("geometry", "other")(Other)
    with pytest.raises(RecipeError, match=r"; geometry 'other' has it: --geometry other$"):
        Recipe.from_dict({**BARE, "geometry": [{"use": "pileup", "flux_capacity": 3}]})


def test_from_names_without_any_name_is_the_default_recipe():
    assert Recipe.from_names() == Recipe.load("default")


def test_every_number_may_be_fixed_or_drawn(probe):
    fixed = probe(varied=2, whole=3, drawn=4).geometry[0]
    assert (fixed.varied, fixed.whole, fixed.drawn) == (2.0, 3, Fixed(4))
    drawn = probe(varied={"normal": [0, 1]}, whole={"choice": [1, 2]}, drawn={"uniform": [1, 2]}).geometry[0]
    assert drawn.drawn == Uniform(1, 2)


def test_resolve_leaves_plain_numbers_for_varied_only(probe):
    recipe = probe(varied={"uniform": [1, 2]}, whole={"uniform": [1, 9]}, drawn={"uniform": [1, 2]})
    fixed = recipe.resolve(seed=0, index=0).geometry[0]
    assert type(fixed.varied) is float
    assert type(fixed.whole) is int
    assert fixed.drawn == Uniform(1, 2)


def test_resolve_draws_anew_for_each_image(probe):
    recipe = probe(varied={"uniform": [0, 1]}, whole={"uniform": [1, 5]})
    fixed = [recipe.resolve(0, index).geometry[0] for index in range(40)]
    assert len({part.varied for part in fixed}) == 40
    assert {part.whole for part in fixed} == {1, 2, 3, 4, 5}


def test_an_unbounded_bell_is_cut_off_at_the_range(probe):
    recipe = probe(varied={"normal": [90, 60]}, drawn={"normal": [0, 50]})
    fixed = [recipe.resolve(0, index).geometry[0] for index in range(300)]
    values = [part.varied for part in fixed]
    assert min(values) >= -100
    assert max(values) <= 100
    assert len(set(values)) == 300  # cut off, not heaped up at 100
    assert fixed[0].drawn.bounds() == (0, 100)


def test_a_distribution_that_misses_the_range_altogether_is_refused_or_drawn_inside_it(probe):
    try:
        recipe = probe(negative={"lognormal": [5, 1]})
    except RecipeError:
        return
    assert -9 <= recipe.resolve(0, 0).geometry[0].negative <= -1


def test_resolving_again_changes_nothing(small_recipe):
    fixed = small_recipe.resolve(3, 4)
    assert fixed.resolve(3, 4) == fixed
    assert fixed.resolve(9, 9) == fixed
    assert Recipe.from_dict(json.loads(json.dumps(fixed.to_dict()))) == fixed


def test_nothing_varied_is_left_in_a_fixed_recipe(small_recipe):
    for slot, part in small_recipe.resolve(0, 0).slots().items():
        for parameter in parameters(type(part)):
            value = getattr(part, parameter.name)
            assert parameter.distribution or not isinstance(value, Distribution), f"{slot}.{parameter.name}"


def test_paths_are_relative_to_the_recipe_file(tmp_path, monkeypatch, probe):
    (tmp_path / "there").mkdir()
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    text = 'background = "perlin"\nrenderer = "cairo"\ngeometry = [{use = "probe", path = "data/x"}]\n'
    (tmp_path / "there" / "r.toml").write_text(text)
    assert Recipe.load("../there/r.toml").geometry[0].path.resolve() == (tmp_path / "there/data/x").resolve()
    settings = ["geometry.path=data/x"]
    for recipe in (
        Recipe.load("../there/r.toml").with_settings(settings),
        Recipe.from_names(base="../there/r.toml", settings=settings),
    ):
        assert recipe.geometry[0].path == tmp_path / "here/data/x"


def test_a_recipe_given_as_a_dict_is_relative_to_here(tmp_path, monkeypatch, probe):
    monkeypatch.chdir(tmp_path)
    assert probe(path="x").geometry[0].path == tmp_path / "x"
    assert probe(folder=Path("/elsewhere"), path="x").geometry[0].path == Path("/elsewhere/x")
    assert probe(folder=Path("/elsewhere"), path="/x").geometry[0].path == Path("/x")


def test_a_home_folder_is_expanded(monkeypatch, probe):
    monkeypatch.setenv("HOME", "/home/someone")
    assert probe(path="~/patches").geometry[0].path == Path("/home/someone/patches")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"geometry": []}, "geometry: .*at least one"),
        ({"geometry": [{"use": "pileup", "pilups": 3}]}, r"geometry\.0\.pilups: .*did you mean 'pileups'"),
        ({"geometry": ["pileup", {"use": "pileup", "pileups": 1.5}]}, r"geometry\.1\.pileups: .*whole number"),
        ({"geometry": [{"use": "pileup", "spacing": {"unifrom": [1, 2]}}]}, r"geometry\.0\.spacing: .*uniform"),
        ({"background": {"use": "perlin", "wavelength_1": 1}}, r"background\.wavelength_1: 1 is below"),
        ({"background": {"wavelength_1": 9}}, "background: .*'use'"),
        ({"background": "prelin"}, "background: .*did you mean 'perlin'"),
        ({"renderer": {"use": "cairo", "blend": "ovr"}}, r"renderer\.blend: .*did you mean 'over'"),
        ({"labels": {"line_width": 0.1}}, r"labels\.line_width: 0\.1 is below"),
        ({"labels": {"linewidth": 3}}, r"labels\.linewidth: .*did you mean 'line_width'"),
        ({"size": "big"}, "size: "),
        ({"size": [64, 0]}, "size: "),
        ({"size": 10**6}, "size: .*8192"),
        ({"backgruond": "perlin"}, "backgruond: .*did you mean 'background'"),
        ({"hooks": "one"}, "hooks: .*list"),
        ({"geometry": "pileup"}, "geometry: .*list"),
        ({"description": 3}, "description: must be a text"),
        ({"renderer": {"use": "cairo", "blend": {"choice": {"values": 3}}}}, r"renderer\.blend: "),
        (
            {"background": {"use": "perlin", "wavelength_1": {"empirical": ["a", 2]}}},
            r"background\.wavelength_1: ",
        ),
    ],
)
def test_a_mistake_is_named_with_its_path(change, says):
    plain = {"background": "perlin", "geometry": ["pileup"], "renderer": "cairo", **change}
    with pytest.raises((RecipeError, PluginError), match=says):
        Recipe.from_dict(plain)


def test_every_mistake_is_named_at_once():
    plain = {"background": {"use": "perlin", "wavelength_1": 1, "x": 2}, "geometry": ["pileup"], "size": "big"}
    with pytest.raises(RecipeError) as caught:
        Recipe.from_dict(plain, where="r.toml")
    lines = str(caught.value).splitlines()
    assert all(line.startswith("r.toml: ") for line in lines)
    assert {line.split(": ")[1] for line in lines} == {
        "background.wavelength_1",
        "background.x",
        "size",
        "renderer",
    }


def test_of_a_great_many_unknown_keys_some_are_named():
    with pytest.raises(RecipeError) as caught:
        Recipe.from_dict({f"k{number}": 1 for number in range(100_000)})
    assert "k0: there is no such key" in str(caught.value)
    assert "there are 99960 more keys that are not known" in str(caught.value)
    assert str(caught.value).count("\n") < 60


def test_a_recipe_as_a_file_says_what_differs_and_what_it_means() -> None:
    recipe = Recipe.from_names(settings=["renderer.width=3", "labels.line_width=2", "effect=[]"], size=64)
    lines = recipe.to_toml().splitlines()
    assert 'use = "cairo"' in lines
    assert any(line.startswith("width = 3.0  # ") and line.endswith(", px") for line in lines)
    assert "line_width = 2.0  # width of a curve in its mask, px" in lines
    assert not any(line.startswith("blend") for line in lines)  # as it is by default
