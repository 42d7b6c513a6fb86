"""Grey values, whatever a picture's colours and depth."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dislo_gen.errors import DatasetError
from dislo_gen.interfaces import Image
from dislo_gen.micrographs.facts import Values
from dislo_gen.micrographs.looking.content import Box, Numbers, grain_of
from dislo_gen.micrographs.looking.voids import neighbours

LUMINANCE = np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)  # ITU-R BT.709
"""Weights of red, green and blue in a grey value, (3,) float32."""

Grey = NDArray[np.uint8] | NDArray[np.uint16]

_SAMPLE = 4 * 1024 * 1024  # pixels that a picture's range is taken from
_BLOCK = 4 * 1024 * 1024  # pixels that are stretched at a time
_CORE = (2, 98)  # percentiles: what lies between them is no hot or dead pixel
_FAR = 6  # times the grain, and half the core's range: so far from all around it lies a hot or dead pixel
_MOST_OUTLIERS = 0.02
_HUGE = 1e100
_FILL, _FAR_LESS, _EVERY = 1e30, 1e12, 7
_LEVELS = 8  # fewer are no picture
_DETACHED = 2e-4  # share of the pixels that a value has which sets no range


def plain_grey(values: Values) -> tuple[Numbers, NDArray[np.bool_] | None]:
    """Return a picture's values as one number a pixel, and where there is none.

    Colours become luminance. Eight bits stay eight bits; of whole numbers too large for single precision what they
    have in common is taken off first, which changes nothing about the picture.

    Args:
        values: (H, W), (H, W, 3) or (H, W, 4) of any type of number; masked arrays have no value where they are
            masked, colours none where they are wholly transparent.

    Returns:
        (H, W) uint8, uint16, int16, float32 or float64; and (H, W) bool, or None if there is a value everywhere.
    """
    pixels = np.asarray(np.ma.getdata(values))
    empty = np.zeros(pixels.shape[:2], dtype=bool)
    if isinstance(values, np.ma.MaskedArray):
        mask = np.ma.getmaskarray(values)
        empty |= mask if mask.ndim == 2 else mask.any(axis=2)
    if pixels.ndim == 3 and pixels.shape[2] in (2, 4) and pixels[..., -1].any():
        empty |= pixels[..., -1] == 0
    grey = _numbers(pixels)
    if grey.ndim == 3:
        grey = _luminance(grey)
    if grey.dtype.kind == "f":
        empty |= ~np.isfinite(grey)
        empty |= _of_no_meaning(grey, empty)
        if empty.any():
            grey = np.where(empty, np.asarray(np.nan, grey.dtype), grey)
        largest = float(np.nanmax(np.abs(grey), initial=0))
        if largest > _HUGE:
            grey = grey / largest
    if empty.all():
        raise DatasetError("there is no finite value in this picture")
    return grey, empty if empty.any() else None


def _of_no_meaning(grey: Numbers, empty: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return where a picture of usual values has enormous ones, which programs write where there is no value."""
    with np.errstate(invalid="ignore"):
        found: NDArray[np.bool_] = (np.abs(grey) >= _FILL) & ~empty
        if found.any():
            others = np.abs(grey[~found & ~empty][::_EVERY])
            if np.unique(others).size < _LEVELS or np.median(others) * _FAR_LESS >= _FILL:
                found[...] = False
    return found


def _numbers(pixels: Numbers) -> Numbers:
    """Return the same picture in one of the types that `plain_grey` returns."""
    if pixels.dtype == np.bool_:
        return pixels.view(np.uint8) * np.uint8(255)
    kind, size = pixels.dtype.kind, pixels.dtype.itemsize
    if kind in "ui" and size >= 4:
        return _offset_off(pixels)
    if kind == "f":
        return pixels.astype(np.float32 if size <= 4 else np.float64, copy=False)
    return pixels.astype(np.int16 if pixels.dtype == np.int8 else pixels.dtype.newbyteorder("="), copy=False)


def _offset_off(pixels: Numbers) -> Numbers:
    low = pixels.min()
    unsigned = pixels.dtype.newbyteorder("=").str.replace("i", "u")
    with np.errstate(over="ignore"):
        # Two's complement: the difference is right whatever the signs are.
        above: Numbers = pixels.astype(unsigned) - np.asarray(low).astype(unsigned)
    return above.astype(np.float32 if above.max() < 1 << 24 else np.float64)


def _luminance(pixels: Numbers) -> Numbers:
    if pixels.shape[2] < 3:
        return np.asarray(pixels[..., 0])
    if pixels.dtype == np.float64:
        return np.asarray(pixels[..., :3] @ LUMINANCE.astype(np.float64))
    grey = np.empty(pixels.shape[:2], dtype=np.uint8 if pixels.dtype == np.uint8 else np.float32)
    step = max(1, _BLOCK // max(1, pixels.shape[1]))
    with np.errstate(invalid="ignore", over="ignore"):
        for at in range(0, len(pixels), step):
            part = pixels[at : at + step, :, :3].astype(np.float32) @ LUMINANCE
            grey[at : at + step] = np.round(part) if pixels.dtype == np.uint8 else part
    return grey


def stretched(pixels: Numbers, box: Box) -> NDArray[np.uint16]:
    """Stretch the range of what is looked at to 16 bits; what lies outside of it is clipped.

    The range is that from the 0.1st to the 99.9th percentile of the box without its hot and dead pixels: cameras
    seldom use their whole range, and a bar beside the micrograph must not set its grey values.

    Args:
        pixels: (H, W), finite.
        box: left, top, right, bottom of what is looked at, px.
    """
    low, high = _range(pixels, box)
    span = high - low
    out = np.empty(pixels.shape, np.uint16)
    step = max(1, _BLOCK // max(1, pixels.shape[1]))
    for at in range(0, len(pixels), step):
        part = pixels[at : at + step].astype(np.float64)
        part -= low
        part *= 65535 / span if span > 0 else 0.0
        out[at : at + step] = np.round(part.clip(0, 65535))
    return out


def _range(pixels: Numbers, box: Box) -> tuple[float, float]:
    left, top, right, bottom = box
    part = pixels[top:bottom, left:right]
    every = -(-part.size // _SAMPLE)
    rows = np.arange(0, part.shape[0], every)
    sample = part[rows].astype(np.float64)
    core = np.percentile(sample, _CORE)
    reach = core[1] - core[0]
    beyond = (sample < core[0] - reach / 2) | (sample > core[1] + reach / 2)
    count = int(np.count_nonzero(beyond))
    if reach > 0 and count > 0:
        at, columns = np.nonzero(beyond)
        apart = max(_FAR * grain_of(part), reach / 2)
        with np.errstate(invalid="ignore"):
            around = np.nanmedian(neighbours(part, None, rows[at], columns), axis=1) if part.size > 1 else sample
        is_outlier = np.abs(sample[at, columns] - around) > apart
        if np.count_nonzero(is_outlier) <= _MOST_OUTLIERS * sample.size:
            beyond[at, columns] = is_outlier
            sample = sample[~beyond]
    low, high = (float(v) for v in np.percentile(sample, (0.1, 99.9)))
    for is_upper in (True, False, True):
        rest = _attached(sample, low, high, is_upper=is_upper)
        if rest is not sample:
            sample = rest
            low, high = (float(v) for v in np.percentile(sample, (0.1, 99.9)))
    return (low, high) if high > low else (float(sample.min()), float(sample.max()))


def _attached(sample: NDArray[np.float64], low: float, high: float, *, is_upper: bool) -> NDArray[np.float64]:
    """Return a sample without the one value that lies apart from all others above (or below) them.

    Such is what was drawn into a picture, a mask, a beam stop, or what is overexposed throughout: nothing lies
    between it and the picture, which would be all but black (or white) if it counted.
    """
    value = float(sample.max() if is_upper else sample.min())
    if (high if is_upper else low) != value and np.count_nonzero(sample == value) < _DETACHED * sample.size:
        return sample
    rest: NDArray[np.float64] = sample[sample != value]
    if rest.size < sample.size / 8 or len(np.unique(rest[:: max(1, rest.size // 4096)])) < _LEVELS:
        return sample
    below, above = (float(v) for v in np.percentile(rest, (0.5, 99.5)))
    gap = value - above if is_upper else below - value
    if gap <= 1.5 * (above - below):
        return sample
    # What was drawn smoothly has some pixels between; a bright spot has many around it.
    between = (rest > above + gap / 8) if is_upper else (rest < below - gap / 8)
    count = int(np.count_nonzero(between))
    if count > 0.3 * (sample.size - rest.size):
        return sample
    return rest[~between] if count else rest


def as_image(grey: Grey) -> Image:
    """Return grey values as float32 from 0 to 1."""
    image = grey.astype(np.float32)
    image *= np.float32(1 / np.iinfo(grey.dtype).max)
    return image
