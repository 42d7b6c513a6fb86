"""Joining the pieces that a network broke a line into."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence

import attrs
import numpy as np
from numpy.typing import NDArray

from dislo_gen.instances.line import FoundLine
from dislo_gen.instances.pieces import LinePiece
from dislo_gen.rasterize import draw_mask
from dislo_gen.shapes import OpenCurve, arc_length

_TANGENT_OVER = 12.0  # px of a piece's end that its direction is taken from: more than the noise of a skeleton


_End = tuple[int, int, NDArray[np.float64], NDArray[np.float64]]
"""An end: number of its piece, 0 or 1, place, and the direction in which it points outwards."""


@attrs.frozen
class Bridge:
    """A gap between an end of one piece and an end of another; end 0 is the curve's first point, 1 its last."""

    cost: float
    first: tuple[int, int]
    second: tuple[int, int]


def join_pieces(pieces: Sequence[LinePiece], widest: float, steepest: float) -> list[FoundLine]:
    """Join pieces whose ends face each other across a narrow gap, the best bridges first.

    Args:
        pieces: of all channels.
        widest: widest gap between pieces of different channels, px; twice as much between pieces of one channel,
            which the network itself says belong together.
        steepest: largest angle between either end's direction and the bridge, degrees.
    """
    taken: set[tuple[int, int]] = set()
    links: dict[int, dict[int, Bridge]] = {number: {} for number in range(len(pieces))}
    roots = list(range(len(pieces)))

    def root(number: int) -> int:
        while roots[number] != number:
            number = roots[number]
        return number

    for bridge in sorted(_bridges(pieces, widest, math.cos(math.radians(steepest))), key=lambda b: b.cost):
        one, other = root(bridge.first[0]), root(bridge.second[0])
        if one == other or bridge.first in taken or bridge.second in taken:
            continue
        roots[other] = one
        taken |= {bridge.first, bridge.second}
        links[bridge.first[0]][bridge.first[1]] = bridge
        links[bridge.second[0]][bridge.second[1]] = bridge
    chains = []
    seen: set[int] = set()
    for number in range(len(pieces)):
        if number not in seen and len(links[number]) < 2:
            chains.append(_follow(number, links))
            seen |= {piece for piece, _ in chains[-1]}
    return [_line([(pieces[number], turned) for number, turned in chain]) for chain in chains]


def _bridges(pieces: Sequence[LinePiece], widest: float, least_cosine: float) -> list[Bridge]:
    ends = [
        (number, end, *_end(piece.curve.points, end))
        for number, piece in enumerate(pieces)
        if isinstance(piece.curve, OpenCurve)
        for end in (0, 1)
    ]
    bridges = []
    for (one, end, place, direction), (other, other_end, other_place, other_direction) in _near(ends, 2 * widest):
        gap = float(np.hypot(*(other_place - place)))
        same_channel = pieces[one].channel == pieces[other].channel
        if one == other or gap > widest * (2 if same_channel else 1):
            continue
        # Ends that touch or overlap a little have no direction between them; their own directions must agree.
        along = (other_place - place) / gap if gap > 3 else (direction - other_direction) / 2
        cosines = float(direction @ along), float(-other_direction @ along)
        if min(cosines) >= least_cosine:
            bridges.append(Bridge((gap + 2) * (3 - sum(cosines)), (one, end), (other, other_end)))
    return bridges


def _near(ends: Sequence[_End], distance: float) -> Iterator[tuple[_End, _End]]:
    """Yield the pairs of ends, in order, that may be so near each other: few of all that there are."""
    if not ends:
        return
    places = np.stack([place for _, _, place, _ in ends])
    for number, place in enumerate(places):
        apart = np.abs(places[number + 1 :] - place).max(axis=1, initial=0)
        for other in np.flatnonzero(apart <= distance + 1e-6).tolist():
            yield ends[number], ends[number + 1 + other]


def _end(points: NDArray[np.float64], end: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return an end of a line and the direction in which it points outwards there."""
    outwards = points[::-1] if end == 0 else points
    s = arc_length(outwards)
    inside = outwards[int(np.searchsorted(s, max(0.0, s[-1] - _TANGENT_OVER), side="right")) - 1]
    step = outwards[-1] - inside
    return outwards[-1], step / max(1e-9, float(np.hypot(*step)))


def _follow(start: int, links: dict[int, dict[int, Bridge]]) -> list[tuple[int, bool]]:
    """Return a chain of pieces from one that has a free end, each with whether its curve is to be turned round."""
    number, leaves_by = start, 1
    if links[start] and 1 not in links[start]:
        leaves_by = 0
    chain = [(number, leaves_by == 0)]
    while leaves_by in links[number]:
        bridge = links[number][leaves_by]
        arrives = bridge.second if bridge.first == (number, leaves_by) else bridge.first
        number, leaves_by = arrives[0], 1 - arrives[1]
        chain.append((number, leaves_by == 0))
    return chain


def _line(parts: Sequence[tuple[LinePiece, bool]]) -> FoundLine:
    pieces = [piece for piece, _ in parts]
    area = sum(piece.area for piece in pieces)
    confidence = sum(piece.confidence * piece.area for piece in pieces) / area
    channels = tuple(sorted({piece.channel for piece in pieces}))
    if len(parts) == 1:
        return FoundLine(pieces[0].curve, pieces[0].mask, confidence, channels)
    runs = [piece.curve.points[::-1] if turned else piece.curve.points for piece, turned in parts]
    mask = np.logical_or.reduce([piece.mask for piece in pieces])
    for before, after in itertools.pairwise(runs):
        width = area / max(1.0, sum(float(arc_length(run)[-1]) for run in runs))
        bridge = np.zeros_like(mask)
        draw_mask(bridge, OpenCurve(np.stack((before[-1], after[0]))), max(1.5, width))
        mask |= bridge
    return FoundLine(OpenCurve(np.concatenate(runs)), mask, confidence, channels)
