"""``dislo-gen replay``: a sample again from its record alone, or the same scene drawn otherwise."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
from PIL import Image

WRONG_BITS = ("--set", "writer.bits=17")


def imread(path):
    return np.asarray(Image.open(path))


@pytest.fixture
def edit(dataset, tmp_path):
    """Write a changed copy of sample 1's record; returns its path."""

    def write(change):
        plain = json.loads((dataset / "records/000001.json").read_text())
        change(plain)
        path = tmp_path / "record.json"
        path.write_text(json.dumps(plain))
        return path

    return write


def test_same_bytes_from_the_record_alone(kit, dataset, tmp_path):
    shutil.copy(dataset / "records/000002.json", tmp_path / "lonely.json")
    done = kit.good("replay", "lonely.json", cwd=tmp_path)
    assert "have the record's bytes" in done.stdout
    made = kit.tree(tmp_path / "replay")
    for name in ("images/000002.png", "masks/000002.tif", "records/000002.json"):
        assert made.pop(name) == (dataset / name).read_bytes()
    assert set(made) == {"preview.png"}


def test_drawn_otherwise_keeps_scene_and_masks(kit, dataset, tmp_path):
    settings = ("--set", "renderer.blend=over", "--set", "renderer.contrast=0.9")
    done = kit.good("replay", dataset / "records/000001.json", *settings, "-o", tmp_path / "r")
    assert "the scene and the masks are the record's" in done.stdout
    new, old = (json.loads((folder / "records/000001.json").read_text()) for folder in (tmp_path / "r", dataset))
    assert new["scene"] == old["scene"]
    assert new["masks"] == old["masks"]
    assert new["image"] != old["image"]
    assert (tmp_path / "r/masks/000001.tif").read_bytes() == (dataset / "masks/000001.tif").read_bytes()
    assert (tmp_path / "r/images/000001.png").read_bytes() != (dataset / "images/000001.png").read_bytes()


def test_the_writers_settings_change_the_files_only(kit, dataset, tmp_path):
    words = ("--set", "writer.bits=16", "-o", tmp_path / "r")
    done = kit.good("replay", dataset / "records/000001.json", *words)
    assert "Image, masks and scene have the record's bytes." in done.stdout
    old, new = (imread(folder / "images/000001.png") for folder in (dataset, tmp_path / "r"))
    assert (old.dtype, new.dtype) == (np.uint8, np.uint16)
    assert "writer.bits: must be 8 or 16" in kit.refused("replay", dataset / "records/000001.json", *WRONG_BITS)


def test_the_writers_and_the_recipes_settings_go_together(kit, dataset, tmp_path):
    words = ("--set", "writer.bits=16", "--set", "renderer.blend=over", "-o", tmp_path / "r")
    assert "the image differs" in kit.good("replay", dataset / "records/000001.json", *words).stdout
    assert imread(tmp_path / "r/images/000001.png").dtype == np.uint16


def test_the_size_stays(kit, dataset, tmp_path):
    record = dataset / "records/000001.json"
    text = kit.refused("replay", record, "--set", "size=128", "-o", tmp_path / "r")
    assert text.startswith("error: --set size=128: a replay keeps the record's size")
    assert "components and parameters" in text
    assert not (tmp_path / "r").exists()


@pytest.mark.parametrize(
    ("named", "meant"),
    [
        ("", "000000"),
        ("records", "000000"),
        ("images", "000000"),
        ("images/000002.png", "000002"),
        ("masks/000003.tif", "000003"),
        ("preview.png", "000000"),
    ],
)
def test_what_is_no_record_leads_to_one(kit, dataset, tmp_path, named, meant):
    text = kit.refused("replay", dataset / named, "-o", tmp_path / "r")
    assert f"record, such as {dataset}/records/{meant}.json" in text or f".json file such as {dataset}/" in text
    assert text.rstrip().endswith(f"records/{meant}.json")


def test_a_folder_that_is_no_dataset_is_told_how_a_record_is_named(kit, tmp_path):
    (tmp_path / "d").mkdir()
    assert kit.refused("replay", "d", cwd=tmp_path).endswith("such as d/records/000000.json\n")


def test_another_geometry_is_said_to_change_the_masks(kit, dataset, tmp_path):
    words = ("--set", "geometry.dislocations=1", "-o", tmp_path / "r")
    done = kit.good("replay", dataset / "records/000001.json", *words)
    assert "the masks differ" in done.stdout
    assert "are the record's" not in done.stdout


def test_into_a_dataset_is_refused(kit, dataset, tmp_path):
    folder = shutil.copytree(dataset, tmp_path / "d")
    text = kit.refused("replay", folder / "records/000001.json", "-o", folder, "--set", "renderer.blend=over")
    assert "holds a dataset" in text
    assert "--out" in text
    assert kit.tree(folder) == kit.tree(dataset)


def test_a_record_whose_checksums_are_not_met_is_reported(kit, edit, tmp_path):
    path = edit(lambda plain: plain["image"].update(sha256="0" * 64))
    text = kit.refused("replay", path, "-o", tmp_path / "r")
    assert "record.json: the image differs" in text
    assert "the versions are the same" in text


def test_other_versions_are_named_as_the_likely_reason(kit, edit, tmp_path):
    def change(plain):
        plain["image"]["sha256"] = "0" * 64
        plain["versions"]["numpy"] = "0.1"

    assert "numpy: 0.1 then" in kit.refused("replay", edit(change), "-o", tmp_path / "r")


WRONG = {
    "extra key": (lambda p: p.update(sneed=1), "sneed: there is no such key; did you mean 'seed'?"),
    "type of seed": (lambda p: p.update(seed="0"), "seed: must be a whole number, not '0'"),
    "seed below 0": (lambda p: p.update(seed=-3), "seed"),
    "index below 0": (lambda p: p.update(index=-1), "index"),
    "no recipe": (lambda p: p.pop("recipe"), "recipe: is missing"),
    "parameter": (
        lambda p: p["recipe"]["background"].update(wavelength_1=-1),
        "recipe.background.wavelength_1: -1 is below the smallest value allowed",
    ),
    "shape": (
        lambda p: p["scene"]["defects"][0]["shape"].update(type="spiral"),
        "scene.defects.0.shape: must be a table whose type is one of: open curve, closed curve, region",
    ),
    "points": (
        lambda p: p["scene"]["defects"][0]["shape"].update(points=[["a", 1]]),
        "scene.defects.0.shape.points",
    ),
    "plugin": (
        lambda p: p["recipe"]["background"].update(use="perlim"),
        "recipe.background: there is no background 'perlim'; did you mean 'perlin'?",
    ),
    "files": (lambda p: p.update(files=[1]), "files: must be a table"),
    "newer format": (lambda p: p.update(format_version=99), "format_version: this program reads versions up to 1"),
    "other format": (lambda p: p.update(format="labelme"), "format: this is not a dislo-gen record"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_record(kit, edit, tmp_path, case):
    change, expected = WRONG[case]
    text = kit.refused("replay", edit(change), "-o", tmp_path / "r")
    assert f"record.json: {expected}" in text
    assert not (tmp_path / "r").exists()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"{", "not JSON: "),
        (b"[1, 2]", "this is not a dislo-gen record"),
        (b'{"seed": NaN}', "NaN is not a JSON number"),
        (b"\xff\xfe\x00", "this is not a UTF-8 text"),
        (b"[" * 100_000, "not JSON: "),
        (b'{"seed": ' + b"1" * 5000 + b"}", "not JSON: "),
        (b" " * (64 * 1024 * 1024 + 1), "are more than"),
        (None, "there is no such file"),
    ],
    ids=["syntax", "list", "NaN", "UTF-8", "deep", "long number", "huge", "missing"],
)
def test_a_file_that_is_no_record(kit, tmp_path, data, expected):
    if data is not None:
        (tmp_path / "record.json").write_bytes(data)
    text = kit.refused("replay", "record.json", cwd=tmp_path)
    assert text.startswith("error: record.json: ")
    assert expected in text
    assert len(text) < 300
    assert not (tmp_path / "replay").exists()
