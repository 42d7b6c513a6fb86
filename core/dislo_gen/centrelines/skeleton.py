"""Skeletons: what is left of a mask when it is thinned to single pixels, as a graph of pixels."""

from __future__ import annotations

import attrs
import numpy as np
from numpy.typing import NDArray


@attrs.frozen(eq=False)
class PixelGraph:
    """The pixels of a skeleton and which of them are neighbours.

    Two pixels that touch at a corner are neighbours only if no third one lies beside both: the corner of a line
    would be a triangle otherwise.

    Attributes:
        pixels: (N, 2) int64, x and y.
        neighbours: the indices of each pixel's neighbours.
    """

    pixels: NDArray[np.int64]
    neighbours: list[list[int]]


def skeletonize(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Thin a mask to single pixels (Lee, Kashyap and Chu 1994, as in scikit-image).

    Connected parts stay connected, and parts that do not touch do not change each other's skeletons.
    """
    from skimage import morphology

    if not mask.size:
        return mask
    thin: NDArray[np.bool_] = morphology.skeletonize(mask, method="lee")
    return thin.astype(np.bool_)


def pixel_graph(thin: NDArray[np.bool_]) -> PixelGraph:
    """Return the graph of the pixels of a skeleton, (H, W) bool."""
    rows, columns = np.nonzero(thin)
    index = np.full((thin.shape[0] + 1, thin.shape[1] + 2), -1, dtype=np.int64)
    index[rows, columns + 1] = np.arange(len(rows))
    here, right, left = index[:-1, 1:-1], index[:-1, 2:], index[:-1, :-2]
    below, below_right, below_left = index[1:, 1:-1], index[1:, 2:], index[1:, :-2]
    links = (
        (here, right, None),
        (here, below, None),
        (here, below_right, (right < 0) & (below < 0)),
        (here, below_left, (left < 0) & (below < 0)),
    )
    first, second = [], []
    for one, other, free in links:
        linked = (one >= 0) & (other >= 0)
        if free is not None:
            linked &= free
        first += [one[linked], other[linked]]
        second += [other[linked], one[linked]]
    of, neighbour = np.concatenate(first), np.concatenate(second)
    order = np.argsort(of, kind="stable")
    ends = np.cumsum(np.bincount(of, minlength=len(rows))).tolist()
    listed = neighbour[order].tolist()
    starts = [0, *ends[:-1]]
    return PixelGraph(
        np.stack((columns, rows), axis=1),
        [listed[start:end] for start, end in zip(starts, ends, strict=True)] if len(rows) else [],
    )
