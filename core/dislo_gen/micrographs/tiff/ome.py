"""What the XML in an OME-TIFF file says of its film."""

from __future__ import annotations

import math
from xml.etree import ElementTree

import attrs
import numpy as np

from dislo_gen.micrographs.facts import PixelSize

_MAX_TEXT = 64 * 1024 * 1024
_MAX_PLANES = 1_000_000
_SECONDS = {"s": 1.0, "ms": 1e-3, "µs": 1e-6, "μs": 1e-6, "min": 60.0, "h": 3600.0}


@attrs.frozen
class OmeFilm:
    """The first series of an OME file.

    Attributes:
        pages: number of the page in the file and of the moment, for each frame of the first channel, in order.
        channels, images: how many channels this series has, and how many series the file.
        pixel_size: None where it does not say.
        step: between moments, s; None where it does not say.
        times: of moments, s, where it says them plane by plane.
    """

    pages: list[tuple[int, int]]
    channels: int
    images: int
    pixel_size: PixelSize | None
    step: float | None
    times: dict[int, float]


def read_ome(text: object) -> OmeFilm | None:
    """Read the XML of an OME file; None if it is not such XML, or describes no picture."""
    if not isinstance(text, str) or len(text) > _MAX_TEXT or "<!DOCTYPE" in text or "<!ENTITY" in text:
        return None  # entities are how a small text of XML becomes a large one; OME has none
    try:
        root = ElementTree.fromstring(text.encode())  # noqa: S314 - without entities, and not large
    except (ElementTree.ParseError, ValueError):
        return None
    images = [image for image in root if _name(image) == "Image"]
    pixels = next((child for child in images[0] if _name(child) == "Pixels"), None) if images else None
    if pixels is None:
        return None
    sizes = {axis: _whole(pixels.get(f"Size{axis}"), 1) for axis in "CZT"}
    if math.prod(sizes.values()) > _MAX_PLANES:
        return None
    channels = [child for child in pixels if _name(child) == "Channel"]
    samples = _whole(channels[0].get("SamplesPerPixel"), 1) if channels else 1
    sizes["C"] = max(1, sizes["C"] // max(1, samples))  # colours of one picture are no channels
    step = number(pixels.get("TimeIncrement"))
    factor = _SECONDS.get(pixels.get("TimeIncrementUnit", "s"))
    times = {}
    for plane in pixels:
        if _name(plane) != "Plane" or _whole(plane.get("TheC"), 0) or _whole(plane.get("TheZ"), 0):
            continue
        delta, unit = number(plane.get("DeltaT")), _SECONDS.get(plane.get("DeltaTUnit", "s"))
        if delta is not None and unit is not None:
            times[_whole(plane.get("TheT"), 0)] = delta * unit
    return OmeFilm(
        _pages(pixels, sizes),
        sizes["C"],
        len(images),
        _pixel_size(pixels),
        step * factor if step and step > 0 and factor else None,
        times,
    )


def number(text: object) -> float | None:
    """Return a finite number that a file gives, as a text or otherwise; None if it is none."""
    try:
        value = float(text) if isinstance(text, (str, int, float, np.number)) else math.nan
    except (ValueError, OverflowError):
        return None
    return value if math.isfinite(value) else None


def _pixel_size(pixels: ElementTree.Element) -> PixelSize | None:
    across, down = (
        PixelSize.of(size, size, pixels.get(f"PhysicalSize{axis}Unit", "µm"))
        for axis in "XY"
        for size in [number(pixels.get(f"PhysicalSize{axis}"))]
    )
    if across is None or down is None or across.unit != down.unit:
        return None
    return PixelSize(across.x, down.y, across.unit)


def _pages(pixels: ElementTree.Element, sizes: dict[str, int]) -> list[tuple[int, int]]:
    order = pixels.get("DimensionOrder", "XYCZT")
    axes = [axis for axis in order if axis in sizes]
    axes += [axis for axis in "CZT" if axis not in axes]
    count = math.prod(sizes.values())
    planes: dict[int, int] = {}  # number of a plane in this order -> number of its page
    blocks = [child for child in pixels if _name(child) == "TiffData"]
    for block in blocks[:_MAX_PLANES]:
        first = [_whole(block.get(f"First{axis}"), 0) for axis in axes]
        at = first[0] + sizes[axes[0]] * (first[1] + sizes[axes[1]] * first[2])
        page = _whole(block.get("IFD"), 0)
        whole_file = block.get("IFD") is None and block.get("PlaneCount") is None
        length = _whole(block.get("PlaneCount"), count if whole_file else 1)
        for step in range(min(length, count - at) if at < count else 0):
            planes[at + step] = page + step
    if not blocks:
        planes = {plane: plane for plane in range(count)}
    found = []
    for plane, page in sorted(planes.items()):
        place: dict[str, int] = {}
        rest = plane
        for axis in axes:
            rest, place[axis] = divmod(rest, sizes[axis])
        if place["C"] == 0:
            found.append(((place["T"], place["Z"]), page))
    found.sort()
    return [(page, moment) for (moment, _), page in found]


def _name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _whole(text: str | None, otherwise: int) -> int:
    if text is None or not text.strip().isdecimal() or len(text) > 10:
        return otherwise
    return int(text)
