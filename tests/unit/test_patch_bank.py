from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image as PillowImage

from dislo_gen import DatasetError, read_grey, read_micrograph
from dislo_gen_plugins.backgrounds.bank_files import bank_files, patch_names
from dislo_gen_plugins.backgrounds.patch_bank import few_bytes

DATA = Path(__file__).parents[2].parent / "shared" / "data"


def grain(height=90, width=120, seed=0, mean=120):
    ground = np.linspace(-30, 30, width)[None] + np.linspace(-20, 20, height)[:, None]
    noise = np.random.default_rng(seed).normal(0, 12, (height, width))
    return (mean + ground + noise).clip(1, 254).astype(np.uint8)


def save(path: Path, kind: str) -> Path:
    """Write the same grey picture as one of the kinds of files people have."""
    grey, deep = grain(), grain().astype(np.uint16) * 16 + 500
    alpha = np.full_like(grey, 90)
    path = path / f"picture.{kind.split('-')[0]}"
    match kind:
        case "png-8" | "bmp-8" | "tif-pillow" | "PNG-upper":
            PillowImage.fromarray(grey).save(path, kind.split("-")[0].replace("tif", "tiff"))
        case "jpg-8" | "jpeg-8":
            PillowImage.fromarray(grey).save(path, "jpeg", quality=98)
        case "png-16":
            PillowImage.fromarray(deep).save(path)
        case "png-rgb" | "bmp-rgb":
            PillowImage.fromarray(np.stack([grey] * 3, axis=2)).save(path)
        case "jpg-rgb":
            PillowImage.fromarray(np.stack([grey] * 3, axis=2)).save(path, quality=98, subsampling=0)
        case "png-rgba":
            PillowImage.fromarray(np.stack([grey, grey, grey, alpha], axis=2)).save(path)
        case "png-la":
            PillowImage.fromarray(np.stack([grey, alpha], axis=2), "LA").save(path)
        case "png-palette":
            PillowImage.fromarray(grey).convert("P").save(path)
        case "tif-8":
            tifffile.imwrite(path, grey)
        case "tiff-16":
            tifffile.imwrite(path, deep)
        case "tif-float":
            tifffile.imwrite(path, deep.astype(np.float32) / 7 - 100)
        case "tif-rgb16":
            tifffile.imwrite(path, np.stack([deep] * 3, axis=2), photometric="rgb")
        case "tif-planar":
            tifffile.imwrite(path, np.stack([grey] * 3), photometric="rgb", planarconfig="separate")
        case "tif-stack":
            tifffile.imwrite(path, np.stack([grey, 255 - grey]), photometric="minisblack")
    return path


KINDS = [
    "png-8", "PNG-upper", "bmp-8", "tif-8", "tif-pillow", "jpg-8", "jpeg-8", "png-16", "tiff-16", "tif-float",
    "png-rgb", "png-la", "bmp-rgb", "jpg-rgb", "png-rgba", "tif-rgb16", "tif-planar", "tif-stack", "png-palette",
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_file_gives_its_grey_values(tmp_path, kind):
    grey = read_grey(save(tmp_path, kind))
    assert bank_files(tmp_path) == [tmp_path / f"picture.{kind.split('-')[0]}"]
    assert grey.shape == (90, 120)
    picture = grain().astype(float)
    if grey.dtype == np.uint8:
        assert np.abs(grey - picture).max() <= (8 if kind.startswith("j") or kind == "png-palette" else 1)
    else:
        assert grey.dtype == np.uint16
        middle = (picture > np.percentile(picture, 1)) & (picture < np.percentile(picture, 99))
        assert np.corrcoef(grey[middle], picture[middle])[0, 1] > 0.9999
        assert np.percentile(grey, 0.2) < 3000  # stretched: cameras seldom use their whole range
        assert np.percentile(grey, 99.8) > 62000


def test_colours_become_luminance(tmp_path):
    colours = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]]], dtype=np.uint8)
    PillowImage.fromarray(colours).save(tmp_path / "c.png")
    assert read_grey(tmp_path / "c.png").tolist() == [[54, 182, 18, 255]]


def test_a_bank_is_listed_as_any_folder_of_micrographs(tmp_path):
    (tmp_path / "b" / "c").mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    names = ("z10.png", "z9.png", "b/c/a.TIF", "notes.txt", "b/x.dm3", "._z9.png", ".git/a.png", "f_001.tvips")
    for path in names:
        (tmp_path / path).write_bytes(b"")
    found = [path.relative_to(tmp_path).as_posix() for path in bank_files(tmp_path)]
    assert found == ["b/c/a.TIF", "b/x.dm3", "z9.png", "z10.png"]


def test_a_listing_is_remembered_until_the_bank_changes(tmp_path, monkeypatch):
    save(tmp_path, "png-8")
    assert patch_names(tmp_path) == ["picture.png"]
    with monkeypatch.context() as patched:
        patched.setattr("dislo_gen_plugins.backgrounds.bank_files.micrograph_files", None)
        assert patch_names(tmp_path) == ["picture.png"]
    save(tmp_path, "tif-stack")
    assert patch_names(tmp_path) == ["picture.png", "picture.tif#0", "picture.tif#1"]


def test_links_out_of_the_bank_are_left_out(tmp_path):
    bank = tmp_path / "bank"
    bank.mkdir()
    (bank / "out.png").symlink_to(save(tmp_path, "png-8"))
    with pytest.raises(DatasetError, match="links out of it"):
        bank_files(bank)
    save(bank, "png-8")
    (bank / "again.png").symlink_to(bank / "picture.png")
    assert bank_files(bank) == [bank / "again.png", bank / "picture.png"]


@pytest.mark.parametrize("kind", ["png-8", "png-16", "tif-float", "png-rgb"])
def test_patches_in_few_bytes_are_the_picture_that_was_read(tmp_path, kind):
    image = read_micrograph(save(tmp_path, kind)).image
    grey = few_bytes(image)
    assert grey.dtype == (np.uint16 if kind in ("png-16", "tif-float") else np.uint8)
    assert np.array_equal(grey.astype(np.float32) * np.float32(1 / np.iinfo(grey.dtype).max), image)


@pytest.mark.parametrize("make", [lambda p: None, lambda p: p.mkdir(), lambda p: p.write_text("x")])
def test_a_bank_without_pictures_is_named(tmp_path, make):
    make(tmp_path / "bank")
    with pytest.raises(DatasetError, match="bank"):
        bank_files(tmp_path / "bank")


@pytest.mark.parametrize("name", ["broken.png", "broken.jpg", "broken.tif", "broken.bmp"])
@pytest.mark.parametrize("content", [b"", b"not a picture at all", b"half"])
def test_a_broken_picture_is_named(tmp_path, name, content):
    path = tmp_path / name
    if content == b"half":
        kind = name.rpartition(".")[2]
        whole = save(tmp_path, f"{kind}-8").read_bytes()
        content = whole[: len(whole) // 2]
    path.write_bytes(content)
    with pytest.raises(DatasetError, match=name.replace(".", r"\.")):
        read_grey(path)


def test_a_pixel_without_a_value_gets_that_of_its_surroundings(tmp_path):
    picture = grain().astype(np.float32)
    picture[3, 3] = np.nan
    tifffile.imwrite(tmp_path / "nan.tif", picture)
    whole = grain().astype(np.float32)
    whole[3, 3] = np.median(np.delete(picture[1:6, 1:6].ravel(), 12))
    tifffile.imwrite(tmp_path / "whole.tif", whole)
    assert np.array_equal(read_grey(tmp_path / "nan.tif"), read_grey(tmp_path / "whole.tif"))


def test_a_picture_without_any_value_is_refused(tmp_path):
    tifffile.imwrite(tmp_path / "nan.tif", np.full((20, 30), np.nan, dtype=np.float32))
    with pytest.raises(DatasetError, match=r"nan\.tif: there is no finite value in this picture"):
        read_grey(tmp_path / "nan.tif")
