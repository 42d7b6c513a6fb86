"""Following lines through direction channels."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np
import scipy
from numpy.typing import NDArray

from dislo_gen import (
    Finding,
    FoundLine,
    LinePiece,
    OpenCurve,
    centrelines,
    draw_mask,
    join_pieces,
    keep_lines,
)

_SMOOTHING = 0.7  # places: evens out ties between neighbours
_WEAKER = 0.8
"""A line is followed down to this part of the threshold, which its best place has to reach."""
_BESIDE, _INSIDE = 1.5, 0.7
"""A piece of which more than this share is nearer than so many places to a longer one is that line again."""
_SHADOW, _SHORTER = 8.0, 0.5
"""A line shorter than this part of another is its shadow where most of it is nearer than so many px of 512."""
_LEAST = 4  # px: what is shorter has no direction of its own
_WIDTH = 3.0  # px of a line in its mask, as in the masks a network is taught with
_TOUCHING = np.ones((3, 3), dtype=np.bool_)


def follow_lines(
    probabilities: NDArray[np.float32], finding: Finding, oversampling: int = 1
) -> tuple[FoundLine, ...]:
    """Return the lines of direction channels, the most confident first.

    In each channel the crest along its direction is kept. What is connected, side by side in the picture or at
    one place in neighbouring channels, is a line; lines that cross run through different channels, and lines side
    by side have a crest each. Pieces that face each other are joined. A short line close beside a long one is its
    shadow: the second edge of a wide line, or a fringe.

    Args:
        probabilities: (N, K H, K W) float32 from 0 to 1, channels as in `direction_channels`.
        finding: how; ``duplicate`` has no meaning here.
        oversampling: K.

    Returns:
        Lines of a picture of (H, W), the most confident first.
    """
    scale = max(probabilities.shape[1:]) / oversampling / 512
    smooth = scipy.ndimage.gaussian_filter(probabilities, (0, _SMOOTHING, _SMOOTHING))
    labels = _connected(_crests(smooth, finding.threshold * _WEAKER))
    pieces = _without_repeats(_pieces(labels, smooth, finding.threshold, oversampling), _BESIDE / oversampling)
    lines = join_pieces(pieces, finding.gap * scale, finding.angle)
    return _without_shadows(keep_lines(lines, finding, scale), scale)


def _crests(probabilities: NDArray[np.float32], threshold: float) -> NDArray[np.bool_]:
    """Return where a channel is not less than on either side of its direction."""
    crests = probabilities >= threshold
    height, width = probabilities.shape[1:]
    for number, (channel, crest) in enumerate(zip(probabilities, crests, strict=True)):
        angle = math.pi * number / len(probabilities)
        right, down = round(-math.sin(angle)), round(math.cos(angle))
        around = np.pad(channel, 2)
        for steps in (-2, -1, 1, 2):
            top, left = 2 + steps * down, 2 + steps * right
            crest &= channel >= around[top : top + height, left : left + width]
    return crests


def _connected(crests: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Number what is connected; the last direction is the first one's neighbour."""
    labels, count = scipy.ndimage.label(crests, structure=np.ones((3, 3, 3), dtype=np.bool_))
    first, last = labels[0], np.pad(labels[-1], 1)
    height, width = first.shape
    pairs = [np.zeros((2, 0), dtype=labels.dtype)]
    for down, right in itertools.product(range(3), repeat=2):
        other = last[down : down + height, right : right + width]
        touching = (first > 0) & (other > 0)
        pairs.append(np.stack((first[touching], other[touching])))
    one, other = np.concatenate(pairs, axis=1)
    links = scipy.sparse.coo_array((np.ones(len(one), dtype=np.bool_), (one, other)), shape=(count + 1, count + 1))
    _, together = scipy.sparse.csgraph.connected_components(links, directed=False)
    return np.where(labels > 0, together[labels] + 1, 0).astype(np.int32)


def _pieces(
    labels: NDArray[np.int32], probabilities: NDArray[np.float32], threshold: float, oversampling: int
) -> list[LinePiece]:
    height, width = (side // oversampling for side in labels.shape[1:])
    least = _LEAST * oversampling
    pieces: list[LinePiece] = []
    for number, box in enumerate(scipy.ndimage.find_objects(labels), start=1):
        if box is None:
            continue
        own = labels[box] == number
        values = probabilities[box][own]
        if values.max() < threshold or len(values) < least:
            continue
        thin = np.pad(own.any(axis=0), 2)
        corner = (box[2].start - 2, box[1].start - 2)
        for curve in centrelines(scipy.ndimage.binary_dilation(thin, _TOUCHING), least):
            if not isinstance(curve, OpenCurve) or curve.length < least:
                continue
            points = np.clip((curve.points + corner) / oversampling, 0, (width, height))
            mask = np.zeros((height, width), dtype=np.bool_)
            draw_mask(mask, OpenCurve(points), _WIDTH)
            pieces.append(LinePiece(len(pieces), mask, OpenCurve(points), float(values.mean()), int(mask.sum())))
    return pieces


def _without_shadows(lines: Sequence[FoundLine], scale: float) -> tuple[FoundLine, ...]:
    near, lengths = [_Near(line.curve.points) for line in lines], [line.curve.length for line in lines]

    def is_shadow(number: int) -> bool:
        longer = (
            other for other, length in zip(near, lengths, strict=True) if lengths[number] < _SHORTER * length
        )
        return any(other.share(near[number], _SHADOW * scale) > _INSIDE for other in longer)

    return tuple(line for number, line in enumerate(lines) if not is_shadow(number))


def _without_repeats(pieces: Sequence[LinePiece], beside: float) -> list[LinePiece]:
    kept: list[LinePiece] = []
    near: list[_Near] = []
    for piece in sorted(pieces, key=lambda piece: -piece.curve.length):
        own = _Near(piece.curve.points)
        if not any(other.share(own, beside) > _INSIDE for other in near):
            kept.append(piece)
            near.append(own)
    return kept


class _Near:
    """A line's points, to be asked how much of another line is near them."""

    def __init__(self, points: NDArray[np.float64]) -> None:
        self.points = points
        self.low, self.high = points.min(axis=0).tolist(), points.max(axis=0).tolist()
        self._tree: scipy.spatial.cKDTree | None = None

    def share(self, other: _Near, distance: float) -> float:
        """Return the part of another line's points that are nearer than a distance."""
        if any(
            low - distance > far or high + distance < near
            for low, high, near, far in zip(self.low, self.high, other.low, other.high, strict=True)
        ):
            return 0.0  # most lines of a picture are far from each other
        self._tree = self._tree or scipy.spatial.cKDTree(self.points)
        distances, _ = self._tree.query(other.points, distance_upper_bound=distance)
        return float(np.mean(distances < distance))
