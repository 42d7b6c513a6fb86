"""Pieces of lines: what each channel holds, each thing once.

SciPy is imported where it is used, which keeps `import dislo_gen` quick.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs
import numpy as np
from numpy.typing import NDArray

from dislo_gen.centrelines import centrelines, points_inside
from dislo_gen.pairing import dice_losses
from dislo_gen.shapes import ClosedCurve, OpenCurve
from dislo_gen.size import Size

_LARGER, _INSIDE = 1.3, 0.8
_EIGHT = np.ones((3, 3), dtype=np.bool_)


@attrs.frozen(eq=False)
class LinePiece:
    """A connected part of a channel, and the line through it.

    Attributes:
        channel: which channel it is of.
        mask: (H, W) bool.
        curve: its centreline, px.
        confidence: mean probability over its pixels.
        area: its pixels.
    """

    channel: int
    mask: NDArray[np.bool_]
    curve: OpenCurve | ClosedCurve
    confidence: float
    area: int


def drop_duplicates(probabilities: NDArray[np.float32], threshold: float, largest_loss: float) -> list[int]:
    """Return the channels that are not empty, without those that repeat a more confident one.

    Two channels hold the same line if the Dice loss between them is below ``largest_loss`` (Govind et al. 2023,
    section 5.3, where it is 0.5). Where one of them holds only a piece of what the other holds, the other stays,
    however confident the piece is.
    """
    masks = probabilities >= threshold
    areas = masks.sum(axis=(1, 2))
    filled = np.flatnonzero(areas).tolist()
    confidence = {n: float(probabilities[n][masks[n]].mean()) for n in filled}
    order = sorted(filled, key=lambda n: -confidence[n])
    losses = dice_losses(masks[order], masks[order].astype(np.float32)) if order else np.zeros((0, 0))
    kept: list[int] = []
    for channel in order:
        same = [other for other in kept if losses[order.index(channel), order.index(other)] < largest_loss]
        pieces = [other for other in same if _is_piece(masks[other], masks[channel])]
        if len(pieces) == len(same):
            kept = [other for other in kept if other not in pieces] + [channel]
    return sorted(kept)


def _is_piece(mask: NDArray[np.bool_], of: NDArray[np.bool_]) -> bool:
    """Say whether a mask lies inside another that is clearly larger."""
    area = np.count_nonzero(mask)
    return bool(np.count_nonzero(of) > _LARGER * area and np.count_nonzero(mask & of) > _INSIDE * area)


def find_pieces(
    probabilities: NDArray[np.float32], channels: Sequence[int], threshold: float, smallest: int
) -> list[LinePiece]:
    """Return the connected parts of these channels that are large enough, each with its centreline."""
    from scipy import ndimage

    pieces = []
    for channel in channels:
        labels, count = ndimage.label(probabilities[channel] >= threshold, structure=_EIGHT)
        boxes = ndimage.find_objects(labels)
        for number in range(1, count + 1):
            box = boxes[number - 1]
            part = labels[box] == number
            if np.count_nonzero(part) < smallest:
                continue
            mask = np.zeros(labels.shape, dtype=np.bool_)
            mask[box] = part
            for curve, own in _split(mask, centrelines(mask, smallest=smallest)):
                area = int(np.count_nonzero(own))
                if area >= smallest:
                    confidence = float(probabilities[channel][own].mean())
                    pieces.append(LinePiece(channel, own, curve, confidence, area))
    return pieces


def _split(
    mask: NDArray[np.bool_], curves: Sequence[OpenCurve | ClosedCurve]
) -> Iterator[tuple[OpenCurve | ClosedCurve, NDArray[np.bool_]]]:
    """Share the pixels of a connected part out among the lines that run through it: each pixel to the nearest."""
    from scipy.spatial import cKDTree

    if len(curves) < 2:
        yield from ((curve, mask) for curve in curves)
        return
    rows, columns = np.nonzero(mask)
    pixels = np.stack((columns, rows), axis=1) + 0.5
    size = Size(mask.shape[1], mask.shape[0])
    distances = np.stack([cKDTree(points_inside(curve, size)).query(pixels)[0] for curve in curves])
    nearest = distances.argmin(axis=0)
    for number, curve in enumerate(curves):
        own = np.zeros_like(mask)
        own[rows[nearest == number], columns[nearest == number]] = True
        yield curve, own


def drop_contained(pieces: Sequence[LinePiece], share: float) -> list[LinePiece]:
    """Return the pieces without those of which more than ``share`` lies inside a larger one of another channel."""
    kept: list[LinePiece] = []
    for piece in sorted(pieces, key=lambda p: -p.area):
        inside = (
            other.channel != piece.channel and np.count_nonzero(other.mask & piece.mask) > share * piece.area
            for other in kept
        )
        if not any(inside):
            kept.append(piece)
    return kept
