"""The same bytes whatever happened before; folders of others are left alone."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

PIECES = ("images/{:06d}.png", "masks/{:06d}.tif", "records/{:06d}.json")


@pytest.fixture
def copy(dataset, tmp_path):
    """A copy of the reference dataset of four samples."""
    return shutil.copytree(dataset, tmp_path / "copy")


def stamps(folder):
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*")}


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_same_bytes_in_another_folder_with_any_number_of_jobs(kit, dataset, tmp_path, jobs):
    kit.good(*kit.SMALL, "-n", 4, "-j", jobs, "-o", tmp_path / "deep/er/other")
    assert kit.tree(tmp_path / "deep/er/other") == kit.tree(dataset)


def test_another_seed_makes_other_bytes(kit, dataset, tmp_path):
    kit.good(*kit.SMALL, "-n", 1, "--seed", 1, "-o", tmp_path / "d")
    assert (tmp_path / "d/images/000000.png").read_bytes() != (dataset / "images/000000.png").read_bytes()


@pytest.mark.parametrize("jobs", [1, 2])
def test_same_bytes_in_another_order(kit, dataset, copy, jobs):
    # An interrupted run left 1 and 3 only: 0 and 2 are made last.
    for index in (0, 2):
        for piece in PIECES:
            (copy / piece.format(index)).unlink()
    (copy / "preview.png").unlink()
    kit.good(*kit.SMALL, "-n", 4, "-j", jobs, "-o", copy)
    assert kit.tree(copy) == kit.tree(dataset)


def test_a_sample_without_its_record_is_made_again(kit, dataset, copy):
    (copy / "records/000001.json").unlink()
    (copy / "images/000001.png").write_bytes(b"half")
    kit.good(*kit.SMALL, "-n", 4, "-o", copy)
    assert kit.tree(copy) == kit.tree(dataset)


def test_a_complete_dataset_is_not_touched(kit, copy):
    before = {path: mtime for path, mtime in stamps(copy).items() if path.is_file() and path.suffix != ".json"}
    done = kit.good(*kit.SMALL, "-n", 4, "-o", copy)
    assert "Nothing to do" in done.stdout
    after = stamps(copy)
    assert {path: after[path] for path in before} == before


def test_resume_extends_to_the_same_bytes_as_one_run(kit, dataset, tmp_path):
    kit.good(*kit.SMALL, "-n", 2, "-o", tmp_path / "d")
    kit.good("resume", tmp_path / "d", "-n", 4, "-j", 2)
    assert kit.tree(tmp_path / "d") == kit.tree(dataset)


def test_add_makes_so_many_more_of_the_same(kit, dataset, tmp_path):
    kit.good(*kit.SMALL, "-n", 1, "-o", tmp_path / "d")
    kit.good("add", tmp_path / "d", 1)
    assert "4 images are in" in kit.good("add", tmp_path / "d", "-n", 2, "-j", 1).stdout
    assert kit.tree(tmp_path / "d") == kit.tree(dataset)
    assert "there is no" in kit.refused("add", tmp_path / "nowhere", 3)


def test_resume_without_a_count_goes_as_far_as_planned(kit, dataset, copy):
    for piece in PIECES:
        (copy / piece.format(3)).unlink()
    kit.good("resume", copy)
    assert kit.tree(copy) == kit.tree(dataset)


def test_resume_dot_as_dataset_json_says(kit, dataset, copy):
    command = json.loads((copy / "dataset.json").read_text())["resume"]
    assert command == "dislo-gen resume ."
    for piece in PIECES:
        (copy / piece.format(0)).unlink()
    kit.good("resume", ".", cwd=copy)
    assert kit.tree(copy) == kit.tree(dataset)


def test_a_smaller_count_takes_nothing_away(kit, dataset, copy):
    kit.good(*kit.SMALL, "-n", 2, "-o", copy)
    assert kit.tree(copy) == kit.tree(dataset)


def test_a_smaller_count_does_not_call_an_interrupted_dataset_complete(kit, copy):
    (copy / "records/000003.json").unlink()
    done = kit.good("resume", copy, "-n", 2)
    assert f"the first 2 images are there. 3 of the 4 planned are complete in {copy}." in done.stdout
    assert "is complete" not in done.stdout
    assert f"  the rest  dislo-gen resume {copy}\n" in done.stdout


def test_a_smaller_count_that_makes_something_says_how_much_is_planned(kit, copy):
    for index in (0, 3):
        (copy / f"records/00000{index}.json").unlink()
    done = kit.good("resume", copy, "-n", 2)
    assert done.stdout.startswith("1 image in ")
    assert f"3 of the 4 planned are complete in {copy}:" in done.stdout


def empty(path):
    path.write_bytes(b"")


def cut(path):
    path.write_bytes(path.read_bytes()[:100])


def take_another(path):
    shutil.copy(path.with_name("000000.json"), path)


def list_nothing(path):
    path.write_text(json.dumps({**json.loads(path.read_text()), "files": {}}))


@pytest.mark.parametrize("command", ["generate", "resume"])
@pytest.mark.parametrize(
    ("harm", "path", "says"),
    [
        (Path.unlink, "images/000002.png", "2: images/000002.png is missing"),
        (Path.unlink, "masks/000002.tif", "2: masks/000002.tif is missing"),
        (empty, "images/000002.png", "2: images/000002.png is empty"),
        (empty, "records/000002.json", "2: records/000002.json cannot be read"),
        (cut, "records/000002.json", "2: records/000002.json cannot be read"),
        (take_another, "records/000002.json", "2: records/000002.json is not its record"),
        (list_nothing, "records/000002.json", "2: records/000002.json is not its record"),
    ],
)
def test_a_damaged_sample_is_made_again(kit, dataset, copy, command, harm, path, says):
    harm(copy / path)
    words = (*kit.SMALL, "-n", 4, "-o", copy) if command == "generate" else (command, copy)
    done = kit.good(*words)
    assert f"1 sample is damaged and will be made again ({says})" in done.stderr
    assert done.stdout.startswith("1 image in ")
    made = kit.tree(copy)
    kept = [name for name in made if name.startswith("kept/records/")]  # for a record may be somebody's edit
    assert {name: data for name, data in made.items() if name not in kept} == kit.tree(dataset)
    assert len(kept) <= path.startswith("records/")


def test_many_damaged_samples_are_counted_and_a_few_named(kit, dataset, copy):
    shutil.rmtree(copy / "images")
    done = kit.good("resume", copy)
    assert "4 samples are damaged and will be made again (0: " in done.stderr
    assert "; and 1 more)" in done.stderr
    assert kit.tree(copy) == kit.tree(dataset)


HOOK = """
    from pathlib import Path
    from dislo_gen import hookimpl

    class Bell:
        @hookimpl
        def dataset_finished(self, folder, count):
            with Path(folder, "..", "finished").open("a") as file:
                file.write(f"{count}\\n")
"""


def test_the_hook_after_a_dataset_is_called_only_by_a_run_that_made_something(kit, tmp_path):
    package = kit.package(
        tmp_path / "package", "bell", {"hooks": {"bell": "bell_module:Bell"}}, {"bell_module": HOOK}
    )
    words = (*kit.SMALL, "-o", tmp_path / "d")
    kit.good(*words, "-n", 2, path=[package])
    kit.good(*words, "-n", 2, path=[package])
    kit.good("resume", tmp_path / "d", path=[package])
    assert (tmp_path / "finished").read_text() == "2\n"
    kit.good("resume", tmp_path / "d", "-n", 3, path=[package])
    assert (tmp_path / "finished").read_text() == "2\n3\n"


def test_that_textures_stand_in_is_said_only_when_something_is_made(kit, tmp_path):
    words = ("--background", "real-blend", *kit.SMALL, "-n", 1, "-o", tmp_path / "d")
    assert "stand in" in kit.good(*words).stderr
    assert kit.good(*words).stderr == ""
    assert kit.good("resume", tmp_path / "d").stderr == ""


def test_preview_is_made_when_the_run_was_killed_just_before_it(kit, dataset, copy):
    (copy / "preview.png").unlink()
    kit.good(*kit.SMALL, "-n", 4, "-o", copy)
    assert kit.tree(copy) == kit.tree(dataset)


def test_a_run_that_extends_leaves_no_old_preview_behind_when_it_fails(kit, copy):
    (copy / "images/000004.png").mkdir()  # so that sample 4 cannot be written
    done = kit.run(*kit.SMALL, "-n", 5, "-o", copy)
    assert done.returncode == 2, done.stderr
    assert not (copy / "preview.png").exists()


@pytest.mark.parametrize(
    ("change", "differences"),
    [
        (("--seed", "7"), ["seed: 0 there, 7 now"]),
        (("--size", "64x48"), ["recipe.size: [64, 64] there, [64, 48] now"]),
        (("--set", "geometry.pileups=1"), ["recipe.geometry.0.pileups: 2 there, 1 now"]),
        (("--set", "background.wavelength_1=33"), ["recipe.background.wavelength_1:", "there, 33.0 now"]),
        (("--set", "writer.bits=16"), ["writer.bits: 8 there, 16 now"]),
        (("--background", "real-blend"), ['recipe.background.use: "perlin" there, "real-blend" now']),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_another_recipe_seed_or_size_is_refused_with_the_difference(kit, copy, change, differences):
    before, mtimes = kit.tree(copy), stamps(copy)
    text = kit.refused(*kit.SMALL, "-n", 4, "-o", copy, *change)
    for difference in differences:
        assert difference in text
    assert "--overwrite" in text
    assert "--out" in text
    assert kit.tree(copy) == before
    assert stamps(copy) == mtimes


def test_overwrite_replaces_the_dataset_and_leaves_strangers_alone(kit, copy, tmp_path):
    strangers = {"notes.txt": b"mine", "images/mine.png": b"not a picture", "sub/deep.txt": b"too"}
    for name, data in strangers.items():
        (copy / name).parent.mkdir(exist_ok=True)
        (copy / name).write_bytes(data)
    words = (*kit.SMALL, "--seed", 5, "-n", 2)
    kit.good(*words, "-o", copy, "--overwrite")
    kit.good(*words, "-o", tmp_path / "fresh")
    assert kit.tree(copy) == {**kit.tree(tmp_path / "fresh"), **strangers}


def test_overwrite_of_nothing_is_an_ordinary_run(kit, dataset, tmp_path):
    kit.good(*kit.SMALL, "-n", 4, "-o", tmp_path / "d", "--overwrite")
    assert kit.tree(tmp_path / "d") == kit.tree(dataset)


@pytest.mark.parametrize("more", [(), ("--overwrite",)], ids=["", "overwrite"])
def test_a_folder_of_others_is_refused(kit, tmp_path, more):
    (tmp_path / "photo.png").write_bytes(b"mine")
    text = kit.refused(*kit.SMALL, "-n", 1, "-o", tmp_path, *more)
    assert "not empty" in text
    assert kit.tree(tmp_path) == {"photo.png": b"mine"}


def test_a_hidden_stranger_that_looks_temporary_is_not_deleted(kit, tmp_path):
    (tmp_path / ".notes.tmp-1").write_bytes(b"mine")
    kit.run(*kit.SMALL, "-n", 1, "-o", tmp_path)
    assert (tmp_path / ".notes.tmp-1").read_bytes() == b"mine"


def test_a_stranger_folder_that_looks_temporary_does_no_harm(kit, copy):
    (copy / ".cache.tmp-1").mkdir()
    done = kit.run(*kit.SMALL, "-n", 4, "-o", copy)
    assert "Traceback" not in done.stderr
    assert done.returncode in (0, 2)
    assert (copy / ".cache.tmp-1").is_dir()


def test_out_is_a_file(kit, tmp_path):
    (tmp_path / "file").write_bytes(b"mine")
    text = kit.refused(*kit.SMALL, "-n", 1, "-o", "file", cwd=tmp_path)
    assert text == "error: file: this is a file; choose a folder with --out\n"
    assert (tmp_path / "file").read_bytes() == b"mine"


def test_an_empty_folder_is_welcome(kit, dataset, tmp_path):
    kit.good(*kit.SMALL, "-n", 4, "-o", tmp_path)
    assert kit.tree(tmp_path) == kit.tree(dataset)


@pytest.mark.parametrize("command", ["resume", "verify"])
def test_folders_that_are_no_dataset(kit, tmp_path, command):
    assert "no dataset.json" in kit.refused(command, tmp_path)
    assert "nowhere" in kit.refused(command, "nowhere", cwd=tmp_path)
    assert kit.tree(tmp_path) == {}
