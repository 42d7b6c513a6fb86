"""PNG, JPEG, BMP and GIF files of strangers: their depth, which way up they are, their frames and times."""

from __future__ import annotations

import struct
import time
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PillowImage

from dislo_gen import DatasetError, open_film, read_micrograph
from dislo_gen.labelme import read_labelled
from dislo_gen.micrographs.values import read_values

DATA = Path(__file__).parent / "data"
DRAW = np.random.default_rng(19)
DEEP = DRAW.integers(0, 65536, (30, 41, 4)).astype(np.uint16)
GREY = (DEEP[..., 0] >> 8).astype(np.uint8)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def write_png(path, samples, colour_type, before=b""):
    """Write 16 bits a sample, (H, W, samples), as a PNG, every row by another of its filters' names."""
    height, width, _ = samples.shape
    rows = samples.astype(">u2").reshape(height, -1).view(np.uint8)
    packed = zlib.compress(b"".join(b"\0" + row.tobytes() for row in rows))
    head = struct.pack(">2I5B", width, height, 16, colour_type, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + before + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    )


def values(path, frame=0):
    return read_values(Path(path), frame)


def test_16_bits_of_colour_stay_16_bits():
    found = read_micrograph(DATA / "colour.png").image
    assert len(np.unique(found)) > 200
    assert found.min() < 0.1
    assert found.max() > 0.9
    assert np.corrcoef(found.ravel(), read_micrograph(DATA / "truth.png").image.ravel())[0, 1] > 0.97


@pytest.mark.parametrize(("colour_type", "samples"), [(0, 1), (2, 3), (4, 2), (6, 4)])
def test_16_bits_of_every_kind_of_png(tmp_path, colour_type, samples):
    stored = DEEP[..., :samples].copy()
    if samples in (2, 4):
        stored[..., -1] |= 1  # transparent nowhere
    write_png(tmp_path / "a.png", stored, colour_type)
    found = values(tmp_path / "a.png")
    shown = stored[..., 0] if samples < 3 else stored[..., :3]
    assert found.dtype == np.uint16
    assert np.array_equal(found, shown)


def test_transparent_pixels_have_no_value(tmp_path):
    stored = np.stack([GREY, np.full_like(GREY, 7)], axis=-1)
    stored[:6, :, 1] = 0
    PillowImage.fromarray(stored, "LA").save(tmp_path / "a.png")
    found = values(tmp_path / "a.png")
    assert np.isnan(found[:6]).all()
    assert np.array_equal(found[6:], GREY[6:])
    stored[..., 1] = 0  # a channel that was left empty hides nothing
    PillowImage.fromarray(stored, "LA").save(tmp_path / "b.png")
    assert np.array_equal(values(tmp_path / "b.png"), GREY)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", ["a.png", "a.jpg"])
def test_turned_as_exif_says(tmp_path, name, orientation):
    exif = PillowImage.Exif()
    exif[274] = orientation
    smooth = np.linspace(0, 120, 64)[None] + np.linspace(0, 100, 48)[:, None]
    upright = smooth.astype(np.uint8)
    PillowImage.fromarray(upright).save(tmp_path / name, exif=exif)
    shown = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.T,
        6: np.rot90(upright, -1),
        7: upright.T[::-1, ::-1],
        8: np.rot90(upright),
    }[orientation]
    found = values(tmp_path / name).astype(int)
    assert found.shape == shown.shape
    assert np.abs(found - shown).max() < 8


def test_labels_lie_on_what_they_label_in_a_picture_that_is_turned():
    sample = read_labelled(DATA / "turned")[0]
    line = sample.masks.any(0)
    assert sample.image[line].mean() < sample.image[~line].mean() - 0.1


def test_inks_of_a_jpeg(tmp_path):
    smooth = np.linspace(0, 255, 64)[None] * np.ones((48, 1))
    PillowImage.fromarray(smooth.astype(np.uint8)).convert("RGB").convert("CMYK").save(
        tmp_path / "a.jpg", quality=95
    )
    found = values(tmp_path / "a.jpg")
    assert np.corrcoef(found[..., 1].ravel(), smooth.ravel())[0, 1] > 0.99


@pytest.mark.parametrize("name", ["a.gif", "a.png"])
def test_an_animation_has_frames_and_times(tmp_path, name):
    film = [PillowImage.fromarray(np.roll(GREY, 5 * step, axis=1)) for step in range(4)]
    film[0].save(tmp_path / name, save_all=True, append_images=film[1:], duration=[100, 200, 300, 400])
    with open_film(tmp_path / name) as found:
        assert len(found) == 4
        assert [found.time(index) for index in range(4)] == pytest.approx([0, 0.1, 0.3, 0.6])
        for index in (3, 1, 0, 2):
            assert np.array_equal(np.round(found.frame(index).image * 255), np.asarray(film[index]))


def test_the_picture_before_an_animation_is_no_frame(tmp_path):
    film = [PillowImage.fromarray(np.roll(GREY, 5 * step, axis=1)) for step in range(3)]
    film[0].save(tmp_path / "a.png", save_all=True, append_images=film[1:], duration=100, default_image=True)
    with open_film(tmp_path / "a.png") as found:
        assert len(found) == 2
        assert np.array_equal(np.round(found.frame(0).image * 255), np.asarray(film[1]))


def test_a_million_frames_of_a_gif_are_refused_at_once(tmp_path):
    PillowImage.fromarray(GREY[:2, :2]).save(tmp_path / "a.gif")
    data = (tmp_path / "a.gif").read_bytes()
    place = data.index(b",")
    (tmp_path / "a.gif").write_bytes(data[:place] + data[place:-1] * 1_000_000 + b";")
    start = time.monotonic()
    with pytest.raises(DatasetError, match=r"a.gif: has more than the 100000 frames that are read"):
        open_film(tmp_path / "a.gif")
    assert time.monotonic() - start < 10


def test_a_gif_that_was_cut_short_gives_its_whole_frames(tmp_path):
    film = [PillowImage.fromarray(np.roll(GREY, 5 * step, axis=1)) for step in range(4)]
    film[0].save(tmp_path / "a.gif", save_all=True, append_images=film[1:], duration=100)
    data = (tmp_path / "a.gif").read_bytes()
    (tmp_path / "a.gif").write_bytes(data[: len(data) * 5 // 8])
    broken = []
    with open_film(tmp_path / "a.gif") as found:
        frames = list(found.frames(broken=lambda index, error: broken.append(str(error))))
    assert [frame.index for frame in frames][:2] == [0, 1]
    assert all("a.gif: frame " in text and "\n" not in text for text in broken)


def test_a_png_bomb_is_refused_by_its_head(tmp_path):
    head = struct.pack(">2I5B", 60_000, 60_000, 8, 0, 0, 0, 0)
    packed = zlib.compress(bytes(1_000_000))
    (tmp_path / "a.png").write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    )
    with pytest.raises(DatasetError, match=r"a.png: "):
        read_micrograph(tmp_path / "a.png")


def test_an_inch_of_a_printer_is_no_pixel_size(tmp_path):
    for dpi, size in ((300, None), (25_400_000 * 4, 0.25)):
        PillowImage.fromarray(GREY).save(tmp_path / "a.png", dpi=(dpi, dpi))
        with open_film(tmp_path / "a.png") as film:
            assert (film.pixel_size and film.pixel_size.x) == (size and pytest.approx(size, rel=1e-3))


def test_a_folder_named_as_a_picture(tmp_path):
    (tmp_path / "a.png").mkdir()
    with pytest.raises(DatasetError, match=r"a.png: is not a file"):
        open_film(tmp_path / "a.png")
