"""What a TIFF file says of its frames besides their values: scale, times, instrument.

Each program has its own place for them. All of it is a stranger's: whatever is no number where one should be, or
no unit that is known, is as if the file did not say.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

import tifffile

from dislo_gen.micrographs.facts import Instrument, PixelSize
from dislo_gen.micrographs.resolution import from_resolution
from dislo_gen.micrographs.tiff.layout import Layout
from dislo_gen.micrographs.tiff.ome import OmeFilm, number

_X_RESOLUTION, _Y_RESOLUTION, _RESOLUTION_UNIT = 282, 283, 296
_RESOLUTION_UNITS = {2: "inch", 3: "cm"}
# Gatan's program numbers the axes of its own tags from the last one.
_GATAN_UNITS, _GATAN_SCALES = (65003, 65004), (65009, 65010)
_SECONDS = {"sec": 1.0, "s": 1.0, "ms": 1e-3, "msec": 1e-3, "min": 60.0, "h": 3600.0}
_NAME_LENGTH = 100
_TVIPS_DIFFRACTION = 3


def pixel_size_of(tiff: tifffile.TiffFile, page: Any, ome: OmeFilm | None) -> PixelSize | None:
    """Return what a pixel of a stored picture shows; None where the file does not say."""
    if ome is not None and ome.pixel_size:
        return ome.pixel_size
    for look in (_gatan, _imagej, _fei, _zeiss, _sis, _tvips, _metamorph):
        size = _safely(look, tiff, page)
        if isinstance(size, PixelSize):
            return size
    across, down = (_ratio(page.tags.valueof(tag)) for tag in (_X_RESOLUTION, _Y_RESOLUTION))
    unit = page.tags.valueof(_RESOLUTION_UNIT, 2)
    name = _RESOLUTION_UNITS.get(int(unit)) if isinstance(unit, int) else None
    return from_resolution(across, down, name) if name else None


def instrument_of(tiff: tifffile.TiffFile, page: Any) -> Instrument:
    """Return what the file says of the microscope."""
    for look in (_fei_instrument, _zeiss_instrument, _sis_instrument, _tvips_instrument):
        found = _safely(look, tiff, page)
        if isinstance(found, Instrument) and found:
            return found
    return Instrument()


def frame_times(tiff: tifffile.TiffFile, layout: Layout) -> Callable[[int], float | None]:
    """Return what tells when a frame was taken, s since the first one."""
    moments = layout.moments
    step = None
    if layout.ome is not None:
        times, step = layout.ome.times, layout.ome.step
        if len(layout.frames) > 1 and len(moments) == len(layout.frames) and all(m in times for m in moments):
            start = times[moments[0]]
            return lambda index: round(times[moments[index]] - start, 9)
    elif tiff.is_imagej:
        step = _imagej_step(tiff.imagej_metadata or {})
    created = _safely(_metamorph_times, tiff, None) if tiff.is_stk and layout.planes else None
    if isinstance(created, list) and len(created) >= len(layout.frames):
        return lambda index: round(created[layout.frames[index]] - created[layout.frames[0]], 6)
    if step is None or len(layout.frames) < 2:
        return _never
    numbers = moments or range(len(layout.frames))
    if numbers[0] == numbers[-1]:
        return _never  # slices of one moment
    return lambda index: round((numbers[index] - numbers[0]) * step, 9)


def _never(_index: int) -> None:
    return None


def _safely(look: Callable[[tifffile.TiffFile, Any], object], tiff: tifffile.TiffFile, page: Any) -> object:
    """Look at metadata; the picture is whole without it, whatever its decoder raises."""
    try:
        return look(tiff, page)
    except Exception:
        return None


def _imagej_step(said: Mapping[str, Any]) -> float | None:
    interval, rate = number(said.get("finterval")), number(said.get("fps"))
    if interval and interval > 0:
        factor = _SECONDS.get(str(said.get("tunit", "sec")).strip().lower())
        return interval * factor if factor else None
    return 1 / rate if rate and rate > 0 else None


def _imagej(tiff: tifffile.TiffFile, page: Any) -> PixelSize | None:
    if not tiff.is_imagej:
        return None
    unit = (tiff.imagej_metadata or {}).get("unit")
    across, down = (_ratio(page.tags.valueof(tag)) for tag in (_X_RESOLUTION, _Y_RESOLUTION))
    if not across or not down or not isinstance(unit, str):
        return None
    unit = re.sub(
        r"\\u([0-9A-Fa-f]{4})", lambda found: chr(int(found[1], 16)), unit
    )  # as ImageJ writes what is no ASCII
    if unit.lower() in ("inch", "in", "cm") and page.tags.valueof(_RESOLUTION_UNIT) in _RESOLUTION_UNITS:
        return None  # as opened, never calibrated: how it is to be printed
    return PixelSize.of(1 / across, 1 / down, unit)


def _gatan(_tiff: tifffile.TiffFile, page: Any) -> PixelSize | None:
    units = [page.tags.valueof(tag) for tag in _GATAN_UNITS]
    scales = [number(page.tags.valueof(tag)) for tag in _GATAN_SCALES]
    return PixelSize.of(scales[0], scales[1], units[0]) if units[0] == units[1] else None


def _fei(tiff: tifffile.TiffFile, _page: Any) -> PixelSize | None:
    scan = _part(tiff.fei_metadata, "Scan")
    return PixelSize.of(number(scan.get("PixelWidth")), number(scan.get("PixelHeight")), "m")


def _fei_instrument(tiff: tifffile.TiffFile, _page: Any) -> Instrument:
    said = tiff.fei_metadata
    beam = {**_part(said, "EBeam"), **_part(said, "Beam")}
    system, scan, image = _part(said, "System"), _part(said, "Scan"), _part(said, "Image")
    detectors = _part(said, "Detectors")
    canvas, field = _positive(image.get("MagCanvasRealWidth")), _positive(scan.get("HorFieldsize"))  # both in m
    return Instrument(
        voltage=_kilovolts(beam.get("HV")),
        magnification=float(f"{canvas / field:.6g}") if canvas and field else None,
        exposure=_positive(scan.get("FrameTime")),
        camera=_name(detectors.get("Name")),
        microscope=_name(system.get("SystemType")),
    )


def _zeiss(tiff: tifffile.TiffFile, _page: Any) -> PixelSize | None:
    said = tiff.sem_metadata or {}
    for key in ("ap_image_pixel_size", "ap_pixel_size"):
        value = said.get(key)
        if isinstance(value, tuple) and len(value) >= 3:
            return PixelSize.of(value[1], value[1], value[2])
    size = number((said.get("") or [None] * 4)[3])
    return PixelSize.of(size, size, "m")


def _zeiss_instrument(tiff: tifffile.TiffFile, _page: Any) -> Instrument:
    said = tiff.sem_metadata or {}

    def measured(key: str, units: Mapping[str, float]) -> float | None:
        value = said.get(key)
        if not isinstance(value, tuple) or len(value) < 2:
            return None
        unit = str(value[2]).strip().lower() if len(value) > 2 else ""
        found = _positive(value[1])
        return found * units[unit] if found and unit in units else None

    detector = said.get("dp_detector_type") or said.get("dp_detector_channel")
    return Instrument(
        voltage=measured("ap_actualkv", {"kv": 1.0, "v": 1e-3}) or measured("ap_manualkv", {"kv": 1.0, "v": 1e-3}),
        magnification=measured("ap_mag", {"x": 1.0, "k x": 1e3, "kx": 1e3, "": 1.0}),
        camera=_name(detector[1]) if isinstance(detector, tuple) and len(detector) > 1 else None,
    )


def _sis(tiff: tifffile.TiffFile, _page: Any) -> PixelSize | None:
    said = tiff.sis_metadata or {}
    return PixelSize.of(number(said.get("pixelsizex")), number(said.get("pixelsizey")), "m")


def _sis_instrument(tiff: tifffile.TiffFile, _page: Any) -> Instrument:
    said = tiff.sis_metadata or {}
    return Instrument(magnification=_positive(said.get("magnification")), camera=_name(said.get("cameraname")))


def _tvips(tiff: tifffile.TiffFile, _page: Any) -> PixelSize | None:
    said = tiff.tvips_metadata or {}
    if said.get("TemMode") == _TVIPS_DIFFRACTION:
        return None
    return PixelSize.of(number(said.get("PixelSizeX")), number(said.get("PixelSizeY")), "nm")


def _tvips_instrument(tiff: tifffile.TiffFile, _page: Any) -> Instrument:
    said = tiff.tvips_metadata or {}
    exposure = _positive(said.get("ExposureTime"))  # ms
    return Instrument(
        voltage=_kilovolts(said.get("TemHighTension") or said.get("HighTension")),
        magnification=_positive(said.get("TemMagnification") or said.get("Magnification")),
        exposure=exposure / 1000 if exposure else None,
        camera=_name(said.get("CameraType")),
        microscope=_name(said.get("TemType")),
    )


def _metamorph(tiff: tifffile.TiffFile, _page: Any) -> PixelSize | None:
    said = tiff.stk_metadata or {}
    size = PixelSize.of(
        number(_ratio(said.get("XCalibration"))),
        number(_ratio(said.get("YCalibration"))),
        said.get("CalibrationUnits"),
    )
    if size:
        return size
    plane = _part(tiff.metaseries_metadata, "PlaneInfo")
    return PixelSize.of(
        number(plane.get("spatial-calibration-x")),
        number(plane.get("spatial-calibration-y")),
        plane.get("spatial-calibration-units"),
    )


def _metamorph_times(tiff: tifffile.TiffFile, _page: Any) -> list[float] | None:
    """Return when the planes were taken, s since midnight; None unless time goes on among them."""
    times = [float(moment) / 1000 for moment in (tiff.stk_metadata or {}).get("TimeCreated", ())]
    return times if len(times) > 1 and times[-1] > times[0] and times == sorted(times) else None


def _part(said: object, name: str) -> Mapping[str, Any]:
    found = said.get(name) if isinstance(said, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _ratio(value: object) -> float | None:
    """Return a fraction of a file as a number."""
    if isinstance(value, (list, tuple)) and len(value) == 2:
        above, below = number(value[0]), number(value[1])
        return above / below if above and below and math.isfinite(above / below) else None
    return number(value)


def _positive(value: object) -> float | None:
    found = number(value)
    return found if found and found > 0 else None


def _kilovolts(volts: object) -> float | None:
    """Return a voltage, kV; files give volts, and some of them kilovolts."""
    found = _positive(volts)
    if found is None:
        return None
    return float(f"{found / 1000 if found > 3000 else found:.9g}")  # 0.1 to 3 MV are the ones there are


def _name(value: object) -> str | None:
    if not isinstance(value, str):
        return None
    text = " ".join("".join(c if c.isprintable() else " " for c in value).split())
    return text[:_NAME_LENGTH] or None
