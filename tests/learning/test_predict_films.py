"""Films of every format are predicted frame by frame, with pixel size and time in the records."""

import struct
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from dislo_gen import DatasetError, frames, open_predictions, verify_predictions

SIZE, COUNT, PIXEL = (96, 64), 3, 0.25  # nm


def heights(number):
    """Where the lines of a frame lie: one that falls, in every second frame another that stays."""
    return [14 + 8 * number] + [52] * (number % 2)


def film():
    """(3, 64, 96) uint8: grey grain with dark lines across that move."""
    rng = np.random.default_rng(3)
    pixels = np.clip(rng.normal(170, 6, (COUNT, *SIZE[::-1])), 0, 255)
    for number in range(COUNT):
        for height in heights(number):
            pixels[number, height - 1 : height + 2, 8:-8] = rng.normal(30, 6, (3, SIZE[0] - 16))
    return pixels.astype(np.uint8)


def tiff_stack(path):
    tifffile.imwrite(
        path, film(), imagej=True, resolution=(1 / PIXEL, 1 / PIXEL),
        metadata={"axes": "TYX", "unit": "nm", "finterval": 0.5},
    )  # fmt: skip


def tiff_16_bit(path):
    tifffile.imwrite(
        path, film().astype(np.uint16) * 200, imagej=True, resolution=(1 / PIXEL, 1 / PIXEL),
        metadata={"axes": "TYX", "unit": "nm", "finterval": 0.5},
    )  # fmt: skip


def mrc(path):
    header = bytearray(1024)
    sizes = (*SIZE, COUNT)
    struct.pack_into("<10i", header, 0, *sizes, 6, 0, 0, 0, *sizes)
    struct.pack_into("<3f", header, 40, *(side * PIXEL * 10 for side in sizes))  # Å
    struct.pack_into("<3i", header, 64, 1, 2, 3)
    header[208:216] = b"MAP \x44\x44\0\0"
    path.write_bytes(bytes(header) + film().astype("<u2").tobytes())


def emd(path):
    h5py = pytest.importorskip("h5py")
    with h5py.File(path, "w") as file:
        file.attrs["version_major"], file.attrs["version_minor"] = 0, 2
        group = file.create_group("data/film")
        group.attrs["emd_group_type"] = 1
        group.create_dataset("data", data=film())
        for axis, (name, unit, step, length) in enumerate(
            [("t", "[s]", 0.5, COUNT), ("y", "[n_m]", PIXEL, SIZE[1]), ("x", "[n_m]", PIXEL, SIZE[0])], start=1
        ):
            dim = group.create_dataset(f"dim{axis}", data=np.arange(length) * step)
            dim.attrs["name"], dim.attrs["units"] = name, unit


def gif(path):
    pictures = [Image.fromarray(frame) for frame in film()]
    pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=500)


def video(path):
    av = pytest.importorskip("av")
    with av.open(str(path), "w") as out:
        stream = out.add_stream("mpeg4", rate=2)
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = *SIZE, "yuv420p", 4_000_000
        for picture in film():
            frame = av.VideoFrame.from_ndarray(np.repeat(picture[..., None], 3, axis=2), format="rgb24")
            out.mux(stream.encode(frame))
        out.mux(stream.encode())


def folder(path):
    path.mkdir()
    for number, picture in enumerate(film(), start=8):  # 10 comes after 9
        words = {"imagej": True, "resolution": (1 / PIXEL, 1 / PIXEL), "metadata": {"unit": "nm"}}
        tifffile.imwrite(path / f"frame-{number}.tif", picture, **words)


FILMS = {
    "stack.tif": (tiff_stack, PIXEL, 0.5),
    "deep.tif": (tiff_16_bit, PIXEL, 0.5),
    "film.mrc": (mrc, PIXEL, None),
    "film.emd": (emd, PIXEL, 0.5),
    "film.gif": (gif, None, 0.5),
    "film.mp4": (video, None, 0.5),
    "film.avi": (video, None, 0.5),
    "film.mov": (video, None, 0.5),
    "film.mkv": (video, None, 0.5),
    "folder": (folder, PIXEL, None),
}


@pytest.fixture
def film_of(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def make(name):
        FILMS[name][0](tmp_path / name)
        return tmp_path / name

    return make


@pytest.mark.parametrize("name", FILMS)
def test_a_film_is_predicted_frame_by_frame(film_of, dislo_gen, dark_weights, name):
    _, pixel, interval = FILMS[name]
    text = dislo_gen("predict", film_of(name), "--model", dark_weights, "-o", "found")
    predictions = open_predictions("found")
    stem = name.partition(".")[0]
    expected = ["frame-8", "frame-9", "frame-10"] if name == "folder" else [f"{stem}-{n:06d}" for n in range(3)]
    assert list(predictions.names) == expected
    for number, (frame, sample) in enumerate(zip(expected, predictions, strict=True)):
        record = predictions.record(frame)
        found = sorted(float(np.median(defect.shape.points[:, 1])) for defect in sample.scene)
        assert found == pytest.approx([h + 0.5 for h in heights(number)], abs=1.2), frame
        assert f"  {frame}: {len(found)} line" in text
        alone = name == "folder"
        assert (record.frame, record.frames) == ((0, 1) if alone else (number, COUNT))
        assert record.time == (None if interval is None else pytest.approx(number * interval, abs=1e-3))
        if pixel is None:
            assert record.pixel_size is None
        else:
            assert (record.pixel_size.x, record.pixel_size.y) == pytest.approx((pixel, pixel), rel=1e-4)
            assert record.pixel_size.unit == "nm"
    assert verify_predictions(predictions) == []


@pytest.mark.parametrize("name", ["stack.tif", "film.mrc", "film.mp4", "folder"])
def test_frames_are_chosen(film_of, dislo_gen, dark_weights, name):
    path = film_of(name)
    words = ("predict", path, "--model", dark_weights, "-o", "found")
    dislo_gen(*words, "--frames", "1:")
    predictions = open_predictions("found")
    assert len(predictions) == 2
    assert [len(sample.scene) for sample in predictions] == [2, 1]
    dislo_gen(*words, "--frames", "0")
    assert [len(sample.scene) for sample in open_predictions("found")] == [1, 2, 1]
    dislo_gen(*words, "--frames", "::2")
    assert len(open_predictions("found")) == 3
    assert "chooses none of the 3 frames" in dislo_gen(*words, "--frames", "7:", status=2)
    assert "FROM:TO:STEP" in dislo_gen(*words, "--frames", "one", status=2)
    assert "FROM:TO:STEP" in dislo_gen(*words, "--frames", "1:2:0", status=2)


def test_a_broken_frame_does_not_stop_a_film(film_of, dislo_gen, dark_weights):
    path = film_of("film.gif")
    tifffile.imwrite("film.tif", film(), compression="zlib", photometric="minisblack", metadata=None)
    with tifffile.TiffFile("film.tif") as tiff:
        offset, length = tiff.pages[1].dataoffsets[0], tiff.pages[1].databytecounts[0]
    path = path.with_name("film.tif")
    data = bytearray(path.read_bytes())
    data[offset : offset + length] = b"\xff" * length
    path.write_bytes(data)
    text = dislo_gen("predict", path, "--model", dark_weights, "-o", "found", status=1)
    assert open_predictions("found").names == ("film-000000", "film-000002")
    assert "1 of 3 could not be read" in text
    assert "film.tif: frame 1: " in text


def test_the_iterator_that_everything_uses(film_of):
    path = film_of("stack.tif")
    seen = [(m.index, m.count, m.time, m.pixel_size.x) for m in frames(path)]
    assert seen == [(0, 3, 0.0, pytest.approx(PIXEL)), (1, 3, 0.5, seen[1][3]), (2, 3, 1.0, seen[2][3])]
    assert [m.index for m in frames(path, "::-1")] == [2, 1, 0]
    assert [m.index for m in frames(path, [1, 1])] == [1, 1]
    film_of("folder")
    assert [m.name for m in frames("folder", "1:")] == ["frame-9.tif", "frame-10.tif"]


def test_the_iterator_goes_on_where_it_is_told_to(film_of):
    film_of("folder")
    Path("folder/frame-9.tif").write_bytes(b"II*\0no")
    said = []
    names = [m.name for m in frames("folder", broken=lambda name, error: said.append((name, str(error))))]
    assert names == ["frame-8.tif", "frame-10.tif"]
    assert [name for name, _ in said] == ["frame-9.tif"]
    assert [m.name for m in frames("folder", 1, broken=lambda *_: None)] == ["frame-10.tif"]
    with pytest.raises(DatasetError, match=r"frame-9\.tif"):
        list(frames("folder"))
    assert next(frames("folder")).name == "frame-8.tif"
