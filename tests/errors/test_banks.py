"""Banks of micrographs that are empty, missing or broken: a sentence that names the file."""

from __future__ import annotations

import os
import re

import numpy as np
import pytest
from PIL import Image

from dislo_gen.cli import main


@pytest.fixture
def refused(kit, tmp_path, monkeypatch, capsys):
    """Run in this process, in an empty folder, with the bank ``bank``; returns the error's text."""
    monkeypatch.chdir(tmp_path)

    def call(*words):
        given = (
            "--background",
            "real-blend",
            "--set",
            "background.patches=bank",
            "--size",
            "48",
            "-n",
            "2",
            *words,
        )
        with pytest.raises(SystemExit) as stop:
            main([*given, *words])
        text = capsys.readouterr().err
        assert stop.value.code == 2
        assert text.startswith("error: ")
        assert text.count("\n") == 1, text
        # Which object in memory could not be read is no business of a microscopist.
        assert not re.search(r"object at 0x|BytesIO|Errno", text)
        assert kit.records(tmp_path / "dislo-data") == 0
        return text

    return call


@pytest.fixture
def bank(tmp_path):
    folder = tmp_path / "bank"
    folder.mkdir()
    return folder


def picture(path, side=80, dtype=np.uint8):
    noise = np.random.default_rng(0).integers(0, 255, (side, side)).astype(dtype)
    Image.fromarray(noise).save(path)


def test_missing(refused, tmp_path):
    assert f"{tmp_path / 'bank'}: there is no such folder" in refused()


def test_is_a_file(refused, tmp_path):
    picture(tmp_path / "bank.png")
    (tmp_path / "bank.png").rename(tmp_path / "bank")
    text = refused()
    assert f"{tmp_path / 'bank'}: this is a file" in text
    assert "background.patches names a folder of pictures or films" in text


def test_empty(refused, bank):
    text = refused()
    assert f"{bank}: there is no picture in this folder" in text
    assert ".png" in text
    assert ".tif" in text


def test_holds_other_files_only(refused, bank):
    (bank / "notes.txt").write_text("no picture")
    assert f"{bank}: there is no picture in this folder" in refused()


def test_holds_shadow_files_and_pictures_of_other_kinds_only(refused, bank):
    (bank / "._a.png").write_bytes(b"resource fork")
    (bank / "a.webp").write_bytes(b"")
    (bank / "b.npy").write_bytes(b"")
    text = refused()
    assert f"{bank}: there is no picture in this folder" in text
    assert "a.webp, b.npy of other kinds" in text


def test_what_cannot_be_read_is_named_once(kit, bank, tmp_path):
    picture(bank / "good.png")
    picture(bank / "._good.png")
    for name in ("a.webp", "b.czi", "notes.txt"):
        (bank / name).write_bytes(b"hello")
    (bank / "endless.png").symlink_to("/dev/zero")
    (bank / "loop.tif").symlink_to(bank / "loop.tif")
    os.mkfifo(bank / "pipe.png")
    words = ("--background", "real-blend", "--set", "background.patches=bank", "--size", 48, "-n", 2)
    said = kit.good(*words, cwd=tmp_path).stderr
    assert said.count("left out, as they cannot be read: a.webp, b.czi, endless.png, loop.tif, pipe.png") == 1
    assert "notes.txt" not in said


def test_a_name_that_cannot_be_a_folder(kit, tmp_path):
    for name, says in (("x" * 300, "File name too long"), ("loop", "Too many levels of symbolic links")):
        (tmp_path / "loop").unlink(missing_ok=True)
        (tmp_path / "loop").symlink_to(tmp_path / "loop")
        words = ("--background", "real-blend", "--set", f"background.patches={name}", "-n", 1)
        assert says in kit.refused(*words, cwd=tmp_path)


@pytest.mark.parametrize("name", ["a.png", "a.tif", "a.jpg", "a.bmp"])
@pytest.mark.parametrize(
    "data",
    [b"", b"hello", bytes(range(256)) * 8, b"\x89PNG\r\n\x1a\n" + b"\0" * 50, b"II*\0\xff\xff\xff\xff"],
    ids=["empty", "text", "noise", "png head", "tiff head"],
)
def test_not_a_picture(refused, bank, name, data):
    (bank / name).write_bytes(data)
    assert str(bank / name) in refused()


def test_truncated(refused, bank):
    picture(bank / "cut.png")
    whole = (bank / "cut.png").read_bytes()
    (bank / "cut.png").write_bytes(whole[: len(whole) // 2])
    assert str(bank / "cut.png") in refused()


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_one_broken_among_good_ones_is_named(refused, bank, jobs):
    picture(bank / "good.png")
    (bank / "bad.png").write_bytes(b"hello")
    assert str(bank / "bad.png") in refused("-j", jobs)


def test_a_broken_one_is_named_before_any_image_even_if_it_would_not_be_drawn(refused, bank, tmp_path):
    for number in range(30):
        picture(bank / f"good-{number}.png", side=50)
    (bank / "bad.png").write_bytes(b"hello")
    assert str(bank / "bad.png") in refused("-n", 1)
    assert not (tmp_path / "dislo-data").exists()


def test_all_broken_ones_are_named_with_their_reasons(kit, bank, tmp_path):
    picture(bank / "good.png")
    (bank / "text.png").write_bytes(b"hello")
    Image.fromarray(np.full((80, 80), np.nan, dtype=np.float32)).save(bank / "nan.tif")
    picture(bank / "cut.png")
    (bank / "cut.png").write_bytes((bank / "cut.png").read_bytes()[:3000])
    text = kit.refused("--background", "real-blend", "--set", "background.patches=bank", "-n", 1, cwd=tmp_path)
    first, *lines = text.splitlines()
    assert first.startswith(f"error: {bank}: 3 of the 4 pictures in this folder cannot be used")
    assert [line.split(":")[0].strip() for line in lines] == [
        str(bank / name) for name in ("cut.png", "nan.tif", "text.png")
    ]
    assert "truncated" in lines[0]
    assert "no finite value" in lines[1]
    assert not (tmp_path / "dislo-data").exists()


def test_a_folder_full_of_broken_ones_is_not_listed_to_the_end(kit, bank, tmp_path):
    for number in range(20):
        (bank / f"{number}.png").write_bytes(b"hello")
    text = kit.refused("--background", "real-blend", "--set", "background.patches=bank", "-n", 1, cwd=tmp_path)
    assert len(text.splitlines()) == 1 + 12 + 1
    assert text.splitlines()[-1] == "  and 8 more"


def test_nan(refused, bank):
    Image.fromarray(np.full((80, 80), np.nan, dtype=np.float32)).save(bank / "nan.tif")
    assert str(bank / "nan.tif") in refused()


@pytest.mark.skipif(os.geteuid() == 0, reason="permissions do not bind root")
def test_without_permission(refused, bank):
    picture(bank / "locked.png")
    (bank / "locked.png").chmod(0)
    text = refused()
    assert str(bank / "locked.png") in text
    assert "Permission denied" in text


def test_a_patch_that_is_too_small_is_mirrored_and_that_is_said(kit, bank, tmp_path):
    picture(bank / "small.png", side=20)
    words = ("--background", "real-blend", "--set", "background.patches=bank", "--size", 48, "-n", 2)
    done = kit.good(*words, cwd=tmp_path)
    assert done.stderr.count("small.png (20 x 20 px) is smaller than the image") == 1


def test_the_same_command_works_after_the_bank_was_mended(kit, refused, bank, tmp_path):
    picture(bank / "good.png")
    (bank / "bad.png").write_bytes(b"hello")
    refused()
    (bank / "bad.png").unlink()
    words = ("--background", "real-blend", "--set", "background.patches=bank", "--size", 48, "-n", 2)
    kit.good(*words, cwd=tmp_path)
    assert kit.records(tmp_path / "dislo-data") == 2


@pytest.mark.parametrize("change", ["changed", "missing"])
def test_replaying_with_a_patch_that_is_gone_names_it(kit, bank, tmp_path, change):
    picture(bank / "one.png")
    words = ("--background", "real-blend", "--set", "background.patches=bank", "--size", 48, "-n", 1)
    kit.good(*words, cwd=tmp_path)
    if change == "changed":
        picture(bank / "one.png", side=81)
    else:
        (bank / "one.png").unlink()
        picture(bank / "other.png")
    text = kit.refused("replay", "dislo-data/records/000000.json", cwd=tmp_path)
    assert "one.png" in text
    assert change in text or "has changed" in text
