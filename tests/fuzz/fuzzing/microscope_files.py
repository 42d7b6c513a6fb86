"""Valid files of microscopes' own formats, at their barest."""

from __future__ import annotations

import struct
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fuzzing.pictures import deep, grain
from fuzzing.seed import Seed

Numbers = NDArray[Any]


def _film() -> NDArray[np.uint16]:
    return np.stack([deep(seed) for seed in range(3)])


def _seeds(suffix: str, **found: bytes) -> list[Seed]:
    return [Seed(name, {f"film{suffix}": data}, f"film{suffix}") for name, data in found.items()]


def mrc() -> list[Seed]:
    """MRC, and the variants of its header."""
    plain = _mrc(_film(), symmetry=b"FEI1")
    extended = plain[:92] + struct.pack("<i", 128 * 3) + plain[96:1024] + bytes(128 * 3) + plain[1024:]
    return _seeds(
        ".mrc", bytes=_mrc(grain().astype(np.int8)), words=_mrc(_film()), floats=_mrc(_film().astype(np.float32)),
        signed=_mrc(deep().astype(np.int16)), big=_mrc(_film(), ">"), fei=extended, packed=_mrc_packed(),
    )  # fmt: skip


def _mrc(data: Numbers, order: str = "<", symmetry: bytes = b"") -> bytes:
    planes = data if data.ndim == 3 else data[None]
    mode = {"int8": 0, "int16": 1, "float32": 2, "uint16": 6}[str(data.dtype)]
    sides = planes.shape[::-1]
    head = struct.pack(order + "4i", *sides, mode).ljust(28, b"\0") + struct.pack(order + "3i", *sides)
    head += struct.pack(order + "3f", *(5.0 * side for side in sides))
    head = head.ljust(104, b"\0") + symmetry
    head = head.ljust(208, b"\0") + b"MAP " + (b"\x44\x44\0\0" if order == "<" else b"\x11\x11\0\0")
    values = planes.astype(planes.dtype.newbyteorder(order))
    return head.ljust(1024, b"\0") + values.tobytes()


def _mrc_packed() -> bytes:
    head = struct.pack("<4i", 32, 24, 2, 101)
    return head.ljust(1024, b"\0") + bytes(range(256)) * 3


def ser() -> list[Seed]:
    """SER of TIA."""
    return _seeds(".ser", one=_ser(_film()[:1]), film=_ser(_film()), older=_ser(_film(), old=True))


def _ser(planes: Numbers, old: bool = False) -> bytes:
    count, height, width = planes.shape
    wide = 4 if old else 8
    place = "<I" if old else "<Q"
    head = struct.pack("<3H4I", 0x4949, 0x0197, 0x0210 if old else 0x0220, 0x4122, 0x4152, count, count)
    start = len(head) + wide + 4 + 32
    head += struct.pack(place, start) + struct.pack("<I", 1) + struct.pack("<I2d3I", count, 0, 1, 0, 0, 0)
    size = 50 + 2 * height * width
    places = [len(head) + 2 * wide * count + number * (size + 8) for number in range(count)]
    head += b"".join(struct.pack(place, at) for at in [*places, *(at + size for at in places)])
    about = struct.pack("<ddIddIHII", 0, 1e-9, 0, 0, 1e-9, 0, 2, width, height)
    tags = (struct.pack("<HHI", 0x4152, 0, 1_600_000_000 + number) for number in range(count))
    return head + b"".join(about + plane.tobytes() + tag for plane, tag in zip(planes, tags, strict=True))


def dm() -> list[Seed]:
    """DM3 and DM4 of Digital Micrograph."""
    four = Seed("four", {"film.dm4": _dm(_film(), 4)}, "film.dm4")
    colours = np.zeros((24, 32), dtype=[("B", "u1"), ("G", "u1"), ("R", "u1"), ("A", "u1")])
    floats = deep().astype(np.float32)
    return [four, *_seeds(".dm3", one=_dm(deep()), film=_dm(_film()), colour=_dm(colours), float=_dm(floats))]


def _dm(data: Numbers, version: int = 3) -> bytes:
    """Write a tree of tags."""
    long = ">i" if version == 3 else ">q"
    kinds = {"uint8": (6, 10), "uint16": (10, 4), "float32": (2, 6)}
    kind, element = (23, 5) if data.dtype.names else kinds[str(data.dtype)]

    def words(*numbers: int) -> bytes:
        return b"%%%%" + b"".join(struct.pack(long, number) for number in (len(numbers), *numbers))

    def tag(name: str, value: Any) -> bytes:
        head = struct.pack(">bH", 20 if isinstance(value, list) else 21, len(name)) + name.encode()
        if isinstance(value, list):
            content = group(value)
        elif isinstance(value, np.ndarray):
            content = words(20, element, value.size) + value.tobytes()
        elif isinstance(value, str):
            content = words(20, 4, len(value)) + value.encode("utf-16-le")
        elif isinstance(value, float):
            content = words(6) + struct.pack("<f", value)
        else:
            content = words(5) + struct.pack("<I", value)
        return head + (struct.pack(">q", len(content)) if version == 4 else b"") + content

    def group(tags: list[tuple[str, Any]]) -> bytes:
        return struct.pack(">bb", 1, 0) + struct.pack(long, len(tags)) + b"".join(tag(*each) for each in tags)

    scale = [("Origin", 0.0), ("Scale", 0.5), ("Units", "nm")]
    sides = [("", int(side)) for side in data.shape[::-1]]
    calibrations = [("Brightness", scale), ("Dimension", [("", scale)] * data.ndim)]
    content = [("Calibrations", calibrations), ("Data", data), ("DataType", kind), ("Dimensions", sides)]
    about = [("Microscope Info", [("Voltage", 200_000.0), ("Indicated Magnification", 10_000.0)])]
    preview = [("Data", grain()[:4, :4].copy()), ("DataType", 6), ("Dimensions", [("", 4), ("", 4)])]
    images = [
        ("", [("ImageData", preview)]),
        ("", [("ImageData", content), ("ImageTags", about), ("Name", "film")]),
    ]
    if data.dtype != np.uint8:
        images = images[1:]
    tree = group([("ImageList", images)])
    return struct.pack(">i", version) + struct.pack(long, len(tree)) + struct.pack(">i", 1) + tree


def _signal(data: Numbers) -> dict[str, Any]:
    """Return what RosettaSciIO's writers take."""
    names = ["z", "y", "x"][-data.ndim :]
    axes = [
        {"name": name, "size": size, "units": "s" if name == "z" else "nm", "scale": 1.0, "offset": 0.0,
         "navigate": name == "z"}
        for name, size in zip(names, data.shape, strict=True)
    ]  # fmt: skip
    about = {"General": {"title": "picture"}, "Signal": {"signal_type": ""}}
    return {"data": data, "axes": axes, "metadata": about, "original_metadata": {}, "attributes": {"_lazy": False},
            "package": "", "package_version": ""}  # fmt: skip


def _written(name: str, write: Callable[[str], object]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        write(str(path))
        return path.read_bytes()


def emd() -> list[Seed]:
    """EMD of Velox and of NCEM, where h5py is installed."""
    try:
        from rsciio.emd import file_writer
    except ModuleNotFoundError:
        return []
    one, film = _signal(deep()), _signal(_film()[:2])
    return _seeds(
        ".emd", one=_written("a.emd", lambda path: file_writer(path, one)),
        film=_written("a.emd", lambda path: file_writer(path, film)), velox=_written("a.emd", _velox),
        packed=_written("a.emd", lambda path: _velox(path, compression="gzip")),
    )  # fmt: skip


def _velox(path: str, **how: Any) -> None:
    import h5py

    about = (
        b'{"BinaryResult": {"Detector": "Ceta", "PixelSize": {"width": "1e-9", "height": "1e-9"}, '
        b'"PixelUnitX": "m"}, '
        b'"Optics": {"AccelerationVoltage": "200000"}, "Core": {"MetadataDefinitionVersion": "7.9"}}'
    )
    with h5py.File(path, "w") as file:
        place = file.create_group("Data/Image/0123456789abcdef")
        place.create_dataset("Data", data=np.moveaxis(_film(), 0, -1), chunks=(24, 32, 1), **how)
        text = np.zeros((1024, 3), np.uint8)
        text[: len(about)] = np.frombuffer(about, np.uint8)[:, None]
        place.create_dataset("Metadata", data=text, chunks=(1024, 1), compression="gzip")


def tvips() -> list[Seed]:
    """TVIPS, where the library that writes it is installed."""
    try:
        from rsciio.tvips import file_writer
    except ModuleNotFoundError:
        return []
    film = _signal(_film())
    data = _written("film_000.tvips", lambda path: file_writer(path, film))
    return [Seed("film", {"film_000.tvips": data}, "film_000.tvips")]
