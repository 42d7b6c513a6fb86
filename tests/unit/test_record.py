from __future__ import annotations

import json

import numpy as np
import pytest

from dislo_gen import DatasetError, RecipeError, Record, Scene, make_sample, replay
from dislo_gen.convert import converter
from dislo_gen.record import image_sha256, masks_sha256
from dislo_gen.replay import compare


@pytest.fixture(scope="module")
def sample(small_recipe):
    return make_sample(small_recipe, seed=11, index=3)


@pytest.fixture
def plain(sample):
    return json.loads(json.dumps(sample.record, allow_nan=False))


def test_a_record_says_what_was_made(sample, plain):
    assert (plain["format"], plain["format_version"]) == ("dislo-gen record", 1)
    assert (plain["seed"], plain["index"]) == (11, 3)
    assert plain["image"] == {"sha256": image_sha256(sample.image), "shape": [56, 72], "dtype": "float32"}
    assert plain["masks"] == {"sha256": masks_sha256(sample.masks), "count": len(sample.masks)}
    assert plain["components"]["geometry.0"]["name"] == "pileup"
    assert plain["components"]["renderer"]["package"] == "dislo-gen"
    assert plain["hooks"] == []
    assert {"numpy", "python", "pycairo"} <= set(plain["versions"])


def test_checksums_tell_pictures_apart(sample):
    other = sample.image.copy()
    other[0, 0] = np.nextafter(other[0, 0], np.float32(2))
    assert image_sha256(other) != image_sha256(sample.image)
    flipped = sample.masks.copy()
    flipped[-1, -1, -1] ^= True
    assert masks_sha256(flipped) != masks_sha256(sample.masks)


def test_the_records_scene_is_the_scene_that_was_drawn(sample, plain):
    assert converter.structure(plain["scene"], Scene) == sample.scene
    assert Record.from_dict(plain).scene == sample.scene


def test_the_records_recipe_is_the_fixed_recipe(sample, plain):
    assert Record.from_dict(plain).load_recipe() == sample.recipe


def test_replay_makes_the_same_bytes(sample, plain, tmp_path):
    (tmp_path / "record.json").write_text(json.dumps(plain))
    for record in (plain, tmp_path / "record.json", str(tmp_path / "record.json"), Record.from_dict(plain)):
        again = replay(record)
        assert np.array_equal(again.image, sample.image)
        assert np.array_equal(again.masks, sample.masks)
        assert again.record == sample.record


def test_replay_with_another_blend_keeps_scene_and_masks(sample, plain):
    other = replay(plain, ["renderer.blend=over"])
    assert other.scene == sample.scene
    assert np.array_equal(other.masks, sample.masks)
    assert not np.array_equal(other.image, sample.image)
    assert compare(other, Record.from_dict(plain)) == ["the image differs"]
    assert compare(sample, Record.from_dict(plain)) == []


def test_replay_with_another_line_width_keeps_image_and_scene(sample, plain):
    other = replay(plain, ["labels.line_width=6"])
    assert np.array_equal(other.image, sample.image)
    assert (other.masks >= sample.masks).all()
    assert other.masks.sum() > 1.5 * sample.masks.sum()
    assert compare(other, Record.from_dict(plain)) == ["the masks differ"]


def test_replay_with_another_geometry_differs_in_everything(plain):
    other = replay(plain, ["geometry.spacing=3", "geometry.bend=0.5"])
    assert compare(other, Record.from_dict(plain)) == [
        "the scene differs",
        "the masks differ",
        "the image differs",
    ]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"format": "coco"}, "not a dislo-gen record"),
        ({"format": None}, "not a dislo-gen record"),
        ({"format_version": 2}, "newer dislo-gen"),
        ({"format_version": 0}, "format_version"),
        ({"format_version": True}, "format_version"),
        ({"format_version": "1"}, "format_version"),
        ({"seed": "0"}, "seed: must be a whole number"),
        ({"index": 1.0}, "index: must be a whole number"),
        ({"extra": 1}, "extra: there is no such key"),
        ({"masks": {"sha256": "0"}}, r"masks\.count: is missing"),
        (
            {"scene": {"defects": [{"kind": "x", "shape": {"type": "blob", "points": []}}]}},
            r"scene\.defects\.0\.shape",
        ),
        (
            {"scene": {"defects": [{"kind": "x", "shape": {"type": "region", "points": [[0, 0]]}}]}},
            r"scene\.defects\.0\.shape: needs at least 3 points",
        ),
    ],
)
def test_a_wrong_record_is_refused_with_its_path(plain, change, says):
    with pytest.raises(DatasetError, match=says):
        Record.from_dict({**plain, **change}, "r.json")


@pytest.mark.parametrize("key", ["seed", "index", "recipe", "image", "masks", "scene"])
def test_a_missing_field_is_named(plain, key):
    del plain[key]
    with pytest.raises(DatasetError, match=f"{key}: is missing"):
        Record.from_dict(plain)


@pytest.mark.parametrize("thing", [None, [], "text", 3])
def test_what_is_no_table_is_no_record(thing):
    with pytest.raises(DatasetError, match="not a dislo-gen record"):
        Record.from_dict(thing)


def test_negative_seeds_in_a_record_are_refused(plain):
    with pytest.raises((DatasetError, RecipeError)):
        replay({**plain, "seed": -1})
