from __future__ import annotations

import functools
import json

import jsonschema
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import dislo_gen_schemas
from dislo_gen import Distribution, Recipe, RecipeError
from dislo_gen.parameters import parameters
from dislo_gen.registry import load
from dislo_gen.schema import schema
from dislo_gen.testing.strategies import unfitting_values

BUILT_IN = [("background", "perlin"), ("background", "real-blend"), ("geometry", "pileup"), ("renderer", "cairo")]


@functools.cache
def validator(name):
    return jsonschema.Draft202012Validator(schema(name, only_package="dislo-gen"))


def with_component(kind, table):
    plain = {"background": "perlin", "geometry": ["pileup"], "renderer": "cairo"}
    return {**plain, kind: [table] if kind == "geometry" else table}


def known(kind, name):
    return {p.name: p for p in parameters(load(kind, name))}


def accepted(plain):
    try:
        Recipe.from_dict(plain)
    except RecipeError:
        return False
    return True


@given(st.data())
def test_to_dict_and_back_is_the_same_recipe(any_recipes, data):
    recipe = Recipe.from_dict(data.draw(any_recipes))
    plain = recipe.to_dict()
    assert Recipe.from_dict(json.loads(json.dumps(plain, allow_nan=False))) == recipe
    assert Recipe.from_dict(plain).to_dict() == plain


@given(st.data())
def test_a_recipe_written_as_a_file_is_read_as_the_same_recipe(any_recipes, tmp_path_factory, data):
    recipe = Recipe.from_dict(data.draw(any_recipes))
    path = tmp_path_factory.getbasetemp() / "written.toml"
    path.write_text(recipe.to_toml(), encoding="utf-8")
    assert Recipe.load(path) == recipe


@given(st.data())
def test_what_fits_the_markers_fits_the_schema(any_recipes, data):
    plain = data.draw(any_recipes)
    validator("recipe").validate(plain)
    validator("recipe").validate(Recipe.from_dict(plain).to_dict())


@given(st.data(), st.integers(0, 2**70), st.integers(0, 10**6))
def test_a_fixed_recipe_is_fixed_valid_and_in_range(small_recipes, data, seed, index):
    plain = data.draw(small_recipes)
    recipe = Recipe.from_dict(plain)
    fixed = recipe.resolve(seed, index)
    assert recipe.resolve(seed, index) == fixed
    assert fixed.resolve(seed, index) == fixed
    assert Recipe.from_dict(json.loads(json.dumps(fixed.to_dict()))) == fixed
    for slot, part in fixed.slots().items():
        for parameter in parameters(type(part)):
            value = getattr(part, parameter.name)
            assert isinstance(value, Distribution) == parameter.distribution
            original = getattr(recipe.slots()[slot], parameter.name)
            if not isinstance(original, Distribution):
                assert value == original
            elif not parameter.distribution:
                assert type(value) is parameter.type or parameter.type is float
            parameter.check(value)  # what was drawn lies in the range


@pytest.mark.parametrize(("kind", "name"), BUILT_IN)
@given(st.data())
def test_schema_and_program_agree_on_single_values(kind, name, data):
    found = known(kind, name)
    key = data.draw(st.sampled_from(sorted(found)))
    assume(key != "cuts")
    value = data.draw(unfitting_values(found[key]))
    plain = with_component(kind, {"use": name, key: value})
    assert validator("recipe").is_valid(plain) == accepted(plain)


@pytest.mark.parametrize(("kind", "name"), BUILT_IN)
@given(st.data())
def test_schema_and_program_agree_on_distributions_with_a_value_out_of_place(kind, name, data):
    found = known(kind, name)
    key = data.draw(st.sampled_from(sorted(k for k, p in found.items() if p.varied or p.distribution)))
    value = data.draw(unfitting_values(found[key]))
    word = data.draw(st.sampled_from(["choice", "empirical", "zipf"]))
    plain = with_component(kind, {"use": name, key: {word: [value]}})
    assert validator("recipe").is_valid(plain) == accepted(plain)


@pytest.mark.parametrize(
    "change",
    [
        {"background": {"use": "perlin", "wavelenght_1": 9}},
        {"background": {"wavelength_1": 9}},
        {"background": 3},
        {"geometry": ["pileup", {"use": "pileup", "x": 1}]},
        {"geometry": []},
        {"geometry": "pileup"},
        {"size": 0},
        {"size": [10]},
        {"size": [10, 9000]},
        {"size": "ten"},
        {"labels": {"line_width": 1}},
        {"labels": {"width": 3}},
        {"labels": 3},
        {"hooks": "one"},
        {"hooks": [1]},
        {"description": 1},
        {"colour": "grey"},
    ],
    ids=str,
)
def test_schema_and_program_both_refuse(change):
    plain = {**with_component("background", "perlin"), **change}
    assert not validator("recipe").is_valid(plain)
    assert not accepted(plain)


@pytest.mark.parametrize("key", ["background", "geometry", "renderer"])
def test_schema_and_program_both_miss(key):
    plain = with_component("background", "perlin")
    del plain[key]
    assert not validator("recipe").is_valid(plain)
    assert not accepted(plain)


@pytest.mark.parametrize("name", dislo_gen_schemas.NAMES)
def test_schemas_are_schemas(name):
    jsonschema.Draft202012Validator.check_schema(schema(name))
    with pytest.raises(KeyError):
        schema("no such file")


@settings(max_examples=15)
@given(st.data(), st.integers(0, 2**64))
def test_default_values_fit_their_own_schema(small_recipes, data, seed):
    plain = Recipe.from_dict(data.draw(small_recipes)).resolve(seed, 0).to_dict()
    validator("recipe").validate(plain)
