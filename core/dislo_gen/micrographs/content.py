"""The part of a picture that is the micrograph: without title bars, scale bars and frames."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dislo_gen.micrographs.grey import Grey

_FLAT_SPAN = 9


def content_box(grey: Grey) -> tuple[int, int, int, int]:
    """Find the part of a picture inside title bars, scale bars and frames: (left, top, right, bottom) in px.

    Such margins hardly vary along their rows (columns), text apart, and a micrograph's grain does. From each
    side, rows (columns) are trimmed while more than half of their pixels equal their neighbours. If little
    would be left, the picture is flat by nature and nothing is trimmed.

    Args:
        grey: (H, W) uint8 or uint16.
    """
    from scipy.ndimage import maximum_filter1d, minimum_filter1d

    step = np.iinfo(grey.dtype).max // 255
    flat_down, flat_along = (
        maximum_filter1d(grey, _FLAT_SPAN, axis) - minimum_filter1d(grey, _FLAT_SPAN, axis) <= step
        for axis in (0, 1)
    )
    height, width = grey.shape
    left, top, right, bottom = 0, 0, width, height
    for _ in range(3):  # trimming one side can uncover that another one is flat, too
        rows = flat_along[top:bottom, left:right].mean(axis=1) > 0.5
        lead, trail = _margins(rows)
        top, bottom = top + lead, bottom - trail
        if bottom - top < height / 4:
            return 0, 0, width, height
        columns = flat_down[top:bottom, left:right].mean(axis=0) > 0.5
        lead, trail = _margins(columns)
        left, right = left + lead, right - trail
        if right - left < width / 4:
            return 0, 0, width, height
    return left, top, right, bottom


def _margins(flat: NDArray[np.bool_]) -> tuple[int, int]:
    """Length of the flat margins at both ends; up to a third of it may be text, which is not flat."""
    lead = _margin(flat)
    return (lead, _margin(flat[::-1])) if lead < len(flat) else (0, 0)


def _margin(flat: NDArray[np.bool_]) -> int:
    if not flat[: max(1, _FLAT_SPAN // 2)].any():
        return 0
    share = np.cumsum(flat) / np.arange(1, len(flat) + 1)
    ends = np.flatnonzero(flat & (share > 0.6))
    return int(ends[-1]) + 1 if len(ends) else 0
