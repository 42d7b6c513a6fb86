from __future__ import annotations

import json

import jsonschema
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dislo_gen import Recipe, Record, generate, make_sample, replay
from dislo_gen.schema import schema


@settings(max_examples=60)
@given(st.data(), st.integers(0, 2**40), st.integers(0, 1000))
def test_any_recipe_makes_a_sound_sample_and_its_record_makes_it_again(small_recipes, data, seed, index):
    sample = make_sample(Recipe.from_dict(data.draw(small_recipes)), seed, index)
    height, width = sample.recipe.size.shape
    assert sample.image.shape == (height, width)
    assert sample.image.dtype == np.float32
    assert sample.image.min() >= 0
    assert sample.image.max() <= 1
    assert sample.masks.shape == (len(sample.scene.labelled), height, width)
    assert sample.masks.any(axis=(1, 2)).all()
    assert [d.id for d in sample.scene] == list(range(len(sample.scene)))

    record = json.loads(json.dumps(sample.record, allow_nan=False))
    assert Record.from_dict(record).scene == sample.scene
    again = replay(record)
    assert np.array_equal(again.image, sample.image)
    assert np.array_equal(again.masks, sample.masks)
    assert again.record == sample.record
    painted = replay(record, ["renderer.blend=over"])
    assert painted.scene == sample.scene
    assert np.array_equal(painted.masks, sample.masks)


@pytest.fixture(scope="module")
def written(small_recipe, tmp_path_factory):
    root = tmp_path_factory.mktemp("schema") / "set"
    generate(small_recipe, 3, out=root)
    return root


@pytest.mark.parametrize("name", ["record", "dataset"])
@pytest.mark.parametrize("own", ["dislo-gen", None])
def test_what_is_written_validates(written, name, own):
    files = [written / "dataset.json"] if name == "dataset" else sorted((written / "records").iterdir())
    validator = jsonschema.Draft202012Validator(schema(name, only_package=own))
    for file in files:
        validator.validate(json.loads(file.read_text()))


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("record", {"format": "dislo-gen dataset"}),
        ("record", {"format_version": 2}),
        ("record", {"seed": "0"}),
        ("record", {"extra": 1}),
        ("record", {"scene": {"defects": [{"kind": "x", "shape": {"type": "blob", "points": []}}]}}),
        (
            "record",
            {"scene": {"defects": [{"kind": "x", "shape": {"type": "region", "points": [[0, 0], [1, 1]]}}]}},
        ),
        ("record", {"image": {"sha256": "0"}}),
        ("record", {"recipe": {"background": "perlin"}}),
        ("dataset", {"format": "dislo-gen record"}),
        ("dataset", {"count": 1.5}),
        ("dataset", {"writer": {"use": "folder", "bits": 12}}),
    ],
)
def test_what_is_wrong_does_not_validate(written, name, change):
    file = written / ("dataset.json" if name == "dataset" else "records/000000.json")
    validator = jsonschema.Draft202012Validator(schema(name))
    plain = json.loads(file.read_text())
    assert validator.is_valid(plain)
    assert not validator.is_valid({**plain, **change})
