"""The connected parts of a mask."""

from __future__ import annotations

import math
from typing import Self

import attrs
import numpy as np
from numpy.typing import NDArray

_EIGHT = np.ones((3, 3), dtype=np.bool_)


@attrs.frozen(eq=False)
class Components:
    """The connected parts (8 neighbours) of a mask that are large enough, in the box around them.

    Attributes:
        labels: (h, w) int32, 0 for the background, 1 to ``len(areas) - 1`` for the parts. The box has a margin of
            background wherever a part does not touch the image's border.
        areas: (K + 1,) int64, pixels of each part; ``areas[0]`` is 0.
        corner: (x, y) of the box in the image, px.
    """

    labels: NDArray[np.int32]
    areas: NDArray[np.int64]
    corner: tuple[int, int]

    @classmethod
    def of(cls, mask: NDArray[np.bool_], smallest: int) -> Self:
        """Find the parts of an (H, W) bool mask that have at least ``smallest`` pixels."""
        from scipy import ndimage

        rows, columns = _span(mask, axis=1), _span(mask, axis=0)
        found, count = ndimage.label(mask[rows, columns], structure=_EIGHT)
        labels: NDArray[np.int32] = found.astype(np.int32, copy=False)
        areas = np.bincount(labels.ravel(), minlength=count + 1)
        areas[0] = 0
        kept = areas >= max(1, smallest)
        if not kept[1:].all():
            numbers = np.where(kept, np.cumsum(kept), 0).astype(np.int32)
            labels = numbers[labels]
        return cls(labels, np.concatenate(([0], areas[kept])), (columns.start, rows.start))

    def __len__(self) -> int:
        return len(self.areas) - 1

    def filled(self, largest: int) -> Components:
        """Return the parts with their holes of up to ``largest`` px closed."""
        from scipy import ndimage

        holes, count = ndimage.label(self.labels == 0)  # 4 neighbours, as the parts have 8
        small = np.bincount(holes.ravel(), minlength=count + 1) <= largest
        for edge in (holes[0], holes[-1], holes[:, 0], holes[:, -1]):
            small[edge] = False
        small[0] = False
        if not small.any():
            return self
        closed = np.flatnonzero(small[holes])
        numbers, first = np.unique(holes.ravel()[closed], return_index=True)
        around = np.zeros(count + 1, dtype=np.int32)
        # Above the first pixel of a hole, row by row, there is one of the part around it.
        around[numbers] = self.labels.ravel()[closed[first] - self.labels.shape[1]]
        labels = self.labels + around[holes]
        areas = np.bincount(labels.ravel(), minlength=len(self.areas))
        areas[0] = 0
        return attrs.evolve(self, labels=labels, areas=areas)

    def moments(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return each part's centre, (K + 1, 2) px, and covariance, (K + 1, 2, 2) px², as x and y in the box."""
        rows, columns = np.nonzero(self.labels)
        of, count = self.labels[rows, columns], len(self.areas)
        area = np.maximum(self.areas, 1)
        x, y = (np.bincount(of, at + 0.5, count) / area for at in (columns, rows))
        dx, dy = columns + 0.5 - x[of], rows + 0.5 - y[of]
        products = (np.bincount(of, product, count) / area for product in (dx * dx, dx * dy, dy * dy))
        xx, xy, yy = products
        return np.stack((x, y), axis=1), np.stack((xx, xy, xy, yy), axis=1).reshape(-1, 2, 2)


def disc_width(area: float) -> float:
    """Return the diameter of a disc of this area."""
    return math.sqrt(4 * area / math.pi)


def drop_small(mask: NDArray[np.bool_], smallest: int = 10) -> tuple[NDArray[np.bool_], int]:
    """Remove what is too small to be a line.

    Args:
        mask: (H, W) bool.
        smallest: pixels that a connected part (8 neighbours) needs to stay.

    Returns:
        The mask without the parts that are smaller, (H, W) bool, and how many parts are left.
    """
    parts = Components.of(mask, smallest)
    cleaned = np.zeros_like(mask)
    (left, top), (height, width) = parts.corner, parts.labels.shape
    cleaned[top : top + height, left : left + width] = parts.labels > 0
    return cleaned, len(parts)


def _span(mask: NDArray[np.bool_], axis: int) -> slice:
    """The rows (axis 1) or columns (0) from the first to the last that is not empty, and one on either side."""
    at = np.flatnonzero(mask.any(axis=axis))
    return slice(max(0, int(at[0]) - 1), min(mask.shape[1 - axis], int(at[-1]) + 2)) if len(at) else slice(0, 0)
