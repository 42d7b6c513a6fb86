"""Pictures of Gatan's Digital Micrograph (.dm3, .dm4)."""

from __future__ import annotations

import math
from pathlib import Path
from typing import BinaryIO

import attrs
import numpy as np

from dislo_gen.errors import DatasetError
from dislo_gen.micrographs.facts import Instrument, PixelSize, Values
from dislo_gen.micrographs.limits import check_pixels
from dislo_gen.micrographs.microscopes.gatan_tags import Block, Tags, read_tags
from dislo_gen.micrographs.microscopes.raw import RawStack, cut_off, opened
from dislo_gen.micrographs.microscopes.signal_metadata import chosen, instrument, number, quoted, seconds

SUFFIXES = (".dm3", ".dm4")

_TYPES = {1: "i2", 2: "f4", 6: "u1", 7: "i4", 9: "i1", 10: "u2", 11: "u4", 12: "f8", 14: "u1"}
_YES_OR_NO = 14
_COLOURS = (8, 23)  # blue, green, red and one byte more
_COMPLEX = (3, 5, 13, 27, 28)
_SPECTRA = ("Spectrum", "Spectrum image")
_MOST_AXES = 16


def open_dm(path: Path) -> RawStack:
    """Open the largest picture or stack in a file of Digital Micrograph; the thumbnail beside it is none.

    Raises:
        DatasetError: it is no such file, is broken, holds no picture, or a picture that is too large.
    """
    with opened(path) as (file, size):
        tags, order = read_tags(file, size)
        return _largest(file, tags, order)


@attrs.define(eq=False)
class _Colours(RawStack):
    def decode(self, stored: Values) -> Values:
        return stored[..., 2::-1]


@attrs.define(eq=False)
class _YesOrNo(RawStack):
    def decode(self, stored: Values) -> Values:
        return np.not_equal(stored, 0)


@attrs.frozen
class _Image:
    """One entry of the list of images.

    Attributes:
        sides: numbers of pixels along each axis, the fastest first.
        axes: what is said of each axis.
    """

    sides: list[int]
    axes: list[Tags]
    kind: int
    place: int
    size: int
    name: str
    tags: Tags

    @property
    def pixels(self) -> int:
        return math.prod(self.sides)


def _largest(file: BinaryIO, root: Tags, order: str) -> RawStack:
    thumbnails = {_group(each).get("ImageIndex") for each in _group(root.get("Thumbnails")).values()}
    listed = list(_group(root.get("ImageList")).values())
    images = [_image(_group(each), n) for n, each in enumerate(listed) if n not in thumbnails or len(listed) == 1]
    pictures = [image for image in images if image is not None]
    if not pictures:
        raise DatasetError("there is no picture in this file")
    real = [picture for picture in pictures if picture.kind not in _COMPLEX]
    if not real:
        raise DatasetError("its values are complex numbers (a transform), and grey values are wanted")
    best = max(real, key=lambda picture: picture.pixels)
    others = [picture.name for picture in pictures if picture is not best]
    return _stack(file, best, order, chosen(best.name, others))


def _image(entry: Tags, position: int) -> _Image | None:
    """Return a picture or stack of pictures; None for spectra and whatever else is listed."""
    data = _group(entry.get("ImageData"))
    sides = list(_group(data.get("Dimensions")).values())
    block, kind = data.get("Data"), data.get("DataType")
    tags = _group(entry.get("ImageTags"))
    if not isinstance(block, Block) or not 2 <= len(sides) <= _MOST_AXES:
        return None
    if not all(isinstance(side, int) and side > 0 for side in sides) or min(sides[:2]) < 1:
        return None
    if kind not in (*_TYPES, *_COLOURS, *_COMPLEX) or _at(tags, "Meta Data", "Format") in _SPECTRA:
        return None
    calibrations = _group(_at(data, "Calibrations", "Dimension"))
    axes = [_group(axis) for axis in calibrations.values()]
    label = quoted(entry.get("Name"), f"picture {position + 1}")
    return _Image(sides, axes, kind, block.place, block.size, label, tags)


def _stack(file: BinaryIO, image: _Image, order: str, taken: str) -> RawStack:
    width, height, *more = image.sides
    check_pixels(width, height)
    colours = image.kind in _COLOURS
    kind = np.dtype("u1" if colours else order + _TYPES[image.kind])
    shape = (height, width, 4) if colours else (height, width)
    step = width * height * (4 if colours else kind.itemsize)
    count = min(math.prod(more), image.size // step)
    short = cut_off(count, math.prod(more))
    across, down, *slower = [*image.axes, {}, {}][: max(2, len(image.axes))]
    unit = across.get("Units")
    pixel_size = PixelSize.of(across.get("Scale"), down.get("Scale"), unit) if unit == down.get("Units") else None
    second = seconds(slower[0].get("Units")) if len(more) == 1 and slower else None
    step_of_time = number(slower[0].get("Scale")) if second and slower else None
    make = _Colours if colours else _YesOrNo if image.kind == _YES_OR_NO else RawStack
    return make(
        file,
        image.place,
        step,
        count,
        shape,
        kind,
        pixel_size,
        _instrument(image.tags),
        "; ".join(clause for clause in (taken, short) if clause),
        second * step_of_time if second and step_of_time else None,
    )


def _instrument(tags: Tags) -> Instrument:
    created = _group(_at(tags, "source", "Tags at creation"))  # of stacks that a plugin put together
    tags = tags if "Microscope Info" in tags or not created else created
    about = _group(tags.get("Microscope Info"))
    is_diffraction = about.get("Imaging Mode") == "DIFFRACTION"
    indicated = about.get("Indicated Magnification")
    names = [_at(tags, "Session Info", "Microscope"), about.get("Name"), about.get("Microscope")]
    exposures = [
        _at(tags, "DataBar", "Exposure Time (s)"),
        _at(tags, "Acquisition", "Parameters", "High Level", "Exposure (s)"),
        _at(tags, "Acquisition", "Parameters", "Detector", "exposure (s)"),
    ]
    cameras = [_at(tags, "Acquisition", "Device", "Name"), _at(tags, "DataBar", "Device Name")]
    return instrument(
        volts=about.get("Voltage"),
        magnification=None if is_diffraction else indicated,
        camera_length=indicated if is_diffraction else about.get("STEM Camera Length"),
        exposure=next((each for each in exposures if number(each)), None),
        camera=next((each for each in cameras if isinstance(each, str) and each), None),
        microscope=next((each for each in names if isinstance(each, str) and each), None),
    )


def _at(tags: object, *names: str) -> object:
    for each in names:
        tags = _group(tags).get(each)
    return tags


def _group(value: object) -> Tags:
    return value if isinstance(value, dict) else {}
