"""The part of a picture that is the micrograph: without title bars, scale bars and frames.

A bar is constant, and a micrograph is not: its grain, or what a camera or JPEG left of that, differs from pixel to
pixel. Being smooth is no evidence: JPEG flattens whole regions, and so does weak contrast in few grey levels. So
three things are asked for: from the side on, most pixels have *one* value; where that ends there is a step, as the
ground itself nowhere has; and the more would be cut, the fewer exceptions (text, a clock) there may be.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

Box = tuple[int, int, int, int]
"""Left, top, right, bottom in px."""
Numbers = NDArray[Any]
"""(H, W) of any type of number."""

_BANDS = 6  # of one side: a frame's line, a title bar, another line, ...
_NEAR = 8  # rows beside a margin that are held against it; as many as a block of JPEG has
_WIDE = 24
_MATCHES = (0.5, 0.7, 0.85)  # share of a row that has the margin's value; more is asked where less finds no end
_DROP = 0.2  # by which this share is less beside the margin
_TEXT = 0.4  # share of a margin's rows that may be all text
_FEWEST = 64  # levels of grey that a picture of eight bits has at least
_SCALES = (257.0, 256.0, 1 / 255)  # what programs multiply eight bits by
_ENOUGH = 2048  # pixels of a row
_BLOCK = 4 * 1024 * 1024  # pixels compared at a time, so that memory is bounded


def content_box(grey: Numbers) -> Box:
    """Find the part of a picture inside title bars, scale bars and frames: (left, top, right, bottom) in px.

    From each side, rows (columns) are trimmed that have one constant value, text apart, if there is a step where
    they end, and a few that are each like the one before, as in a scale of grey values. Much is cut only where a
    margin is constant throughout; a picture of which less than a quarter of a side would be left is flat by nature
    and is kept whole.

    Args:
        grey: (H, W) numbers of any type, as they are in the file.
    """
    height, width = grey.shape
    left, top, right, bottom = 0, 0, width, height
    if grey.min() == grey.max():
        return left, top, right, bottom
    grey = _of_few_levels(grey)
    tolerance = _tolerance(grey)
    for _ in range(3):  # trimming one side can uncover that another one is constant, too
        before = left, top, right, bottom
        rows = grey[top:bottom, left : right : _thinning(right - left)]
        top += _margin(rows, top, height, tolerance)
        bottom -= _margin(rows[::-1], height - bottom, height, tolerance)
        if bottom - top < height / 4:
            return 0, 0, width, height
        columns = grey[top : bottom : _thinning(bottom - top), left:right].T
        left += _margin(columns, left, width, tolerance)
        right -= _margin(columns[::-1], width - right, width, tolerance)
        if right - left < width / 4:
            return 0, 0, width, height
        if before == (left, top, right, bottom):
            break
    return left, top, right, bottom


def _of_few_levels(grey: Numbers) -> Numbers:
    """Return a deep picture that was made of one of eight bits as that one; else the same."""
    if grey.dtype.itemsize == 1:
        return grey
    low, high = float(np.nanmin(grey)), float(np.nanmax(grey))
    levels = _levels(grey)
    if not 2 <= len(levels) <= 256 or not np.isfinite(high - low):
        return grey
    quantum = float(np.diff(levels).min())
    for scale in _SCALES:
        if low >= 0 and high <= 255.5 * scale and quantum > 0.5 * scale and _are_whole(levels / scale):
            return _as_eight_bits(grey, 0.0, scale)
    if _FEWEST <= (high - low) / quantum <= 255.5 and _are_whole((levels - low) / quantum):
        return _as_eight_bits(grey, low, quantum)
    return grey


def _as_eight_bits(grey: Numbers, low: float, quantum: float) -> Numbers:
    places = (grey.astype(np.float64) - low) / quantum
    return np.round(places).astype(np.uint8) if _are_whole(places) else grey


def _are_whole(places: NDArray[np.float64]) -> bool:
    return bool(np.abs(places - np.round(places)).max() < 0.02)  # not so where there is no value


def _levels(grey: Numbers) -> NDArray[np.float64]:
    """Return the values of a picture, in order; of a large one those of some of its pixels."""
    some = grey[:: max(1, len(grey) // 64), :: max(1, grey.shape[1] // 1024)].astype(np.float64)
    return np.unique(some[np.isfinite(some)])


def _thinning(side: int) -> int:
    """Return which of the pixels of a row are looked at: so many say as much of it as all."""
    return max(1, side // _ENOUGH)


@attrs.frozen
class _Tolerance:
    """What counts as the same value, and as another one, in a picture of this type and this grain."""

    same: float
    other: float
    step: float


_RINGING = _Tolerance(8.0, 40.0, 40.0)  # of narrow frames and of text in a JPEG of low quality


def _tolerance(grey: Numbers) -> _Tolerance:
    grain = grain_of(grey)
    if grey.dtype.itemsize == 1:  # as JPEG and video blur what was constant; no more than the picture's own grain
        same = 0.0 if grain < 1 else 1.0 if grain < 2 else 2.0 if grain < 4 else 3.0
        return _Tolerance(same, max(4.0, 2 * same), 12.0)
    same = 0.02 * grain
    quantum = _quantum(grey)
    # Counts of few levels have terraces, and a step of a terrace is no end of a margin.
    step = max(0.5 * grain, 3.5 * quantum if grain < 2 * quantum else 0.0)
    return _Tolerance(same, step, step)


def _quantum(grey: Numbers) -> float:
    """Return the least difference between the values of a picture, if they are few; else 0."""
    levels = _levels(grey)
    return float(np.diff(levels).min()) if 2 <= len(levels) <= 256 else 0.0


def grain_of(grey: Numbers) -> float:
    """Return the standard deviation of a picture's grain: what neighbours differ by where they differ at all."""
    rows = grey[:: max(1, grey.shape[0] // 512)]
    if rows.shape[1] < 2:
        return 0.0
    with np.errstate(invalid="ignore", over="ignore"):
        steps = np.abs(np.diff(rows.astype(np.float64), axis=1))
    steps = steps[np.isfinite(steps) & (steps > 0)]
    return float(np.median(steps)) * 1.4826 / np.sqrt(2) if steps.size else 0.0


@attrs.frozen(eq=False)
class _Band:
    """Rows of one value, from the first one on.

    Attributes:
        start, end: which they are.
        value: theirs.
        match: share of each row's pixels that have it, within the tolerance; (N,) for all rows from the first on.
        share: of the band's pixels that have it, within the tolerance.
        exact: of the band's pixels that have it exactly.
    """

    start: int
    end: int
    value: float
    match: NDArray[np.float64]
    share: float
    exact: float


def _margin(rows: Numbers, cut: int, side: int, own: _Tolerance) -> int:
    """Return how many rows to trim from the first one on.

    Args:
        rows: (N, M) what is left of the picture, or of the picture turned.
        cut: how many were trimmed at this end before.
        side: how many rows the whole picture has.
        own: the picture's own tolerance.
    """
    attempts = [(least, own) for least in _MATCHES]
    if rows.dtype.itemsize == 1:
        attempts.append((_MATCHES[1], _RINGING))
    for least, tolerance in attempts:
        bands: list[_Band] = []
        found = 0
        for band in _bands(rows, least, tolerance):
            if bands and abs(band.value - bands[-1].value) < tolerance.step:
                break  # a ground that JPEG made into terraces
            bands.append(band)
            end = _frayed(rows, band, tolerance)
            if end == len(rows):
                break
            if _is_enough(rows, bands, end, cut, side) and _ends_here(rows, band, end, tolerance):
                found = end
        if found:
            return found
    return _alike(rows, cut, side)


def _alike(rows: Numbers, cut: int, side: int) -> int:
    """Return how many rows from the first one on are each like the one before: a scale of grey values or colours.

    No camera gives two rows alike; where a picture was made larger, or JPEG made its blocks flat, some are, and
    so are those that follow.
    """
    most = min(len(rows) - 1 - _NEAR, int(0.12 * side) - cut)
    if most < _NEAR:
        return 0
    part = rows[: most + 1 + _NEAR]
    same = (part[1:] == part[:-1]).mean(axis=1)
    count = int(np.argmax(same < 0.99)) if (same < 0.99).any() else len(same)
    if not _NEAR <= count < most or same[count : count + _NEAR].max() > 0.5:
        return 0
    return count + 1


def _bands(rows: Numbers, least: float, tolerance: _Tolerance) -> Iterator[_Band]:
    """Yield bands of rows, one after the other, in which more than ``least`` of most rows have one value."""
    start = 0
    for number in range(_BANDS):
        for first in range(start, min(start + (_NEAR // 2 if number else _NEAR), len(rows))):
            value, share = _commonest(rows[first], tolerance.same)
            if share > least:
                break
        else:
            return
        match, exact = _shares(rows, value, tolerance.same)
        flat = match[start:] > least
        ends = np.flatnonzero(flat & (np.cumsum(flat) > (1 - _TEXT) * np.arange(1, len(flat) + 1)))
        if not len(ends):
            return
        end = start + int(ends[-1]) + 1
        yield _Band(start, end, value, match, float(match[start:end].mean()), float(exact[start:end].mean()))
        start = end


def _commonest(row: Numbers, same: float) -> tuple[float, float]:
    """Return the value that most pixels of a row have, within the tolerance, and their share."""
    values = np.sort(row.astype(np.float64))
    values = values[np.isfinite(values)]
    if not len(values):
        return 0.0, 0.0
    counts = np.searchsorted(values, values + 2 * same, side="right") - np.arange(len(values))
    most = int(counts.argmax())
    inside = values[most : most + int(counts[most])]
    return float(inside[len(inside) // 2]), float(counts[most]) / len(row)


def _shares(rows: Numbers, value: float, same: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the share of each row's pixels that have a value, within the tolerance and exactly."""
    match, exact = np.empty(len(rows)), np.empty(len(rows))
    step = max(1, _BLOCK // max(1, rows.shape[1]))
    for at in range(0, len(rows), step):
        part = rows[at : at + step]
        exact[at : at + step] = (part == value).mean(axis=1)
        match[at : at + step] = ((part >= value - same) & (part <= value + same)).mean(axis=1)
    return match, exact


def _frayed(rows: Numbers, band: _Band, tolerance: _Tolerance) -> int:
    """Return where a band ends if what JPEG or scaling blurred at its end is counted with it."""
    beside = rows[band.end : band.end + 2 * _NEAR].astype(np.float64)
    if len(beside) < 2 * _NEAR:
        return band.end
    apart = np.nanmedian(np.abs(beside - band.value), axis=1)
    ground = float(np.median(apart[_NEAR:]))
    count = 0
    while count < _NEAR and apart[count] < 0.3 * ground and ground > 4 * max(tolerance.same, 1e-300):
        count += 1
    return band.end + count


def _is_enough(rows: Numbers, bands: list[_Band], end: int, cut: int, side: int) -> bool:
    """Say whether a margin is constant enough for how much of the picture would be cut at this side."""
    lengths = np.array([band.end - band.start for band in bands])
    share = float(np.dot([band.share for band in bands], lengths) / lengths.sum())
    exact = float(np.dot([band.exact for band in bands], lengths) / lengths.sum())
    if cut + end <= 0.12 * side:
        return share > _MATCHES[0]
    # What is as bright as the brightest of the micrograph may be a hole in the specimen, overexposed.
    is_brightest = _is_brightest(rows[end:], max(band.value for band in bands))
    if cut + end <= (0.25 if is_brightest else 0.35) * side:
        return share > 0.7
    return exact > 0.95 and not is_brightest


def _is_brightest(rows: Numbers, value: float) -> bool:
    sample = rows[:: max(1, rows.shape[0] // 256), :: max(1, rows.shape[1] // 256)].astype(np.float64)
    return bool(value >= np.nanpercentile(sample, 98))


def _ends_here(rows: Numbers, band: _Band, end: int, tolerance: _Tolerance) -> bool:
    """Say whether what follows a margin is another thing, and not more of a ground that happens to be flat."""
    if band.share - band.match[end : end + _NEAR].max() < _DROP:
        return False
    beside = rows[end : end + _WIDE].astype(np.float64)
    apart = np.nanmedian(np.abs(beside - band.value), axis=1)
    near = float(np.median(apart[:_NEAR]))
    if not near > max(tolerance.other, 2 * tolerance.same):
        # Only beside what is overexposed, or without light, may a bar have the ground's own value.
        return near == 0 and band.value in (np.nanmax(rows), np.nanmin(rows))
    if len(apart) > _NEAR and apart[1] < 0.5 * np.median(apart[_NEAR:]):
        return False  # it fades
    if np.mean([_commonest(row, tolerance.same)[1] for row in beside[:_NEAR]]) < _MATCHES[0]:
        return near > tolerance.step or band.share > 0.9
    middles = np.nanmedian(beside, axis=1)
    # Where JPEG's block holds both, it rings; the ground's own steps are those farther inside.
    largest = float(np.abs(np.diff(middles[_NEAR - 1 :] if len(middles) > _NEAR else middles)).max(initial=0))
    return bool(abs(np.median(middles[:_NEAR]) - band.value) > max(tolerance.step, 3 * largest))
