"""Places without values in a picture: margins of drift-corrected frames, dead pixels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dislo_gen.micrographs.looking.content import Box, Numbers, grain_of

_MOST = 0.2  # share of a side of the box that may be without a value
_ROUNDS = 16
_FINE = 1536  # px
_LARGE = 0.4  # share of a picture that no corners have


def valid_box(empty: NDArray[np.bool_], box: Box) -> Box:
    """Return the part of a box that is left when sides that are without values are trimmed, the worst one first.

    Corners of a frame that was turned are cut until few of their pixels lie on its sides; single dead pixels
    cut nothing.

    Args:
        empty: (H, W), where there is no value.
        box: what to begin with.
    """
    left, top, right, bottom = box
    if not empty[top:bottom, left:right].any():
        return box
    columns, rows = (np.zeros((side + 1, other), np.int32) for side, other in (empty.shape, empty.shape[::-1]))
    np.cumsum(empty, axis=0, out=columns[1:])
    np.cumsum(empty.T, axis=0, out=rows[1:])
    while right > left and bottom > top:
        width, height = right - left, bottom - top
        shares = (
            (rows[right, top] - rows[left, top]) / width,
            (rows[right, bottom - 1] - rows[left, bottom - 1]) / width,
            (columns[bottom, left] - columns[top, left]) / height,
            (columns[bottom, right - 1] - columns[top, right - 1]) / height,
        )
        worst = int(np.argmax(shares))
        if shares[worst] <= _MOST:
            break
        top, bottom = top + (worst == 0), bottom - (worst == 1)
        left, right = left + (worst == 2), right - (worst == 3)
    return (left, top, right, bottom) if right > left and bottom > top else box


def constant_corners(grey: Numbers, box: Box) -> NDArray[np.bool_] | None:
    """Find the corners that turning or shearing a frame filled with one value, beside which there is a step.

    Args:
        grey: (H, W) numbers of any type.
        box: where to look.

    Returns:
        (H, W) bool, True in them; None if there are none.
    """
    from scipy.ndimage import binary_dilation, binary_opening, label

    left, top, right, bottom = box
    whole = grey[top:bottom, left:right]
    every = -(-max(whole.shape) // _FINE)  # of a large picture fewer pixels show the same corners
    part = whole[::every, ::every]
    if min(part.shape) < 16:
        return None
    corners = {part[0, 0].item(), part[0, -1].item(), part[-1, 0].item(), part[-1, -1].item()}
    grain, found = grain_of(part), None
    for value in corners:
        if value != value or np.count_nonzero(part[:2] == value) + np.count_nonzero(part[-2:] == value) < 8:
            continue
        same = binary_opening(part == value, np.ones((3, 3), dtype=np.bool_))
        regions, _ = label(same)
        at_corners = {int(regions[row, column]) for row in (0, -1) for column in (0, -1)} - {0}
        if not at_corners:
            continue
        region = np.isin(regions, list(at_corners))
        beside = binary_dilation(region, iterations=3) & ~binary_dilation(region)
        apart = np.abs(part[beside].astype(np.float64) - value)
        others = part[:: max(1, part.shape[0] // 256)][~region[:: max(1, part.shape[0] // 256)]]
        share = float(region.mean())
        if share > _LARGE or (share > _LARGE / 4 and value >= np.percentile(others, 98)):
            continue  # a hole in the specimen
        if apart.size and np.median(apart) > 3 * grain and np.percentile(apart, 10) > grain:
            found = region if found is None else found | region
    if found is None:
        return None
    if every > 1:
        coarse = binary_dilation(found)  # between two pixels that were looked at it may reach farther
        found = np.repeat(np.repeat(coarse, every, 0), every, 1)[: whole.shape[0], : whole.shape[1]]
    everywhere = np.zeros(grey.shape, dtype=bool)
    everywhere[top:bottom, left:right] = found
    return everywhere


def filled(grey: NDArray[np.floating], empty: NDArray[np.bool_], box: Box) -> NDArray[np.floating]:
    """Return a picture with a value everywhere: inside the box that of the surroundings, outside its least one.

    A dead pixel gets the median of the values around it; a hole is filled from its edge inwards.

    Args:
        grey: (H, W); changed in place.
        empty: (H, W), where there is no value.
        box: the part that is looked at.
    """
    left, top, right, bottom = box
    part, missing = grey[top:bottom, left:right], empty[top:bottom, left:right].copy()
    known = part[~missing]
    low, middle = (float(known.min()), float(np.median(known))) if known.size else (0.0, 0.0)
    for _ in range(_ROUNDS):
        rows, columns = np.nonzero(missing)
        if not 0 < len(rows) <= 1_000_000:
            break
        around = neighbours(part, missing, rows, columns)
        has_some = np.isfinite(around).any(axis=1)
        if not has_some.any():
            break
        rows, columns = rows[has_some], columns[has_some]
        part[rows, columns] = np.nanmedian(around[has_some], axis=1)
        missing[rows, columns] = False
    part[missing] = middle
    outside = empty.copy()
    outside[top:bottom, left:right] = False
    grey[outside] = low
    return grey


def neighbours(
    grey: Numbers, empty: NDArray[np.bool_] | None, rows: NDArray[np.intp], columns: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Return the 24 values around each of some pixels, (N, 24); NaN where there is none."""
    around = np.full((len(rows), 24), np.nan)
    places = [(down, along) for down in range(-2, 3) for along in range(-2, 3) if down or along]
    for number, (down, along) in enumerate(places):
        row, column = rows + down, columns + along
        is_inside = (row >= 0) & (row < grey.shape[0]) & (column >= 0) & (column < grey.shape[1])
        if empty is not None:
            is_inside[is_inside] = ~empty[row[is_inside], column[is_inside]]
        around[is_inside, number] = grey[row[is_inside], column[is_inside]]
    return around
