"""EMD files: HDF5, as Velox writes it, or as the National Center for Electron Microscopy (NCEM) does.

A file may name others (external links, virtual data sets, values kept elsewhere): they are never opened.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import numpy as np

from dislo_gen.errors import DatasetError
from dislo_gen.extras import require
from dislo_gen.micrographs.facts import Instrument, PixelSize, Values
from dislo_gen.micrographs.limits import check_pixels
from dislo_gen.micrographs.microscopes.raw import unreadable
from dislo_gen.micrographs.microscopes.signal_metadata import (
    chosen,
    instrument,
    name,
    number,
    quoted,
    seconds,
    time_at,
)

_LARGEST_CHUNK = 512 * 1024**2
_CACHE = 128 * 1024**2
_MOST_ENTRIES = 100_000
_LONGEST_TEXT = 1 << 22
_LONGEST_AXIS = 1 << 24
_MOST_AXES = 8
_NCEM_NAMES = ("data", "counted_datacube", "datacube", "diffractionslice", "realslice")


def open_here(path: Path) -> Frames:
    """Open the largest picture or stack in an EMD file, in this process; `apart` does it in another one.

    Raises:
        DatasetError: it is no such file, is broken, holds no picture, one that is too large, or its values lie
            in another file.
    """
    h5py = require("h5py", "Reading .emd files", "microscopes")

    try:
        opened = h5py.File(path, "r", rdcc_nbytes=_CACHE, rdcc_w0=1.0)
    except Exception as error:  # HDF5 raises whatever it likes at broken files
        raise unreadable(error) from None
    try:
        data = _child(opened, "Data")
        found = list(_velox(data) if data is not None and "Image" in data else _ncem(opened))
        if not found:
            raise DatasetError("there is no picture in this file")
        best = max(found, key=lambda frames: frames.count * math.prod(frames.shape))
        height, width = best.shape
        check_pixels(width, height)
        best.check_chunks()
        best.taken = chosen(best.label, [frames.label for frames in found if frames is not best])
        best.opened = opened
    except Exception as error:
        opened.close()
        raise unreadable(error) from None
    return best


@attrs.define(eq=False)
class Frames:
    """Frames in a data set of HDF5: two of its axes are the sides, the others number the frames.

    Attributes:
        sides: which axes are rows and columns.
    """

    data: Any
    sides: tuple[int, int]
    label: str
    pixel_size: PixelSize | None = None
    instrument: Instrument = attrs.Factory(Instrument)
    seconds: float | None = None
    taken: str = ""
    opened: Any = None
    count: int = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.count = math.prod(self._lengths)

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width, px."""
        return self.data.shape[self.sides[0]], self.data.shape[self.sides[1]]

    @property
    def _lengths(self) -> list[int]:
        return [length for axis, length in enumerate(self.data.shape) if axis not in self.sides]

    def check_chunks(self) -> None:
        """Raise a DatasetError if the values lie in another file, or its parts are too large to unpack."""
        if self.data.is_virtual or self.data.external:
            raise DatasetError("its values lie in another file, and a file that is named by another is not opened")
        if self.data.chunks and math.prod(self.data.chunks) * self.data.dtype.itemsize > _LARGEST_CHUNK:
            raise DatasetError(
                f"its values are packed in parts of more than the {_LARGEST_CHUNK} bytes that are read"
            )

    def values(self, index: int) -> Values:
        """Read one frame."""
        numbers = iter(np.unravel_index(index, self._lengths) if self._lengths else ())
        at = tuple(slice(None) if axis in self.sides else int(next(numbers)) for axis in range(self.data.ndim))
        try:
            found = np.asarray(self.data[at])
        except Exception as error:
            raise unreadable(error) from None
        if self.sides[0] > self.sides[1]:
            found = found.T
        return found.astype(found.dtype.newbyteorder("="), copy=False)

    def time(self, index: int) -> float | None:
        """Return when a frame was taken, s since the first one."""
        return time_at(index, self.seconds, self.count)

    def close(self) -> None:
        """Close the file."""
        self.opened.close()


def _velox(data: Any) -> Iterator[Frames]:
    """Yield the pictures that Velox wrote, those of the first detector first."""
    images = _child(data, "Image")
    found: list[tuple[str, Frames]] = []
    for key in _keys(images):
        values, about = _child(_child(images, key), "Data"), _json(_child(_child(images, key), "Metadata"))
        if not _is_picture(values, 3):
            continue
        result = _group(about.get("BinaryResult"))
        detector = _group(_group(about.get("Detectors")).get(f"Detector-{result.get('DetectorIndex')}"))
        known = result.get("Detector") or detector.get("DetectorName")
        label = quoted(known, f"picture {len(found) + 1}")
        exposure = number(detector.get("ExposureTime"))
        optics, size = _group(about.get("Optics")), _group(result.get("PixelSize"))
        frames = Frames(
            values,
            (0, 1),
            label,
            PixelSize.of(number(size.get("width")), number(size.get("height")), result.get("PixelUnitX")),
            instrument(
                volts=optics.get("AccelerationVoltage"),
                magnification=optics.get("NominalMagnification"),
                camera_length=_millimetres(optics.get("CameraLength")),
                exposure=exposure,
                camera=known,
                microscope=_group(about.get("Instrument")).get("InstrumentModel"),
            ),
            number(_group(about.get("Scan")).get("FrameTime")) or exposure,
        )
        found.append((str(result.get("DetectorIndex")), frames))
    yield from (frames for _, frames in sorted(found, key=lambda each: each[0]))


def _ncem(opened: Any) -> Iterator[Frames]:
    """Yield the pictures in groups that say of themselves that they are of this kind."""
    about = _child(opened, "microscope")
    said = dict(about.attrs) if about is not None else {}
    found: list[str] = []
    seen = 0

    def look(path: str, item: Any) -> bool | None:
        nonlocal seen
        seen += 1
        if path.rpartition("/")[2].startswith(_NCEM_NAMES) and hasattr(item, "shape"):
            found.append(path)
        return True if seen > _MOST_ENTRIES else None

    opened.visititems(look)  # follows hard links only
    for path in found:
        values, group = opened[path], opened[path].parent
        if not _text(group.attrs.get("emd_group_type")) or not _is_picture(values, None):
            continue
        yield _ncem_frames(values, group, said)


def _ncem_frames(values: Any, group: Any, said: dict[str, Any]) -> Frames:
    first = 0 if _child(group, "dim0") is not None else 1
    axes = [_Axis.of(_child(group, f"dim{first + number}")) for number in range(values.ndim)]
    names = [axis.name.lower() for axis in axes]
    if values.ndim > 2 and names.count("x") == names.count("y") == 1:
        sides = names.index("y"), names.index("x")
    elif first == 0 or values.name.endswith("datacube"):
        sides = values.ndim - 2, values.ndim - 1
    else:
        sides = 1, 0  # the first axis is the fastest one, x
    rows, columns = (axes[side] for side in sides)
    others = [axis for number, axis in enumerate(axes) if number not in sides]
    second = seconds(others[0].unit) if len(others) == 1 else None
    step = number(others[0].step) if others else None
    return Frames(
        values,
        sides,
        quoted(group.name.rpartition("/")[2], "the picture"),
        PixelSize.of(columns.step, rows.step, columns.unit) if columns.unit == rows.unit else None,
        instrument(
            volts=_of_units(said, "voltage", {"kv": 1e3, "v": 1.0}),
            magnification=said.get("magnification"),
            microscope=_text(said.get("microscope_name")) or _text(said.get("microscope")),
        ),
        second * step if second and step else None,
    )


@attrs.frozen
class _Axis:
    name: str = ""
    unit: str = ""
    step: float = 0.0

    @classmethod
    def of(cls, data: Any) -> _Axis:
        """Read the data set that gives the places along an axis."""
        if data is None or not hasattr(data, "shape") or data.is_virtual or data.external:
            return cls()
        step = 0.0
        if data.ndim == 1 and data.dtype.kind in "uif" and 2 <= data.shape[0] <= _LONGEST_AXIS:
            start, end = float(data[0]), float(data[data.shape[0] - 1])
            step = abs(end - start) / (data.shape[0] - 1)
        unit = _text(data.attrs.get("units")).replace("[", "").replace("]", "").replace("_", "")
        return cls(_text(data.attrs.get("name")), unit.replace("n m", "nm"), step)


def _is_picture(values: Any, axes: int | None) -> bool:
    """Say whether this is a data set of numbers with so many axes, at least two."""
    shape = getattr(values, "shape", None)
    if not isinstance(shape, tuple) or values.dtype.kind not in "buif" or 0 in shape:
        return False
    return len(shape) == axes if axes else 2 <= len(shape) <= _MOST_AXES


def _child(group: Any, key: str) -> Any:
    """Return what a group holds under a name; None if nothing, or if only a link to somewhere else."""
    if group is None or not hasattr(group, "keys"):
        return None
    link = group.get(key, getlink=True) if key in group.keys() else None  # noqa: SIM118 - "in group" follows links
    return group[key] if type(link).__name__ == "HardLink" else None


def _keys(group: Any) -> list[str]:
    return list(group.keys())[:_MOST_ENTRIES] if hasattr(group, "keys") else []


def _json(metadata: Any) -> dict[str, Any]:
    """Return what Velox says of the first frame of a picture."""
    if metadata is None or getattr(metadata, "ndim", 0) != 2 or metadata.dtype != np.uint8:
        return {}
    if (
        metadata.is_virtual
        or metadata.external
        or not 0 < metadata.shape[0] <= _LONGEST_TEXT
        or not metadata.shape[1]
    ):
        return {}
    if metadata.chunks and math.prod(metadata.chunks) > _LARGEST_CHUNK:
        return {}
    text = metadata[:, 0].tobytes().split(b"\0")[0].decode("utf-8", errors="replace")
    try:
        return _group(json.loads(text))
    except (ValueError, RecursionError):
        return {}


def _group(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    if isinstance(value, np.ndarray) and value.size == 1:
        value = value.reshape(-1)[0]
    if isinstance(value, (int, float, np.number)):
        return str(value)
    return name(value) or ""


def _millimetres(metres: object) -> float | None:
    length = number(metres)
    return None if length is None else length * 1000


def _of_units(said: dict[str, Any], key: str, factors: dict[str, float]) -> float | None:
    value = number(said.get(key))
    factor = factors.get(_text(said.get(f"{key}_units")).strip("[] ").lower())
    return None if value is None or factor is None else value * factor
