"""Paths: the branches of a skeleton joined to lines that go straight on through their crossings."""

from __future__ import annotations

import itertools

import attrs
import numpy as np
from numpy.typing import NDArray

from dislo_gen.centrelines.branches import BranchGraph
from dislo_gen.centrelines.pruning import BranchLength, direction

_End = tuple[int, int]  # number of a branch; 0 for its first node, 1 for its last


@attrs.frozen(eq=False)
class Path:
    """A line through the pixels of a skeleton.

    Attributes:
        points: (N, 2) float64, px, the pixels' centres in order.
        closed: whether the last is followed by the first.
        free: for its first and its last point, whether the line ends there; otherwise it meets another line.
        length: of the skeleton, px.
    """

    points: NDArray[np.float64]
    closed: bool
    free: tuple[bool, bool]
    length: float


def trails(graph: BranchGraph, pixels: NDArray[np.int64], width: BranchLength) -> list[Path]:
    """Join branches at their nodes, those first that go on straightest.

    Args:
        graph: a pruned graph.
        pixels: (N, 2), x and y of the skeleton's pixels.
        width: the width of the line that a branch is of, px.
    """
    partner: dict[_End, _End] = {}
    for node, numbers in graph.at.items():
        ends = [
            (number, end)
            for number in dict.fromkeys(numbers)
            for end in (0, 1)
            if graph.branches[number].nodes[end] == node
        ]
        _pair(ends, graph, pixels, width, partner)
    result = [_path([pixel], pixels, False, (True, True), 0.0) for pixel in graph.dots]
    result += [_path(loop, pixels, True, (False, False), float(len(loop))) for loop in graph.loops]
    left = set(graph.branches)
    starts = [(number, end) for number in graph.branches for end in (0, 1) if (number, end) not in partner]
    # What has no end that is not joined to another is closed, and may be entered anywhere.
    for start in itertools.chain(starts, ((number, 0) for number in graph.branches)):
        if start[0] in left:
            result.append(_follow(start, partner, left, graph, pixels))
    return result


def _pair(
    ends: list[_End],
    graph: BranchGraph,
    pixels: NDArray[np.int64],
    width: BranchLength,
    partner: dict[_End, _End],
) -> None:
    """Pair the branches' ends at one node, straightest first, until fewer than two are left."""
    if len(ends) < 2:
        return
    reach = [round(width(graph.branches[number])) + 6 for number, _ in ends]
    away = np.stack(
        [direction(graph.branches[n], end, pixels, r) for (n, end), r in zip(ends, reach, strict=True)]
    )
    cosines = away @ away.T
    order = sorted(itertools.combinations(range(len(ends)), 2), key=lambda pair: float(cosines[pair]))
    for one, other in order:
        if ends[one] not in partner and ends[other] not in partner:
            partner[ends[one]], partner[ends[other]] = ends[other], ends[one]


def _follow(
    start: _End, partner: dict[_End, _End], left: set[int], graph: BranchGraph, pixels: NDArray[np.int64]
) -> Path:
    listed: list[int] = []
    length, here = 0.0, start
    while here[0] in left:
        number, end = here
        left.remove(number)
        branch = graph.branches[number]
        listed += branch.pixels if end == 0 else branch.pixels[::-1]
        length += branch.length
        leaves = (number, 1 - end)
        if leaves not in partner:
            last_node = graph.branches[number].nodes[1 - end]
            first_node = graph.branches[start[0]].nodes[start[1]]
            free = len(graph.at[first_node]) == 1, len(graph.at[last_node]) == 1
            return _path(listed, pixels, False, free, length)
        here = partner[leaves]
    return _path(listed, pixels, True, (False, False), length)


def _path(
    listed: list[int], pixels: NDArray[np.int64], closed: bool, free: tuple[bool, bool], length: float
) -> Path:
    """The path through these pixels; where it jumps across a crossing, with points in between."""
    points = pixels[listed].astype(np.float64) + 0.5
    line = np.concatenate((points, points[:1])) if closed else points
    steps = np.abs(np.diff(line, axis=0)).max(axis=1)
    if len(steps) and (steps.min() == 0 or steps.max() > 1):
        counts = np.ceil(steps).astype(np.int64)
        of = np.repeat(np.arange(len(steps)), counts)
        part = (np.arange(len(of)) - np.repeat(np.cumsum(counts) - counts, counts)) / counts[of]
        between = line[of] + part[:, None] * (line[of + 1] - line[of])
        points = between if closed else np.concatenate((between, line[-1:]))
    if closed and len(points) < 3:
        closed, free = False, (True, True)
    return Path(points, closed, free, length)
