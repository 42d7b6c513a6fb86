"""Anybody's picture files: every kind is read, and what cannot be read is said in one sentence."""

from __future__ import annotations

import errno
import os
import struct
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image as PillowImage

from dislo_gen import DatasetError, MissingExtraError, micrograph_files, read_micrograph

DATA = Path(__file__).parents[2].parent / "shared" / "data"


def grain(seed=0, height=60, width=80):
    ground = np.linspace(-30, 30, width)[None] + np.linspace(-20, 20, height)[:, None]
    noise = np.random.default_rng(seed).normal(0, 12, (height, width))
    return (120 + ground + noise).clip(1, 254).astype(np.uint8)


def deep(seed=0):
    return grain(seed).astype(np.uint16) * 16 + 500


def signal(data, **more):
    """What RosettaSciIO's writers take."""
    names = ["z", "y", "x"][-data.ndim :]
    axes = [
        {
            "name": n,
            "size": s,
            "units": "s" if n == "z" else "nm",
            "scale": 1.0,
            "offset": 0.0,
            "navigate": n == "z",
        }
        for n, s in zip(names, data.shape, strict=True)
    ]
    plain = {"General": {"title": "picture"}, "Signal": {"signal_type": ""}}
    return {
        "data": data,
        "axes": axes,
        "metadata": plain,
        "original_metadata": {},
        "attributes": {"_lazy": False},
        "package": "",
        "package_version": "",
        **more,
    }


def write_dm3(path, data):
    """Write what Gatan's program writes, at its barest: a tree of tags."""
    data = np.asarray(data)
    kinds = {"uint8": (6, 10), "uint16": (10, 4), "float32": (2, 6)}
    kind, element = (23, 5) if data.dtype.names else kinds[str(data.dtype)]

    def tag(name, value):
        head = struct.pack(">bh", 20 if isinstance(value, list) else 21, len(name)) + name.encode()
        if isinstance(value, list):
            return head + group(value)
        if isinstance(value, np.ndarray):
            return head + b"%%%%" + struct.pack(">4l", 3, 20, element, value.size) + value.tobytes()
        if isinstance(value, str):
            units = value.encode("utf-16-le")
            return head + b"%%%%" + struct.pack(">4l", 3, 20, 4, len(value)) + units
        if isinstance(value, float):
            return head + b"%%%%" + struct.pack(">2l", 1, 6) + struct.pack("<f", value)
        return head + b"%%%%" + struct.pack(">2l", 1, 5) + struct.pack("<L", value)

    def group(tags):
        return struct.pack(">bbl", 1, 0, len(tags)) + b"".join(tag(*each) for each in tags)

    scale = [("Origin", 0.0), ("Scale", 1.0), ("Units", "nm")]
    sides = [("", int(side)) for side in data.shape[::-1]]
    image_data = [
        ("Calibrations", [("Brightness", scale), ("Dimension", [("", scale)] * data.ndim)]),
        ("Data", data),
        ("DataType", kind),
        ("Dimensions", sides),
    ]
    image = [("ImageData", image_data), ("ImageTags", []), ("Name", "picture")]
    tree = group([("ImageList", [("", image)])])
    path.write_bytes(struct.pack(">3l", 3, len(tree), 1) + tree)


def write_mrc(path, data, shape=None):
    planes = data if data.ndim == 3 else data[None]
    mode = {"uint8": 0, "int16": 1, "float32": 2, "uint16": 6}[str(data.dtype)]
    header = struct.pack("<4I", *(shape or planes.shape)[::-1], mode)
    path.write_bytes(header.ljust(1024, b"\0") + planes.tobytes())


def write_ser(path, data):
    planes = data if data.ndim == 3 else data[None]
    count, height, width = planes.shape
    head = struct.pack("<3H4I", 0x4949, 0x0197, 0x0210, 0x4122, 0x4152, count, count)
    head += struct.pack("<2I", 62, 1) + struct.pack("<I2d3I", count, 0, 1, 0, 0, 0)
    places = [62 + 8 * count + number * (50 + 2 * height * width + 8) for number in range(count)]
    head += struct.pack(f"<{2 * count}I", *places, *(place + 50 + 2 * height * width for place in places))
    assert len(head) == places[0]
    about = struct.pack("<ddIddIHII", 0, 1e-9, 0, 0, 1e-9, 0, 2, width, height)
    # The rows are stored from the bottom to the top.
    path.write_bytes(
        head + b"".join(about + plane[::-1].tobytes() + struct.pack("<HHI", 0x4152, 0, 0) for plane in planes)
    )


def write_microscope(path, data):
    """Write a picture or a stack in the format that the name asks for."""
    match path.suffix:
        case ".dm3":
            write_dm3(path, data)
        case ".mrc":
            write_mrc(path, data)
        case ".ser":
            write_ser(path, data)
        case ".emd":
            pytest.importorskip("h5py")
            pytest.importorskip("rsciio")
            from rsciio.emd import file_writer

            file_writer(str(path), signal(data))
        case ".tvips":
            pytest.importorskip("rsciio")
            from rsciio.tvips import file_writer

            file_writer(str(path), signal(data))


def same_picture(image, truth):
    """Whether an image shows a picture, stretched or not, its darkest and brightest pixels apart."""
    inside = (truth > np.percentile(truth, 1)) & (truth < np.percentile(truth, 99))
    return image.shape == truth.shape and np.corrcoef(image[inside], truth[inside].astype(float))[0, 1] > 0.9999


MICROSCOPES = ["a.dm3", "a.mrc", "a.ser", "a.emd", "a_000.tvips"]


@pytest.mark.parametrize("name", ["a.png", "a.bmp", "a.gif", "a.tif", "A.TIF", "lzw.tif", "deflate.tif"])
def test_eight_bits_are_the_grey_values_as_they_are(tmp_path, name):
    packing = {"lzw.tif": "tiff_lzw", "deflate.tif": "tiff_adobe_deflate"}.get(name)
    PillowImage.fromarray(grain()).save(tmp_path / name, **({"compression": packing} if packing else {}))
    found = read_micrograph(tmp_path / name)
    assert found.name == name
    assert found.image.dtype == np.float32
    assert np.array_equal(np.round(found.image * 255), grain())


@pytest.mark.parametrize("name", ["a.png", "a.tif", "lzw.tif", "float.tif", *MICROSCOPES])
def test_deeper_pictures_are_stretched_to_the_whole_range(tmp_path, name):
    path = tmp_path / name
    if name in MICROSCOPES:
        write_microscope(path, np.stack([deep()] * 2) if "tvips" in name else deep())
    elif name == "float.tif":
        tifffile.imwrite(path, deep().astype(np.float32) / 7 - 100)
    else:
        PillowImage.fromarray(deep()).save(path, **({"compression": "tiff_lzw"} if name == "lzw.tif" else {}))
    image = read_micrograph(path).image
    assert image.dtype == np.float32
    assert same_picture(image, deep())
    assert image.min() == 0
    assert image.max() == 1


@pytest.mark.parametrize("name", ["a.gif", "a.tif", *MICROSCOPES])
def test_a_frame_of_a_film_is_read_by_its_number(tmp_path, name, capfd):
    film, path = [grain(seed) for seed in range(3)], tmp_path / name
    if name == "a.gif":
        first, *others = map(PillowImage.fromarray, film)
        first.save(path, save_all=True, append_images=others)
    elif name == "a.tif":
        tifffile.imwrite(path, np.stack(film), photometric="minisblack")
    else:
        write_microscope(path, np.stack(film).astype(np.uint16 if name in ("a.ser", "a_000.tvips") else np.uint8))
    for number, truth in enumerate(film):
        assert same_picture(read_micrograph(path, frame=number).image, truth)
    for number in (3, -1):
        with pytest.raises(DatasetError, match=f"{name}: there is no frame {number}; .* there are 3$"):
            read_micrograph(path, frame=number)
    assert capfd.readouterr() == ("", "")


def test_floating_point_values_of_a_microscope(tmp_path):
    write_microscope(tmp_path / "a.dm3", deep().astype(np.float32) / 9 - 50)
    assert same_picture(read_micrograph(tmp_path / "a.dm3").image, deep())


def test_colours_of_a_microscope_become_grey(tmp_path):
    colours = np.zeros((60, 80), dtype=[("B", "u1"), ("G", "u1"), ("R", "u1"), ("A", "u1")])
    colours["R"], colours["G"] = grain(0), grain(1)
    write_dm3(tmp_path / "a.dm3", colours)
    grey = 0.2126 * grain(0) + 0.7152 * grain(1)
    assert np.abs(read_micrograph(tmp_path / "a.dm3").image * 255 - grey).max() < 1


def test_the_title_bar_is_outside_the_box_but_in_the_image(tmp_path):
    picture = np.vstack([grain(height=100, width=120), np.full((20, 120), 20, dtype=np.uint8)])
    PillowImage.fromarray(picture).save(tmp_path / "a.png")
    found = read_micrograph(tmp_path / "a.png")
    assert found.image.shape == (120, 120)
    assert found.box == pytest.approx((0, 0, 120, 100), abs=2)


@pytest.mark.skipif(not DATA.is_dir(), reason="no ../shared/data beside the repository")
def test_a_real_screen_grab():
    found = read_micrograph(DATA / "cemes-tilt" / "img+17.3.bmp")
    assert found.image.shape == (576, 720)
    assert found.box == pytest.approx((0, 16, 688, 532), abs=4)  # as the data's README says


def test_without_the_library_it_is_said_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "h5py", None)
    (tmp_path / "a.emd").write_bytes(b"anything")
    with pytest.raises(MissingExtraError) as caught:
        read_micrograph(tmp_path / "a.emd")
    assert str(caught.value) == (
        "Reading .emd files needs h5py, which is not installed: pip install 'dislo-gen[microscopes]'"
    )


@pytest.mark.parametrize("content", [b"", b"not a picture at all", b"\0" * 3000, b"half"])
@pytest.mark.parametrize("name", ["a.png", "a.gif", "a.tif", *MICROSCOPES])
def test_a_broken_file_is_one_sentence_that_names_it(tmp_path, name, content):
    path = tmp_path / name
    if name == "a.emd":
        pytest.importorskip("h5py")
    if content == b"half":
        if name in MICROSCOPES:
            write_microscope(path, np.stack([deep(), deep(1)]))
        else:
            PillowImage.fromarray(grain()).save(path)
        content = path.read_bytes()[: path.stat().st_size // 2]
    path.write_bytes(content)
    with pytest.raises(DatasetError) as caught:
        read_micrograph(path)
    text = str(caught.value)
    assert text.startswith(f"{path}: ")
    assert "\n" not in text
    assert "BytesIO" not in text


@pytest.mark.parametrize("name", ["nowhere.png", "nowhere.dm3"])
def test_a_missing_file_is_named(tmp_path, name):
    with pytest.raises(DatasetError, match=f"{name}: there is no such file"):
        read_micrograph(tmp_path / name)


def test_sizes_are_checked_before_memory_is_taken(tmp_path):
    write_mrc(tmp_path / "large.mrc", grain(), shape=(1, 60_000, 60_000))
    PillowImage.new("1", (9000, 4)).save(tmp_path / "long.png")
    write_mrc(tmp_path / "small.mrc", grain())
    read_micrograph(tmp_path / "small.mrc")  # imports what reading takes, so that it is not counted
    tracemalloc.start()
    with pytest.raises(DatasetError, match="60000 x 60000 px: a side may have at most 8192 px"):
        read_micrograph(tmp_path / "large.mrc")
    with pytest.raises(DatasetError, match="9000 x 4 px: a side may have at most 8192 px"):
        read_micrograph(tmp_path / "long.png")
    assert tracemalloc.get_traced_memory()[1] < 20e6
    tracemalloc.stop()


def test_a_file_is_read_by_itself_and_a_folder_in_natural_order(tmp_path):
    for name in (
        "f10.png",
        "f9.tif",
        "b/f1.DM3",
        "f_000.tvips",
        ".hidden.png",
        ".git/a.png",
        "f_001.tvips",
        "a.txt",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    found = [path.relative_to(tmp_path).as_posix() for path in micrograph_files(tmp_path)]
    assert found == ["b/f1.DM3", "f9.tif", "f10.png", "f_000.tvips"]
    assert micrograph_files(tmp_path / "f10.png") == [tmp_path / "f10.png"]


def test_a_folder_that_may_not_be_read_hides_no_pictures_beside_it(tmp_path, monkeypatch, caplog):
    for name in ("a.png", "locked/b.png", "open/c.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    os.mkfifo(tmp_path / "open/dataset.json")  # looking at whose folder it is must not wait
    scandir = os.scandir

    def refusing(path):
        if Path(path).name == "locked":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    assert micrograph_files(tmp_path) == [tmp_path / "a.png", tmp_path / "open/c.png"]
    assert "left out, as they cannot be read: locked" in caplog.text
    with pytest.raises(DatasetError, match="locked: cannot be used: Permission denied"):
        micrograph_files(tmp_path / "locked")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("nowhere", "there is no such file or folder"),
        ("empty", "there is no picture in this folder"),
        ("a.npy", "files of this kind are not read as pictures"),
    ],
)
def test_what_is_no_picture_is_refused(tmp_path, name, says):
    (tmp_path / "empty").mkdir()
    (tmp_path / "a.npy").write_bytes(b"\x93NUMPY")
    with pytest.raises(DatasetError, match=f"{name}: {says}"):
        micrograph_files(tmp_path / name)


def test_importing_brings_in_no_reader_of_microscope_files():
    code = "import sys, dislo_gen; print(sorted({'av', 'h5py', 'skimage'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
