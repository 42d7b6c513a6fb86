"""Microscopes' own formats: every frame, with pixel size, time and instrument; broken ones are one sentence."""

from __future__ import annotations

import json
import logging
import struct
import sys
import tracemalloc

import numpy as np
import pytest

from dislo_gen import DatasetError, open_film
from dislo_gen.micrographs import PixelSize, read_values
from dislo_gen.micrographs.microscopes.apart import FramesApart

# --- MRC ---


def mrc(
    path, stored, mode, *, shape=None, order="<", cell=(0, 0, 0), version=0, imod=None, least=0.0, extended=b""
):
    """Write an MRC file of these bytes; shape is (frames, height, width)."""
    frames, height, width = shape
    head = bytearray(1024)
    struct.pack_into(f"{order}4i", head, 0, width, height, frames, mode)
    struct.pack_into(f"{order}3i", head, 28, width, height, frames)
    struct.pack_into(f"{order}3f", head, 40, *cell)
    struct.pack_into(f"{order}3f", head, 76, least, 100.0, 50.0)
    struct.pack_into(f"{order}i", head, 92, len(extended))
    struct.pack_into(f"{order}i", head, 108, version)
    if imod is not None:
        struct.pack_into(f"{order}2i", head, 152, 1146047817, imod)
    head[208:216] = b"MAP " + (b"DD\0\0" if order == "<" else b"\x11\x11\0\0")
    path.write_bytes(bytes(head) + extended + stored)


BYTES = np.arange(-60, 60, dtype=np.int8).reshape(2, 6, 10)


@pytest.mark.parametrize(
    ("more", "signed"),
    [
        ({"version": 20140}, True),
        ({"version": 20141}, True),
        ({}, False),
        ({"least": -60.0}, True),
        ({"imod": 1}, True),
        ({"imod": 0, "version": 20140}, False),
    ],
)
def test_bytes_of_mrc_are_signed_where_the_file_says_so(tmp_path, more, signed):
    mrc(tmp_path / "a.mrc", BYTES.tobytes(), 0, shape=BYTES.shape, **more)
    for frame in (0, 1):
        assert np.array_equal(
            read_values(tmp_path / "a.mrc", frame), BYTES[frame] if signed else BYTES[frame].view("u1")
        )


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize(("mode", "kind"), [(1, "i2"), (2, "f4"), (6, "u2"), (12, "f2")])
def test_values_of_mrc_in_either_byte_order(tmp_path, order, mode, kind):
    truth = np.random.default_rng(0).integers(0, 2000, (3, 5, 7)).astype(kind)
    mrc(tmp_path / "a.mrcs", truth.astype(order + kind).tobytes(), mode, shape=truth.shape, order=order)
    with open_film(tmp_path / "a.mrcs") as film:
        assert film.count == 3
    for frame in range(3):
        found = read_values(tmp_path / "a.mrcs", frame)
        assert found.dtype == np.dtype(kind)
        assert np.array_equal(found, truth[frame])


def test_half_bytes_and_colours_of_mrc(tmp_path):
    nibbles = np.random.default_rng(0).integers(0, 16, (2, 4, 5)).astype(np.uint8)
    padded = np.pad(nibbles, ((0, 0), (0, 0), (0, 1)))
    mrc(tmp_path / "a.st", (padded[..., ::2] | padded[..., 1::2] << 4).tobytes(), 101, shape=nibbles.shape)
    assert np.array_equal(read_values(tmp_path / "a.st", 1), nibbles[1] * 17)
    colours = np.random.default_rng(0).integers(0, 255, (2, 4, 5, 3)).astype(np.uint8)
    mrc(tmp_path / "a.rec", colours.tobytes(), 16, shape=(2, 4, 5))
    assert np.array_equal(read_values(tmp_path / "a.rec", 1), colours[1])


@pytest.mark.parametrize(
    ("cell", "size"),
    [
        ((10 * 2.5, 6 * 2.5, 2 * 2.5), PixelSize(0.25, 0.25)),
        ((10 * 2.5, 6 * 5.0, 0), PixelSize(0.25, 0.5)),
        ((0, 0, 0), None),
        ((10, 6, 2), None),  # what programs write that know no better
        ((float("nan"), 6, 2), None),
        ((float("inf"), 6, 2), None),
    ],
)
def test_the_pixel_of_mrc_is_that_of_its_cell(tmp_path, cell, size):
    mrc(tmp_path / "a.mrc", BYTES.tobytes(), 0, shape=BYTES.shape, cell=cell)
    with open_film(tmp_path / "a.mrc") as film:
        assert film.pixel_size == size
        assert film.frame(1).pixel_size == size
        assert film.time(1) is None


def test_what_the_microscope_wrote_behind_the_header_of_mrc(tmp_path):
    records = bytearray(2 * 768)
    for number in (0, 1):
        struct.pack_into("<2I", records, 768 * number, 768, 0)
        struct.pack_into("<d", records, 768 * number + 12, 44000 + number * 2.5 / 86400)
        records[768 * number + 20 : 768 * number + 36] = b"TITAN52336320".ljust(16, b"\0")
        struct.pack_into("<d", records, 768 * number + 84, 300_000.0)
        struct.pack_into("<2d", records, 768 * number + 156, 1.5e-10, 1.5e-10)
        struct.pack_into("<d", records, 768 * number + 289, 59_000.0)
    mrc(tmp_path / "a.mrc", BYTES.tobytes(), 0, shape=BYTES.shape, cell=(10, 6, 2), extended=bytes(records))
    data = bytearray((tmp_path / "a.mrc").read_bytes())
    data[104:108] = b"FEI1"
    (tmp_path / "a.mrc").write_bytes(data)
    with open_film(tmp_path / "a.mrc") as film:
        assert film.pixel_size == PixelSize(0.15, 0.15)
        assert film.instrument.voltage == 300
        assert film.instrument.magnification == 59_000
        assert film.instrument.microscope == "TITAN52336320"
        assert film.time(1) == pytest.approx(2.5, abs=1e-3)


@pytest.mark.parametrize(
    ("mode", "sections", "says"),
    [
        (4, 2, "complex numbers"),
        (77, 2, "no MRC file of a mode that is read"),
        (0, -1, "no MRC file"),
        (2, 2, "cut off: it ends before its first picture"),
    ],
)
def test_what_is_no_picture_of_mrc_is_one_sentence(tmp_path, mode, sections, says):
    mrc(tmp_path / "a.mrc", BYTES[:1].tobytes(), mode, shape=(sections, 6, 10))
    with pytest.raises(DatasetError, match=says):
        open_film(tmp_path / "a.mrc")


def test_a_film_that_is_cut_off_has_the_frames_that_are_there(tmp_path, caplog):
    mrc(tmp_path / "a.mrc", BYTES.tobytes() + b"\0", 0, shape=(4_000_000, 6, 10))
    with caplog.at_level(logging.WARNING), open_film(tmp_path / "a.mrc") as film:
        assert film.count == 2
    assert f"{tmp_path / 'a.mrc'}: the file is cut off: 2 of its 4000000 frames are in it" in caplog.text


def test_a_long_film_is_read_frame_by_frame(tmp_path):
    frame, count = np.arange(200 * 300, dtype=np.uint16).reshape(200, 300), 400
    mrc(tmp_path / "a.mrc", b"", 6, shape=(count, 200, 300))
    with (tmp_path / "a.mrc").open("ab") as file:
        for number in range(count):
            file.write((frame + number).tobytes())
    with open_film(tmp_path / "a.mrc") as film:
        source = film._source
        tracemalloc.start()
        firsts = [int(source.values(number)[0, 0]) for number in range(count)]
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert firsts == list(range(count))
    assert most < 10 * frame.nbytes


# --- SER ---


def ser(path, planes, *, step=1e-9, stamps=None, unit="", seconds=0.0):
    count, height, width = planes.shape
    words = unit.encode()
    dimension = struct.pack("<I2d2I", count, 0, seconds, 0, 0) + struct.pack("<I", len(words)) + words
    head = struct.pack("<3H4I", 0x4949, 0x0197, 0x0210, 0x4122, 0x4152, count, count)
    table = len(head) + 8 + len(dimension)
    each = 50 + planes[0].nbytes + 8
    places = [table + 8 * count + number * each for number in range(count)]
    head += struct.pack("<2I", table, 1) + dimension
    head += struct.pack(f"<{2 * count}I", *places, *(place + each - 8 for place in places))
    about = struct.pack("<ddiddiHII", 0, step, 0, 0, step, 0, 2, width, height)
    body = b"".join(
        about + plane[::-1].tobytes() + struct.pack("<HHI", 0x4152, 0, 0 if stamps is None else stamps[number])
        for number, plane in enumerate(planes)
    )
    path.write_bytes(head + body)


PLANES = np.arange(3 * 4 * 5, dtype=np.uint16).reshape(3, 4, 5)


@pytest.mark.parametrize(
    ("more", "size", "times"),
    [
        ({}, PixelSize(1, 1), None),
        ({"step": 2e8}, PixelSize(0.2, 0.2, "1/nm"), None),
        ({"step": 0.0}, None, None),
        ({"stamps": (100, 102, 105)}, PixelSize(1, 1), [0, 2, 5]),
        ({"stamps": (100, 102, 99)}, PixelSize(1, 1), None),
        ({"unit": "ms", "seconds": 40.0}, PixelSize(1, 1), [0, 0.04, 0.08]),
    ],
)
def test_frames_of_ser(tmp_path, more, size, times):
    ser(tmp_path / "a.ser", PLANES, **more)
    with open_film(tmp_path / "a.ser") as film:
        assert film.count == 3
        assert film.pixel_size == size
        assert [film.time(number) for number in range(3)] == (times or [None] * 3)
    assert all(np.array_equal(read_values(tmp_path / "a.ser", number), PLANES[number]) for number in range(3))


# --- TVIPS ---


def tvips(path, planes, *, head=True, mode=1, pixel=15_600, magnification=20_000, first=0):
    height, width = planes.shape[1:]
    words = (256, 2, width, height, 16, 0, 0, 2, 2, pixel, 200, magnification, 60)
    data = struct.pack("<13I", *words).ljust(256, b"\0") if head else b""
    for number, plane in enumerate(planes, first):
        stamp = 1_000_000 + number * 250
        data += (
            struct.pack("<4IfII", 0, stamp // 1000, stamp % 1000, 0, 0, 0, mode).ljust(60, b"\0") + plane.tobytes()
        )
    path.write_bytes(data)


def test_a_film_of_tvips_goes_on_in_its_later_parts(tmp_path):
    tvips(tmp_path / "a_000.tvips", PLANES)
    tvips(tmp_path / "a_001.tvips", PLANES + 60, head=False, first=3)
    tvips(tmp_path / "a_003.tvips", PLANES + 200, head=False)
    with open_film(tmp_path / "a_000.tvips") as film:
        assert film.count == 6
        assert [film.time(number) for number in range(6)] == [0, 0.25, 0.5, 0.75, 1, 1.25]
        assert film.pixel_size == PixelSize(1.56, 1.56)  # the camera's pixel, twice as wide by binning
        assert (film.instrument.voltage, film.instrument.magnification) == (200, 20_000)
    assert np.array_equal(read_values(tmp_path / "a_000.tvips", 4), PLANES[1] + 60)
    with pytest.raises(DatasetError, match=r"a later part of a film: a_000\.tvips is the one to read"):
        open_film(tmp_path / "a_001.tvips")


def test_a_diffraction_film_of_tvips_has_a_camera_length(tmp_path):
    tvips(tmp_path / "a_000.tvips", PLANES, mode=2, magnification=80)
    with open_film(tmp_path / "a_000.tvips") as film:
        assert film.pixel_size is None
        assert (film.instrument.camera_length, film.instrument.magnification) == (80, None)


# --- Digital Micrograph ---

KINDS = {
    "int16": (1, 2),
    "float32": (2, 6),
    "uint8": (6, 10),
    "int8": (9, 9),
    "uint16": (10, 4),
    "float64": (12, 7),
}


def dm(path, images, version=3, thumbnail=None):
    """Write a file of Digital Micrograph; images are (name, values, unit of a frame, tags)."""
    long = ">l" if version == 3 else ">q"

    def words(*numbers):
        return b"".join(struct.pack(long, number) for number in numbers)

    def value(item):
        if isinstance(item, np.ndarray):
            head, data = words(3, 20, KINDS[str(item.dtype)][1], item.size), item.tobytes()
        elif isinstance(item, str):
            head, data = words(3, 20, 4, len(item)), item.encode("utf-16-le")
        elif isinstance(item, float):
            head, data = words(1, 6), struct.pack("<f", item)
        else:
            head, data = words(1, 5), struct.pack("<L", item)
        return b"%%%%" + head + data

    def tag(name, item):
        is_group = isinstance(item, list)
        data = group(item, nested=True) if is_group else value(item)
        size = struct.pack(">q", len(data)) if version == 4 and not is_group else b""
        return struct.pack(">bh", 20 if is_group else 21, len(name)) + name.encode() + size + data

    def group(tags, nested=False):
        middle = struct.pack(">q", 0) if version == 4 and nested else b""
        return struct.pack(">bb", 1, 0) + middle + words(len(tags)) + b"".join(tag(*each) for each in tags)

    listed = []
    for name, values, unit, tags in images:
        axis = [("Origin", 0.0), ("Scale", 0.5), ("Units", "nm")]
        slow = [("Origin", 0.0), ("Scale", 0.25), ("Units", unit)]
        axes = [("", axis), ("", axis), *[("", slow)] * (values.ndim - 2)]
        about = [
            ("Calibrations", [("Dimension", axes)]),
            ("Data", values),
            ("DataType", KINDS[str(values.dtype)][0]),
            ("Dimensions", [("", int(side)) for side in values.shape[::-1]]),
        ]
        listed.append(("", [("ImageData", about), ("ImageTags", tags), ("Name", name)]))
    tree = [("ImageList", listed)]
    if thumbnail is not None:
        tree.append(("Thumbnails", [("", [("ImageIndex", thumbnail)])]))
    data = group(tree)
    path.write_bytes(struct.pack(">l", version) + words(len(data)) + struct.pack(">l", 1) + data)


@pytest.mark.parametrize("version", [3, 4])
@pytest.mark.parametrize("kind", KINDS)
def test_frames_of_digital_micrograph(tmp_path, version, kind):
    path, truth = tmp_path / f"a.dm{version}", PLANES.astype(kind)
    tags = [
        ("DataBar", [("Exposure Time (s)", 0.125)]),
        ("Acquisition", [("Device", [("Name", "OneView\nCamera")])]),
        ("Microscope Info", [("Voltage", 200_000.0), ("Indicated Magnification", 30_000.0), ("Name", "JEM-2100")]),
    ]
    dm(path, [("film", truth, "s", tags)], version)
    with open_film(path) as film:
        assert (film.count, film.pixel_size, film.time(2)) == (3, PixelSize(0.5, 0.5), 0.5)
        assert film.instrument.voltage == 200
        assert film.instrument.magnification == 30_000
        assert film.instrument.exposure == 0.125
        assert (film.instrument.camera, film.instrument.microscope) == ("OneView Camera", "JEM-2100")
    for number in range(3):
        assert read_values(path, number).dtype == np.dtype(kind)
        assert np.array_equal(read_values(path, number), truth[number])


def test_the_largest_of_several_pictures_is_taken_and_the_thumbnail_is_none(tmp_path, caplog):
    small, large = np.zeros((4, 6), np.uint8), PLANES
    images = [("small", small, "", []), ("preview", np.zeros((90, 90), np.uint8), "", []), ("film", large, "", [])]
    dm(tmp_path / "a.dm3", images, thumbnail=1)
    with caplog.at_level(logging.WARNING), open_film(tmp_path / "a.dm3") as film:
        assert film.count == 3
        assert film.time(1) is None
    assert "of 2 pictures in this file 'film' is taken; left out: 'small'" in caplog.text


def test_tags_of_digital_micrograph_that_would_never_end(tmp_path):
    endless = b"%%%%" + struct.pack(">6l", 6, 20, 15, 0, 0, 0) + struct.pack(">l", 2**31 - 1)
    tree = struct.pack(">bbl", 1, 0, 1) + struct.pack(">bh", 21, 1) + b"a" + endless
    (tmp_path / "a.dm3").write_bytes(struct.pack(">3l", 3, len(tree), 1) + tree)
    deep = struct.pack(">bbl", 1, 0, 1) + (struct.pack(">bh", 20, 0) + struct.pack(">bbl", 1, 0, 1)) * 5000
    (tmp_path / "b.dm3").write_bytes(struct.pack(">3l", 3, len(deep), 1) + deep)
    for name in ("a.dm3", "b.dm3"):
        with pytest.raises(DatasetError, match=r"no picture in this file|tags of this file are broken"):
            open_film(tmp_path / name)


# --- EMD ---


def velox(path, detectors, unit="m", **more):
    h5py = pytest.importorskip("h5py")
    with h5py.File(path, "w") as file:
        for number, (name, planes) in enumerate(detectors):
            about = {
                "BinaryResult": {
                    "DetectorIndex": str(number),
                    "PixelSize": {"width": "2e-10", "height": "2e-10"},
                    "PixelUnitX": unit,
                },
                "Detectors": {f"Detector-{number}": {"DetectorName": name, "ExposureTime": "0.1"}},
                "Optics": {"AccelerationVoltage": "300000", "CameraLength": "0.4", "NominalMagnification": "8e4"},
                "Instrument": {"InstrumentModel": "Talos"},
                "Scan": {"FrameTime": "0.5"},
                **more,
            }
            group = file.create_group(f"Data/Image/{9 - number:032x}")
            stored = np.moveaxis(planes, 0, -1)
            group.create_dataset("Data", data=stored, chunks=(*stored.shape[:2], 1), compression="gzip")
            text = np.frombuffer(json.dumps(about).encode().ljust(2000, b"\0"), np.uint8)
            group.create_dataset("Metadata", data=np.repeat(text[:, None], len(planes), axis=1))


def test_the_detector_that_is_taken_from_emd_is_named(tmp_path, caplog):
    velox(tmp_path / "a.emd", [("HAADF", PLANES), ("BF", PLANES + 100), ("DF4", PLANES + 200)])
    with caplog.at_level(logging.WARNING), open_film(tmp_path / "a.emd") as film:
        assert (film.count, film.pixel_size) == (3, PixelSize(0.2, 0.2))
        assert [film.time(number) for number in range(3)] == [0, 0.5, 1]
        about = film.instrument
        assert (about.voltage, about.camera_length, about.camera) == (300, 400, "HAADF")
        assert (about.magnification, about.microscope, about.exposure) == (80_000, "Talos", 0.1)
        assert all(np.array_equal(film._source.values(number), PLANES[number]) for number in range(3))
    assert "of 3 pictures in this file 'HAADF' is taken; left out: 'BF', 'DF4'" in caplog.text


def ncem(path, values, dims):
    h5py = pytest.importorskip("h5py")
    with h5py.File(path, "w") as file:
        file.attrs["version_major"], file.attrs["version_minor"] = 0, 2
        file.create_group("microscope").attrs.update({"voltage": 200.0, "voltage_units": "[kV]"})
        group = file.create_group("data/film")
        group.attrs["emd_group_type"] = 1
        group["data"] = values
        for number, (name, unit, step) in enumerate(dims, 1):
            group[f"dim{number}"] = np.arange(values.shape[number - 1]) * step
            group[f"dim{number}"].attrs.update({"name": name, "units": unit})


@pytest.mark.parametrize("order", ["time y x", "x y time"])
def test_axes_of_emd_are_told_by_their_names(tmp_path, order):
    steps = {"time": ("time", "[s]", 0.04), "y": ("y", "[n_m]", 0.5), "x": ("x", "[n_m]", 0.25)}
    names = order.split()
    ncem(tmp_path / "a.emd", PLANES if names[0] == "time" else PLANES.T, [steps[name] for name in names])
    with open_film(tmp_path / "a.emd") as film:
        assert (film.count, film.pixel_size, film.time(2)) == (3, PixelSize(0.25, 0.5), 0.08)
        assert film.instrument.voltage == 200
        assert all(np.array_equal(film._source.values(number), PLANES[number]) for number in range(3))


@pytest.mark.parametrize("how", ["external link", "values elsewhere", "virtual", "soft link"])
def test_a_file_that_emd_names_is_not_opened(tmp_path, how):
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "secret.h5", "w") as file:
        file["values"] = PLANES[0]
    (tmp_path / "secret.bin").write_bytes(PLANES[0].tobytes())
    ncem(tmp_path / "a.emd", PLANES[0], [("y", "", 1.0), ("x", "", 1.0)])
    with h5py.File(tmp_path / "a.emd", "r+") as file:
        group = file["data/film"]
        del group["data"]
        if how == "external link":
            group["data"] = h5py.ExternalLink("secret.h5", "values")
        elif how == "soft link":
            file["out"] = h5py.ExternalLink("secret.h5", "values")
            group["data"] = h5py.SoftLink("/out")
        elif how == "virtual":
            layout = h5py.VirtualLayout((4, 5), np.uint16)
            layout[:] = h5py.VirtualSource("secret.h5", "values", (4, 5))
            group.create_virtual_dataset("data", layout)
        else:
            external = [(str(tmp_path / "secret.bin"), 0, PLANES[0].nbytes)]
            group.create_dataset("data", (4, 5), np.uint16, external=external)
    with pytest.raises(DatasetError, match=r"lie in another file|no picture in this file"):
        open_film(tmp_path / "a.emd")


def test_no_module_that_lies_beside_emd_files_is_run(tmp_path, monkeypatch):
    velox(tmp_path / "a.emd", [("HAADF", PLANES)])
    for module in ("h5py", "numpy", "dislo_gen", "json"):
        (tmp_path / f"{module}.py").write_text("open('run', 'w').close()\nraise SystemExit\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.path", ["", *sys.path])  # as with python -c
    assert read_values(tmp_path / "a.emd").shape == PLANES[0].shape
    assert not (tmp_path / "run").exists()


def test_sizes_in_emd_are_looked_at_before_memory_is_taken(tmp_path):
    h5py = pytest.importorskip("h5py")
    for name, shape, chunks, says in [
        ("wide.emd", (20_000, 20_000), (100, 100), "a side may have at most 8192 px"),
        ("packed.emd", (4000, 4000, 4000), (4000, 4000, 30), "packed in parts of more than"),
    ]:
        ncem(tmp_path / name, PLANES[0], [("x", "", 1.0), ("y", "", 1.0), ("time", "", 1.0)][: PLANES[0].ndim])
        with h5py.File(tmp_path / name, "r+") as file:
            del file["data/film/data"]
            file["data/film"].create_dataset("data", shape, np.uint16, chunks=chunks, compression="gzip")
        with pytest.raises(DatasetError, match=says):
            open_film(tmp_path / name)


def test_a_library_that_breaks_down_is_one_sentence(tmp_path):
    velox(tmp_path / "a.emd", [("HAADF", PLANES)])
    source = FramesApart(tmp_path / "a.emd")
    source._process.kill()
    with pytest.raises(DatasetError, match="the HDF5 library broke down at this file"):
        source.values(0)
    source.close()


def test_metadata_that_cannot_be_true_is_left_out(tmp_path):
    wrong = {
        "Optics": {"AccelerationVoltage": "1e400", "CameraLength": [1], "NominalMagnification": "many"},
        "Instrument": ["x"],
        "Scan": {"FrameTime": "-3"},
        "Detectors": None,
    }
    velox(tmp_path / "a.emd", [("HAADF", PLANES)], unit="furlong", **wrong)
    with open_film(tmp_path / "a.emd") as film:
        assert (film.count, film.pixel_size, film.time(1)) == (3, None, None)
        assert not film.instrument
