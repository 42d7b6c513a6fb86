"""No room, no permission, no folder: one sentence, and nothing half-written."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
from functools import partial
from pathlib import Path

import pytest


def limit_file_size(limit: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))


def one_sentence(text: str, reason: str) -> None:
    assert text.count("\n") == 1, text
    assert "cannot be written" in text
    assert reason in text


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("part", [0.2, 0.6, 0.95])
def test_a_file_that_does_not_fit(kit, dataset, tmp_path, part, jobs):
    # Files up to part of the largest one fit: an image, a record or the preview does not.
    largest = max(len(data) for data in kit.tree(dataset).values())
    folder = tmp_path / "d"
    words = (*kit.SMALL, "-n", 4, "-j", jobs, "-o", folder)
    text = kit.refused(*words, before=partial(limit_file_size, int(part * largest)))
    one_sentence(text, "File too large")
    assert f"error: {folder}/" in text
    kit.check_whole(folder)
    kit.no_leftovers(folder)
    assert set(kit.tree(folder)) < set(kit.tree(dataset))
    kit.good(*words)
    assert kit.tree(folder) == kit.tree(dataset)


@pytest.fixture
def disk(tmp_path):
    """A tiny file system of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root can mount")
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48k", "tmpfs", folder], capture_output=True)
    if made.returncode:
        pytest.skip(f"no file system can be mounted here: {made.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_full_disk(kit, dataset, disk, jobs):
    folder = disk / "d"
    words = (*kit.SMALL, "-n", 4, "-j", jobs, "-o", folder)
    one_sentence(kit.refused(*words), "No space left on device")
    kit.check_whole(folder)
    kit.no_leftovers(folder)
    subprocess.run(["mount", "-o", "remount,size=4m", disk], check=True)
    kit.good(*words)
    assert kit.tree(folder) == kit.tree(dataset)


def test_a_disk_that_is_full_from_the_start(kit, disk):
    (disk / "stuff").write_bytes(b"x" * 48 * 1024)
    one_sentence(kit.refused(*kit.SMALL, "-n", 1, "-o", disk / "d"), "No space left on device")
    assert kit.tree(disk / "d") == {}


@pytest.mark.parametrize("leftover", [False, True], ids=["clean", "leftover"])
def test_a_read_only_dataset(kit, dataset, disk, leftover):
    subprocess.run(["mount", "-o", "remount,size=4m", disk], check=True)
    folder = shutil.copytree(dataset, disk / "d")
    (folder / "records/000001.json").unlink()
    if leftover:
        (folder / "images/.000001.png.dislo-gen-99").write_bytes(b"half")
    before = kit.tree(folder)
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    text = kit.refused(*kit.SMALL, "-n", 4, "-o", folder)
    assert text.count("\n") == 1
    assert "Read-only file system" in text
    assert kit.tree(folder) == before
    assert kit.run("verify", folder).returncode == 1  # reading needs no room: it reports the missing sample


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="has no /proc")
def test_a_folder_that_cannot_be_made(kit):
    text = kit.refused(*kit.SMALL, "-n", 1, "-o", "/proc/nope/x")
    one_sentence(text, "/proc/nope/x")


def test_a_folder_below_a_file(kit, tmp_path):
    (tmp_path / "file").write_bytes(b"mine")
    text = kit.refused(*kit.SMALL, "-n", 1, "-o", "file/x", cwd=tmp_path)
    one_sentence(text, "file/x")
    assert kit.tree(tmp_path) == {"file": b"mine"}


@pytest.mark.skipif(os.geteuid() == 0, reason="permissions do not bind root")
def test_a_folder_without_permission(kit, tmp_path):
    (tmp_path / "locked").mkdir(mode=0o555)
    text = kit.refused(*kit.SMALL, "-n", 1, "-o", tmp_path / "locked/d")
    one_sentence(text, "Permission denied")
