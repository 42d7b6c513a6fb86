"""A folder is taken by one run at a time, and what a person made in it is never lost."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from dislo_gen import DatasetError, Recipe, decode_masks, encode_masks, generate, open_dataset
from dislo_gen.cli import main
from dislo_gen.files import LOCK, Folder

ADVICE = "wait for it to end, or choose another folder with --out\n"


@pytest.fixture
def copy(dataset, tmp_path):
    return shutil.copytree(dataset, tmp_path / "data")


@pytest.fixture
def cli(monkeypatch, tmp_path, capsys):
    """Run the program in this process; returns (exit status, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)

    def call(*words: object):
        with pytest.raises(SystemExit) as stop:
            main([str(word) for word in words])
        return (stop.value.code or 0, *capsys.readouterr())

    return call


# --- One run ---------------------------------------------------


def test_a_folder_that_another_run_writes_into_is_refused(cli, kit, dataset, copy):
    (copy / "images/000001.png").write_bytes(b"broken")
    before = kit.tree(copy)
    replayed = copy.with_name("replayed")
    commands = [
        (*kit.SMALL, "-n", 4, "-o", copy),
        (*kit.SMALL, "-n", 4, "--seed", 9, "-o", copy, "--overwrite"),
        ("resume", copy, "-n", 9),
        ("verify", copy, "--repair"),
        ("replay", dataset / "records/000001.json", "-o", replayed),
    ]
    with Folder(copy).taken(), Folder(replayed).taken():
        for words in commands:
            status, _, err = cli(*words)
            assert status == 2
            assert err.endswith("another run is writing into this folder; " + ADVICE)
        status, out, _ = cli("verify", copy)  # reading needs no turn
        assert status == 1
        assert "images/000001.png is not the file that was written" in out
        assert {name: data for name, data in kit.tree(copy).items() if name != LOCK} == before
    assert cli("verify", copy, "--repair")[0] == 0
    assert kit.tree(copy) == kit.tree(dataset)


def test_a_killed_run_leaves_no_folder_taken(kit, tmp_path, small_recipe):
    script = (
        "import sys, time\nfrom dislo_gen.files import Folder\n"
        "with Folder(sys.argv[1]).taken():\n    print('taken', flush=True)\n    time.sleep(60)\n"
    )
    folder = tmp_path / "d"
    with subprocess.Popen([sys.executable, "-c", script, folder], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "taken\n"
        with pytest.raises(DatasetError, match="another run is writing"):
            generate(small_recipe, 1, out=folder)
        process.send_signal(signal.SIGKILL)
    assert len(generate(small_recipe, 1, out=folder)) == 1
    assert LOCK not in kit.tree(folder)


# --- Replays ---------------------------------------------------


def test_a_replay_leaves_what_is_somebodys_own(cli, kit, dataset, tmp_path):
    mine = tmp_path / "mine"
    for name in ("images/000000.png", "preview.png", "notes.txt"):
        (mine / name).parent.mkdir(parents=True, exist_ok=True)
        (mine / name).write_bytes(b"MINE")
    before = kit.tree(mine)
    status, _, err = cli("replay", dataset / "records/000000.json", "-o", mine)
    assert status == 2
    assert "notes.txt is in this folder and of no earlier replay" in err
    assert kit.tree(mine) == before
    status, _, err = cli("replay", dataset / "records/000000.json", "-o", mine, "--overwrite")
    assert status == 0, err
    after = kit.tree(mine)
    assert after["notes.txt"] == after["kept/images/000000-1.png"] == after["kept/preview-1.png"] == b"MINE"
    assert after["images/000000.png"] == (dataset / "images/000000.png").read_bytes()


@pytest.mark.parametrize("changed", ["images/000000.png", "masks/000000.tif", "preview.png"])
def test_a_replay_replaces_an_earlier_one_unless_somebody_changed_it(cli, kit, dataset, tmp_path, changed):
    record, folder = dataset / "records/000000.json", tmp_path / "replay"
    assert cli("replay", record)[0] == 0
    assert cli("replay", record, "--set", "renderer.blend=over")[0] == 0
    assert cli("replay", dataset / "records/000001.json")[0] == 0
    if changed.endswith(".tif"):
        (folder / changed).write_bytes((dataset / "masks/000001.tif").read_bytes())
    else:
        Image.fromarray(255 - np.asarray(Image.open(folder / changed))).save(folder / changed)
    work = (folder / changed).read_bytes()
    status, _, err = cli("replay", record)
    assert status == 2
    assert f"{changed} is in this folder" in err
    assert (folder / changed).read_bytes() == work
    assert cli("replay", record, "--overwrite")[0] == 0
    assert work in kit.tree(folder / "kept").values()


# --- Datasets --------------------------------------------------


@pytest.mark.parametrize("text", ['{"name": "mine"}', "[]", '{"format": "dislo-gen predictions"}'])
def test_overwrite_replaces_no_folder_of_something_else(cli, kit, copy, text):
    (copy / "dataset.json").write_text(text)
    before = kit.tree(copy)
    status, _, err = cli(*kit.SMALL, "-n", 2, "-o", copy, "--overwrite")
    assert (status, err.count("error: ")) == (2, 1)
    assert "this folder holds something else" in err
    assert kit.tree(copy) == before


def test_overwrite_keeps_a_manifest_that_cannot_be_read(cli, kit, copy):
    (copy / "dataset.json").write_text("my notes")
    status, _, err = cli(*kit.SMALL, "-n", 2, "-o", copy, "--overwrite")
    assert (status, "kept/dataset-1.json" in err) == (0, True)
    assert (copy / "kept/dataset-1.json").read_text() == "my notes"


@pytest.mark.parametrize("words", [("resume",), ("verify", "--repair")])
def test_a_record_that_is_not_ours_is_kept(cli, kit, dataset, copy, words):
    (copy / "records/000001.json").write_text("my notes")
    (copy / "records/000002.json").write_bytes(b"")
    assert cli(words[0], copy, *words[1:])[0] == 0
    left = kit.tree(copy)
    assert left.pop("kept/records/000001-1.json") == b"my notes"
    assert left == kit.tree(dataset)


def test_overwrite_keeps_what_somebody_changed(cli, kit, copy):
    mask, preview = (copy / "masks/000002.tif"), (copy / "preview.png")
    mask.write_bytes((copy / "masks/000001.tif").read_bytes())
    Image.new("RGB", (5, 5)).save(preview)
    work = {mask.read_bytes(), preview.read_bytes()}
    status, _, err = cli(*kit.SMALL, "--seed", 5, "-n", 2, "-o", copy, "--overwrite")
    assert status == 0
    assert "kept/masks/000002-1.tif" in err
    assert set(kit.tree(copy / "kept").values()) == work
    assert not mask.exists()
    assert cli(*kit.SMALL, "--seed", 6, "-n", 2, "-o", copy, "--overwrite")[0] == 0
    assert set(kit.tree(copy / "kept").values()) == work  # and the second dataset had nothing to keep


def test_repair_keeps_what_somebody_drew(cli, kit, dataset, copy):
    mask = copy / "masks/000002.tif"
    with_one_changed = masks_of(mask)
    with_one_changed[0] = ~with_one_changed[0]
    mask.write_bytes(encode_masks(with_one_changed))
    work = mask.read_bytes()
    assert cli("verify", copy, "--repair")[0] == 0
    after = kit.tree(copy)
    assert after.pop("kept/masks/000002-1.tif") == work
    assert after == kit.tree(dataset)


def masks_of(path):
    return decode_masks(path.read_bytes(), (64, 64), path.name)


def test_resuming_keeps_changed_files_of_a_damaged_sample(cli, kit, copy):
    work = (copy / "masks/000001.tif").read_bytes()
    (copy / "masks/000002.tif").write_bytes(work)
    (copy / "images/000002.png").unlink()
    assert cli("resume", copy)[0] == 0
    assert kit.tree(copy)["kept/masks/000002-1.tif"] == work


# --- A dataset cannot lie --------------------------------------


@pytest.fixture(scope="module")
def other(kit, tmp_path_factory):
    """A dataset of the same seed in which one number is another."""
    folder = tmp_path_factory.mktemp("other") / "data"
    generate(Recipe.from_names(size=64, settings=[*kit.SETTINGS, "renderer.contrast=0.7"]), 4, out=folder)
    return folder


def mix(other, folder, index=2):
    for name in (f"images/{index:06d}.png", f"masks/{index:06d}.tif", f"records/{index:06d}.json"):
        shutil.copyfile(other / name, folder / name)


@pytest.mark.parametrize("replayed", [(), ("--replay",)], ids=["", "replay"])
def test_a_sample_of_another_recipe_is_named(cli, other, copy, replayed):
    assert cli("verify", copy, *replayed)[0] == 0
    mix(other, copy)
    status, out, _ = cli("verify", copy, *replayed)
    assert status == 1
    assert "sample 2: its record is not of this dataset's recipe (renderer.contrast)" in out
    assert "1 of 4 samples differs" in out


@pytest.mark.parametrize("way", ["same command", "resume", "repair"])
def test_a_sample_of_another_recipe_is_made_again(cli, kit, dataset, other, copy, way):
    mix(other, copy)
    words = {
        "same command": (*kit.SMALL, "-n", 4, "-o", copy),
        "resume": ("resume", copy),
        "repair": ("verify", copy, "--repair"),
    }
    status, out, err = cli(*words[way])
    assert status == 0, out + err
    left = kit.tree(copy)
    assert left.pop("kept/records/000002-1.json") == (other / "records/000002.json").read_bytes()
    assert left == kit.tree(dataset)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda plain: plain["recipe"].update(size=[64, 65]), "size"),
        (lambda plain: plain["recipe"]["labels"].update(line_width=9.0), "labels.line_width"),
        (lambda plain: plain["recipe"]["geometry"].append(plain["recipe"]["geometry"][0]), "geometry.1"),
        (lambda plain: plain["recipe"]["background"].update(wavelength_1=11.0), "background.wavelength_1"),
        (lambda plain: plain["recipe"]["renderer"].pop("blend"), "renderer.blend"),
        (lambda plain: plain["components"]["renderer"].update(version="0.0.1"), "components.renderer"),
        (lambda plain: plain["versions"].update(numpy="0.1"), "versions.numpy"),
        (lambda plain: plain.update(hooks=[{"name": "a", "package": "b", "version": "1"}]), "hooks"),
    ],
)
def test_a_record_that_says_otherwise_than_the_manifest(cli, copy, change, named):
    path = copy / "records/000001.json"
    plain = json.loads(path.read_text())
    change(plain)
    path.write_text(json.dumps(plain))
    status, out, _ = cli("verify", copy)
    assert status == 1
    assert f"sample 1: its record is not of this dataset's recipe ({named}" in out


def test_what_chose_from_outside_is_not_asked_to_choose_again(cli, tmp_path):
    for seed in range(3):
        noise = np.random.default_rng(seed).integers(90, 160, (96, 96), dtype=np.uint8)
        (tmp_path / "bank").mkdir(exist_ok=True)
        Image.fromarray(noise).save(tmp_path / f"bank/{seed}.png")
    words = ("--size", 64, "--background", "real-blend", "--set", "background.patches=bank", "-n", 2, "-o", "d")
    assert cli(*words)[0] == 0
    assert cli("verify", "d", "--replay")[0] == 0
    shutil.rmtree(tmp_path / "bank")  # and where the bank is gone there is still something to be verified
    assert cli("verify", "d")[0] == 0


def test_files_that_were_exchanged_together_with_their_checksums(cli, copy):
    # Image and record agree about a file that this sample never had.
    path = copy / "records/000001.json"
    plain, foreign = json.loads(path.read_text()), json.loads((copy / "records/000002.json").read_text())
    shutil.copyfile(copy / "images/000002.png", copy / "images/000001.png")
    plain["files"]["images/000001.png"] = foreign["files"]["images/000002.png"]
    path.write_text(json.dumps(plain))
    assert cli("verify", copy)[0] == 0
    status, out, _ = cli("verify", copy, "--replay")
    assert status == 1
    assert "sample 1: the image on disk differs when it is made again" in out


def test_two_records_of_one_file(cli, copy):
    path = copy / "records/000002.json"
    plain = json.loads(path.read_text())
    plain["files"] = json.loads((copy / "records/000001.json").read_text())["files"]
    path.write_text(json.dumps(plain))
    status, out, _ = cli("verify", copy)
    assert status == 1
    assert "sample 2: its record lists images/000001.png, as sample 1 does" in out


@pytest.mark.parametrize(
    "name",
    [
        "1.json",
        "0000001.json",
        "+00001.json",
        "\u0660\u0660\u0660\u0660\u0660\u0661.json",
        f"{10**30}.json",
        "a.json",
    ],
)
def test_a_file_of_another_name_is_no_record(cli, copy, name):
    shutil.copyfile(copy / "records/000001.json", copy / "records" / name)
    status, out, err = cli("verify", copy)
    assert status == 0, out + err
    assert open_dataset(copy).indices == (0, 1, 2, 3)


@pytest.mark.parametrize(
    "path",
    ["a\0b", "../x", "/etc/passwd", "C:x", "\udcff\ud800", "x" * 5000],
    ids=["NUL", "up", "root", "drive", "surrogates", "long"],
)
def test_a_record_of_strange_paths(cli, copy, path):
    file = copy / "records/000001.json"
    plain = json.loads(file.read_text())
    plain["files"][path] = "00"
    file.write_text(json.dumps(plain))
    status, out, err = cli("verify", copy)
    assert status == 1
    assert "sample 1: " in out
    assert "Traceback" not in err
    status, out, err = cli("resume", copy)
    assert status == 0, out + err
    assert cli("verify", copy)[0] == 0


@pytest.mark.skipif(sys.platform == "win32", reason="has no pipes with names")
@pytest.mark.parametrize("name", ["records/000001.json", "images/000001.png"])
def test_a_pipe_in_a_dataset_is_not_waited_for(cli, copy, name):
    (copy / name).unlink()
    os.mkfifo(copy / name)
    status, out, _ = cli("verify", copy)
    assert status == 1
    assert "this is no regular file" in out
    assert cli("resume", copy)[0] == 0
    assert cli("verify", copy)[0] == 0
