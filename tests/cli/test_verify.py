"""``dislo-gen verify``, and files of strangers that try to lead out of the folder."""

from __future__ import annotations

import json
import shlex
import shutil

import pytest


@pytest.fixture
def copy(dataset, tmp_path):
    return shutil.copytree(dataset, tmp_path / "a/copy")


def edit(path, change):
    plain = json.loads(path.read_text())
    change(plain)
    path.write_text(json.dumps(plain))


def findings(kit, folder, *options):
    """Run verify on a damaged dataset; returns its lines about samples."""
    done = kit.run("verify", folder, *options)
    assert done.returncode == 1, (done.stdout, done.stderr)
    assert "Traceback" not in done.stderr
    said = done.stdout.splitlines()
    lines = [line for line in said if line.startswith("sample ")]
    wrong = len({line.partition(":")[0] for line in lines})
    assert said[len(lines)] == f"{wrong} of 4 samples {'differs' if wrong == 1 else 'differ'}."
    assert said[len(lines) + 1 :]  # what to do
    return lines


@pytest.mark.parametrize("options", [(), ("--replay",)], ids=["", "replay"])
def test_a_clean_dataset(kit, copy, options):
    before = kit.tree(copy)
    assert "All 4 samples are as recorded" in kit.good("verify", copy, *options).stdout
    assert kit.tree(copy) == before


def test_a_changed_image(kit, copy):
    path = copy / "images/000002.png"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    [line] = findings(kit, copy)
    assert line.startswith("sample 2: images/000002.png is not the file that was written")


def test_a_missing_mask_file(kit, copy):
    (copy / "masks/000001.tif").unlink()
    [line] = findings(kit, copy)
    assert line.startswith("sample 1: ")
    assert line.endswith("masks/000001.tif: there is no such file")


def test_a_deleted_record(kit, copy):
    (copy / "records/000003.json").unlink()
    assert findings(kit, copy) == ["sample 3: is missing"]
    last = kit.run("verify", copy).stdout.splitlines()[-1]
    assert last == f"To make what is missing: dislo-gen resume {copy}"


def test_a_broken_record_and_every_other_finding_beside_it(kit, copy):
    (copy / "records/000000.json").write_text("{")
    (copy / "images/000003.png").unlink()
    first, second = findings(kit, copy)
    assert first.startswith("sample 0: ")
    assert "records/000000.json: not JSON" in first
    assert second.startswith("sample 3: ")


def test_a_record_of_another_sample(kit, copy):
    shutil.copy(copy / "records/000000.json", copy / "records/000001.json")
    assert "sample 1: its record is that of sample 0 with seed 0" in findings(kit, copy)


def test_a_tampered_record_is_found_by_replaying(kit, copy):
    def shift(plain):
        plain["scene"]["defects"][-1]["shape"]["points"][0][0] += 1

    edit(copy / "records/000001.json", shift)
    assert kit.run("verify", copy).returncode == 0  # files and their checksums agree
    assert findings(kit, copy, "--replay") == ["sample 1: the scene differs when it is made again"]


def test_tampered_checksums_are_found_by_replaying(kit, copy):
    edit(copy / "records/000001.json", lambda plain: plain["image"].update(sha256="0" * 64))
    edit(copy / "records/000002.json", lambda plain: plain["masks"].update(sha256="0" * 64))
    assert findings(kit, copy, "--replay") == [
        "sample 1: the image differs when it is made again",
        "sample 2: the masks differ when it is made again",
    ]


# --- Repair ----------------------------------------------------


def test_the_last_line_says_how_to_repair_and_it_works(kit, dataset, tmp_path):
    folder = shutil.copytree(dataset, tmp_path / "my data")
    (folder / "images/000001.png").write_bytes(b"broken")
    (folder / "masks/000002.tif").unlink()
    done = kit.run("verify", "my data", cwd=tmp_path)
    assert done.returncode == 1
    *_, last = done.stdout.splitlines()
    assert last == "To make what is damaged again: dislo-gen verify 'my data' --repair"
    repaired = kit.good(*shlex.split(last.partition("dislo-gen ")[2]), cwd=tmp_path)
    for index in (1, 2):
        assert f"sample {index}: repaired: it has its record's bytes again" in repaired.stdout
    assert kit.tree(folder) == kit.tree(dataset)


def test_repair_of_a_broken_record_says_that_there_was_nothing_to_compare_with(kit, dataset, copy):
    (copy / "records/000003.json").write_text('{"format": ')
    done = kit.good("verify", copy, "--repair")
    assert "sample 3: made again; there was no readable record" in done.stdout
    assert kit.tree(copy) == {**kit.tree(dataset), "kept/records/000003-1.json": b'{"format": '}


def test_repair_does_not_call_repaired_what_differs_from_its_record(kit, dataset, copy):
    edit(copy / "records/000001.json", lambda plain: plain["image"].update(sha256="0" * 64))
    edit(copy / "records/000002.json", lambda plain: plain["files"].update({"images/000002.png": "0" * 64}))
    done = kit.run("verify", copy, "--replay", "--repair")
    assert done.returncode == 1
    assert "sample 1: made again, but it is not what its record said: the image differs" in done.stdout
    assert "sample 2: made again, but it is not what its record said: images/000002.png differs" in done.stdout
    assert "repaired" not in done.stdout
    assert kit.tree(copy) == kit.tree(dataset)


def test_repair_leaves_missing_samples_to_resume(kit, copy):
    (copy / "records/000003.json").unlink()
    done = kit.run("verify", copy, "--repair")
    assert done.returncode == 1
    assert done.stdout.endswith(f"To make what is missing: dislo-gen resume {copy}\n")


def test_repair_where_other_bytes_would_be_made_is_refused(kit, copy):
    edit(copy / "dataset.json", lambda plain: plain["versions"].update(numpy="0.1"))
    (copy / "images/000001.png").write_bytes(b"broken")
    before = kit.tree(copy)
    text = kit.refused("verify", copy, "--repair")
    assert "nothing is repaired" in text
    assert 'versions.numpy: "0.1" there' in text
    assert kit.tree(copy) == before


def test_repair_of_a_clean_dataset_touches_nothing(kit, copy):
    before = {path: path.stat().st_mtime_ns for path in copy.rglob("*")}
    assert "All 4 samples are as recorded" in kit.good("verify", copy, "--repair").stdout
    assert {path: path.stat().st_mtime_ns for path in copy.rglob("*")} == before


# --- Plugins that are not here ---------------------------------

FLAT = """
    import numpy as np
    from dislo_gen import Background, component

    @component
    class Flat(Background):
        '''One grey value.'''
        def paint(self, size, rng):
            return np.full(size.shape, 0.5, dtype=np.float32)
"""


@pytest.fixture
def elsewhere(kit, tmp_path):
    """A dataset made with a plugin that is not installed here."""
    package = kit.package(tmp_path / "package", "flats", {"background": {"flat": "flats:Flat"}}, {"flats": FLAT})
    folder = tmp_path / "elsewhere"
    kit.good(*kit.SMALL, "--background", "flat", "-n", 4, "-o", folder, path=[package])
    return folder


def test_replaying_without_a_plugin_is_refused_once_after_the_files_were_checked(kit, elsewhere):
    text = kit.refused("verify", elsewhere, "--replay")
    assert text.startswith("error: the files are as recorded, but the samples cannot be made again here: ")
    assert text.count("there is no background 'flat'") == 1
    assert "flats 1.2, not installed here" in text


def test_replaying_without_a_plugin_counts_only_what_differs(kit, elsewhere):
    (elsewhere / "images/000002.png").write_bytes(b"broken")
    done = kit.run("verify", elsewhere, "--replay")
    assert done.returncode == 1
    assert done.stderr.count("there is no background 'flat'") == 1
    assert "1 of 4 samples differs." in done.stdout
    assert [line[:9] for line in done.stdout.splitlines() if line.startswith("sample")] == ["sample 2:"]


# --- Files of strangers ----------------------------------------


@pytest.mark.parametrize("path", ["../../x", "/etc/hostname", "images/../../../x", "..\\..\\x", "C:x"])
def test_a_record_that_lists_files_outside(kit, copy, tmp_path, path):
    (tmp_path / "x").write_bytes(b"mine")
    edit(copy / "records/000001.json", lambda plain: plain["files"].update({path: "0" * 64}))
    [line] = findings(kit, copy)
    assert line.startswith("sample 1: ")
    assert "leads out of the dataset" in line
    before = kit.tree(copy)
    done = kit.run(*kit.SMALL, "-n", 1, "-o", copy, "--overwrite")
    assert (tmp_path / "x").read_bytes() == b"mine"
    # It may refuse or replace, but not leave a ruin that neither resumes nor can be replaced.
    assert done.returncode == 0 or (kit.refusal(done) and kit.tree(copy) == before)


@pytest.mark.parametrize("files", [[1], 5, None, {"a": 1}, "abc"], ids=repr)
def test_overwrite_of_a_dataset_with_a_record_of_wrong_types(kit, copy, files):
    edit(copy / "records/000001.json", lambda plain: plain.update(files=files))
    before = kit.tree(copy)
    done = kit.run(*kit.SMALL, "-n", 1, "-o", copy, "--overwrite")
    assert done.returncode == 0 or (kit.refusal(done) and kit.tree(copy) == before)


def test_overwrite_of_a_dataset_with_a_broken_record(kit, copy):
    (copy / "records/000002.json").write_text("{")
    before = kit.tree(copy)
    done = kit.run(*kit.SMALL, "-n", 1, "-o", copy, "--overwrite")
    assert done.returncode == 0 or (kit.refusal(done) and kit.tree(copy) == before)


@pytest.mark.parametrize("name", ["images", "masks", "records"])
def test_a_folder_that_links_out_is_not_written_through(kit, copy, tmp_path, name):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "mine").write_bytes(b"mine")
    shutil.rmtree(copy / name)
    (copy / name).symlink_to(outside)
    shutil.rmtree(copy / "records", ignore_errors=True) if name != "records" else None
    text = kit.refused(*kit.SMALL, "-n", 4, "-o", copy)
    assert "leads out of the dataset" in text
    assert kit.tree(outside) == {"mine": b"mine"}


def test_a_link_to_records_elsewhere_is_not_deleted_through(kit, copy, tmp_path):
    shutil.move(copy / "records", tmp_path / "outside")
    (copy / "records").symlink_to(tmp_path / "outside")
    before = kit.tree(tmp_path / "outside")
    kit.run(*kit.SMALL, "-n", 1, "-o", copy, "--overwrite")
    assert kit.tree(tmp_path / "outside") == before


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda plain: plain.pop("count"), "count: is missing"),
        (lambda plain: plain.update(count="4"), "count: must be a whole number"),
        (lambda plain: plain.update(count=-4), "count"),
        (lambda plain: plain.update(seed=-1), "seed"),
        (lambda plain: plain.update(format_version=2), "format_version: this program reads versions up to 1"),
        (lambda plain: plain.update(format="mine"), "format: this is not a dislo-gen dataset"),
        (lambda plain: plain.update(surprise=1), "surprise: there is no such key"),
    ],
    ids=["no count", "count text", "count -4", "seed -1", "newer", "other", "extra"],
)
@pytest.mark.parametrize("command", ["generate", "resume", "verify"])
def test_a_wrong_dataset_json(kit, copy, command, change, expected):
    edit(copy / "dataset.json", change)
    before = kit.tree(copy)
    words = (*kit.SMALL, "-n", 4, "-o", copy) if command == "generate" else (command, copy)
    done = kit.run(*words)
    if command == "verify" and done.returncode == 1:  # a seed that its samples do not have is found like any other
        assert "with seed 0" in done.stdout
        return
    text = kit.refusal(done)
    if command == "generate":
        expected = expected.partition(":")[0]  # a difference is a good answer here, too
    assert expected in text
    assert "dataset.json" in text or "different dataset" in text
    assert kit.tree(copy) == before


@pytest.mark.parametrize("name", ["dataset.json", "records/000001.json"])
def test_huge_json_in_a_dataset_is_refused(kit, copy, name):
    with (copy / name).open("ab") as file:
        file.write(b" " * (64 * 1024 * 1024))
    done = kit.run("verify", copy)
    assert done.returncode in (1, 2)
    assert "are more than" in done.stdout + done.stderr
