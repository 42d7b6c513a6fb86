from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image as PillowImage

from dislo_gen import DatasetError
from dislo_gen_plugins.backgrounds.bank_files import bank_files
from dislo_gen_plugins.backgrounds.patch_bank import content_box, read_grey

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


def test_pictures_in_folders_inside_the_bank_count_and_other_files_do_not(tmp_path):
    (tmp_path / "b" / "c").mkdir(parents=True)
    for path in ("z.png", "b/c/a.TIF", "notes.txt", "b/x.dm3"):
        (tmp_path / path).write_bytes(b"")
    assert bank_files(tmp_path) == [tmp_path / "b/c/a.TIF", tmp_path / "z.png"]


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


def framed(black=(0, 0, 0, 0), title=0, text=False):
    """Grain inside black margins (left, top, right, bottom), with a title bar below the grain."""
    left, top, right, bottom = black
    picture = np.full((top + 200 + title + bottom, left + 260 + right), 0, dtype=np.uint8)
    picture[top : top + 200, left : left + 260] = grain(200, 260)
    if title:
        bar = picture[top + 200 : top + 200 + title]
        bar[:] = 20
        if text:
            bar[title // 3 : title // 2, 10:90:5] = 250
    return picture, (left, top, left + 260, top + 200)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize(
    "frame",
    [
        {},
        {"black": (12, 12, 12, 12)},
        {"black": (0, 30, 0, 0)},
        {"black": (25, 0, 40, 0)},
        {"title": 30},
        {"title": 36, "text": True},
        {"title": 36, "text": True, "black": (8, 16, 8, 8)},
    ],
)
def test_frames_and_title_bars_are_trimmed(frame, dtype):
    picture, box = framed(**frame)
    found = content_box(picture.astype(dtype) * dtype(257 if dtype is np.uint16 else 1))
    assert np.abs(np.subtract(found, box)).max() <= 2


@pytest.mark.parametrize("grey", [0, 90, 255])
def test_a_picture_that_is_flat_by_nature_is_kept_whole(grey):
    assert content_box(np.full((40, 60), grey, dtype=np.uint8)) == (0, 0, 60, 40)


@pytest.mark.parametrize("shape", [(1, 1), (1, 30), (30, 1), (3, 5)])
def test_tiny_pictures_are_kept_whole(shape):
    assert content_box(grain(*shape)) == (0, 0, shape[1], shape[0])


@pytest.mark.skipif(not DATA.is_dir(), reason="no ../shared/data beside the repository")
@pytest.mark.parametrize("name", ["img+17.3.bmp", "img+38.3.bmp", "img-18.9.bmp"])
def test_real_screen_grabs_are_trimmed_to_their_micrograph(name):
    found = content_box(read_grey(DATA / "cemes-tilt" / name))
    assert np.abs(np.subtract(found, (0, 16, 688, 532))).max() <= 4  # as the data's README says


@pytest.mark.skipif(not DATA.is_dir(), reason="no ../shared/data beside the repository")
@pytest.mark.parametrize("name", ["steel-316l/1.png", "steel-316l/9.png", "titanium-sequence/frame-1770.png"])
def test_real_micrographs_are_read_and_keep_most_of_their_area(name):
    grey = read_grey(DATA / name)
    left, top, right, bottom = content_box(grey)
    assert (right - left) * (bottom - top) > 0.7 * grey.size
