"""Two packages of strangers, installed by pip, work by name with no change to the core."""

from __future__ import annotations

import ast
import hashlib
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
import tifffile

import dislo_gen as package

Run = Callable[..., subprocess.CompletedProcess[str]]
COMMAND = ("--geometry", "pileup", "--geometry", "cracks", "--size", 96, "-n", 2)
CRACKS = {"name": "cracks", "package": "dislo-gen-test-cracks", "version": "1.2.3"}
PENCIL = {"name": "pencil", "package": "dislo-gen-test-pencil", "version": "0.4.0"}


def tree(folder: Path) -> dict[str, str]:
    """The checksum of every file of a dataset (pytest would take minutes to show how the bytes differ)."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def records(folder: Path) -> list[dict[str, Any]]:
    """A dataset's records, as plain data."""
    return [json.loads(path.read_text()) for path in sorted((folder / "records").iterdir())]


@pytest.fixture(scope="module")
def dataset(dislo_gen: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the command line makes of both packages."""
    out = tmp_path_factory.mktemp("made") / "data"
    dislo_gen(*COMMAND, "--renderer", "pencil", "-o", out)
    return out


def test_records_name_the_package_and_its_version(dataset: Path) -> None:
    assert len(records(dataset)) == 2
    for record in records(dataset):
        assert record["components"]["geometry.1"] == CRACKS
        assert record["components"]["renderer"] == PENCIL
        assert record["recipe"]["geometry"][1]["use"] == "cracks"
    manifest = json.loads((dataset / "dataset.json").read_text())
    assert manifest["components"]["geometry.1"] == CRACKS


def test_a_recorded_recipe_holds_numbers_where_the_parameter_varies(dataset: Path) -> None:
    for record in records(dataset):
        cracks = record["recipe"]["geometry"][1]
        assert isinstance(cracks["cracks"], int)
        assert isinstance(cracks["kink"], float)
        assert isinstance(cracks["step"], dict)  # drawn from many times for each image
        assert isinstance(record["recipe"]["renderer"]["strokes"], int)


def test_every_crack_has_a_mask_and_no_plastic_zone_has(dataset: Path) -> None:
    for index, record in enumerate(records(dataset)):
        defects = record["scene"]["defects"]
        labelled = [defect for defect in defects if defect["labelled"]]
        masks = [page != 0 for page in tifffile.imread(dataset / f"masks/{index:06d}.tif")]
        assert len(masks) == len(labelled) == record["masks"]["count"]
        cracks = [(d, mask) for d, mask in zip(labelled, masks, strict=True) if d["kind"] == "crack"]
        assert cracks
        for defect, mask in cracks:
            kinks = np.floor(defect["shape"]["points"]).astype(int)
            inside = kinks[((kinks >= 0) & (kinks < 96)).all(axis=1)]
            assert mask[inside[:, 1], inside[:, 0]].all()
        assert all(not d["labelled"] for d in defects if d["kind"] == "plastic zone")


def test_groups_of_two_geometries_are_kept_apart(dataset: Path) -> None:
    for record in records(dataset):
        defects = record["scene"]["defects"]
        cracks = {d["group"] for d in defects if d["kind"] in ("crack", "plastic zone")}
        assert cracks.isdisjoint(d["group"] for d in defects if d["kind"] == "dislocation")
        assert [d["id"] for d in defects] == list(range(len(defects)))


def test_verify_makes_the_same_bytes_again(dislo_gen: Run, dataset: Path) -> None:
    assert "All 2 samples" in dislo_gen("verify", "--replay", dataset).stdout


def test_two_processes_make_the_same_bytes(dislo_gen: Run, dataset: Path, tmp_path: Path) -> None:
    dislo_gen(*COMMAND, "--renderer", "pencil", "-j", 2, "-o", tmp_path / "data")
    assert tree(tmp_path / "data") == tree(dataset)


def test_swapping_the_renderer_leaves_scene_and_masks_as_they_are(
    dislo_gen: Run, dataset: Path, tmp_path: Path
) -> None:
    out = tmp_path / "data"
    dislo_gen(*COMMAND, "--renderer", "cairo", "-o", out)
    swapped, drawn = tree(out), tree(dataset)
    masks = [name for name in drawn if name.startswith("masks")]
    assert len(masks) == 2
    for name in masks:
        assert swapped[name] == drawn[name]
    for new, old in zip(records(out), records(dataset), strict=True):
        assert new["scene"] == old["scene"]
        assert new["masks"] == old["masks"]
        assert new["recipe"]["background"] == old["recipe"]["background"]
        assert new["image"] != old["image"]


def test_replay_draws_the_same_scene_with_another_renderer(dislo_gen: Run, dataset: Path, tmp_path: Path) -> None:
    record = dataset / "records" / "000001.json"
    said = dislo_gen("replay", record, "--set", "renderer=cairo", "-o", tmp_path / "again").stdout
    assert "the scene and the masks are the record's" in said


def test_cracks_work_alone_and_by_their_full_name(dislo_gen: Run, tmp_path: Path) -> None:
    out = tmp_path / "data"
    name = "dislo-gen-test-cracks:cracks"
    dislo_gen("--geometry", name, "--set", "geometry.0.cracks=3", "--size", 64, "-n", 1, "-o", out)
    (record,) = records(out)
    assert record["components"]["geometry.0"] == CRACKS
    assert record["recipe"]["geometry"][0]["cracks"] == 3
    assert {d["kind"] for d in record["scene"]["defects"]} == {"crack", "plastic zone"}


def test_a_value_out_of_a_strangers_range_is_one_sentence(dislo_gen: Run, tmp_path: Path) -> None:
    words = ("--geometry", "cracks", "--set", "geometry.0.branching=1.5", "-o", tmp_path / "data")
    said = dislo_gen(*words, status=2).stderr
    assert "geometry" in said
    assert "branching" in said
    assert "1.5" in said


def test_plugins_lists_them(dislo_gen: Run) -> None:
    rows = {line.split()[0]: line for line in dislo_gen("plugins").stdout.splitlines() if line.startswith("  ")}
    assert rows["cracks"].rstrip().endswith(f"({CRACKS['package']} {CRACKS['version']})")
    assert rows["pencil"].rstrip().endswith(f"({PENCIL['package']} {PENCIL['version']})")


def test_plugins_show_explains_the_parameters(dislo_gen: Run) -> None:
    said = dislo_gen("plugins", "show", "cracks").stdout
    for text in ("Cracks that run in kinked steps", "dislo-gen-test-cracks", "kink*", "deg", "0 to 90", "step*"):
        assert text in said
    assert "soft, hard" in dislo_gen("plugins", "show", "pencil").stdout


def test_the_schema_knows_their_parameters(dislo_gen: Run, dataset: Path) -> None:
    text = dislo_gen("schema").stdout
    for word in ("cracks", "pencil", "branching", "hardness"):
        assert f'"{word}"' in text
    schema = json.loads(text)
    check = jsonschema.validators.validator_for(schema)(schema)
    recipe = records(dataset)[0]["recipe"]
    check.validate(recipe)
    recipe["geometry"][1]["branching"] = 1.5
    assert not check.is_valid(recipe)


def test_without_its_packages_a_dataset_is_readable_but_cannot_be_made_again(
    dislo_gen: Run, dataset: Path, tmp_path: Path
) -> None:
    assert "All 2 samples" in dislo_gen("verify", dataset, installed=False).stdout
    for words, status in (
        (("verify", "--replay", dataset), 2),
        (("resume", dataset, "-n", 3), 2),
        (("replay", dataset / "records" / "000000.json", "-o", tmp_path / "again"), 2),
    ):
        done = dislo_gen(*words, status=status, installed=False)
        said = done.stdout + done.stderr
        assert "there is no geometry 'cracks'" in said
        assert "there is no renderer 'pencil'" in said
    assert len(records(dataset)) == 2


@pytest.mark.parametrize("name", ["cracks", "pencil"])
def test_they_import_public_names_only(root: Path, name: str) -> None:
    for path in (root / "tests" / "packages" / name).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("dislo_gen"):
                assert node.module == "dislo_gen"
                assert {alias.name for alias in node.names} <= set(package.__all__)
