"""Pruning: what of a skeleton is no line, but comes of a ragged edge, of a hole in the mask, or of a crossing."""

from __future__ import annotations

import heapq
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from dislo_gen.centrelines.branches import Branch, BranchGraph

_SHARED = 8.0
"""Two lines that cross at a sharp angle share a stretch of skeleton, up to this many line widths long."""

_ONWARDS = -0.7  # cosine between a shared stretch and the arms that go on from it: within 45 degrees

BranchLength = Callable[[Branch], float]


def prune(graph: BranchGraph, pixels: NDArray[np.int64], width: BranchLength, spur: BranchLength) -> None:
    """Make every crossing one node, and remove side branches and what goes round small holes.

    Args:
        graph: changed in place.
        pixels: (N, 2), x and y of the skeleton's pixels.
        width: the width of the line that a branch is of, px.
        spur: the length below which a side branch is none, px.
    """
    _merge_nodes(graph, lambda _, branch: branch.length <= width(branch))
    _close_holes(graph, spur)
    _join_all(graph)

    def shared(number: int, branch: Branch) -> bool:
        wide = width(branch)
        return branch.length <= _SHARED * wide and _is_shared(graph, number, pixels, round(wide) + 6)

    _merge_nodes(graph, shared)
    _join_all(graph)
    _remove_spurs(graph, spur)


def direction(branch: Branch, end: int, pixels: NDArray[np.int64], reach: int) -> NDArray[np.float64]:
    """Return the direction in which a branch leaves its first (0) or last (1) node, a unit vector."""
    listed = branch.pixels if end == 0 else branch.pixels[::-1]
    step = (pixels[listed[min(reach, len(listed) - 1)]] - pixels[listed[0]]).astype(np.float64)
    unit: NDArray[np.float64] = step / max(1e-9, float(np.hypot(*step)))
    return unit


def _is_side(graph: BranchGraph, branch: Branch) -> bool:
    """Whether a branch has a free end, and its other end at a junction."""
    return sorted(min(3, len(graph.at[node])) for node in branch.nodes) == [1, 3]


def _merge_nodes(graph: BranchGraph, within_one: Callable[[int, Branch], bool]) -> None:
    """Make one node of every two junctions that belong to one crossing, as the branch between them tells."""
    for number, branch in sorted(graph.branches.items(), key=lambda item: item[1].length):
        one, other = branch.nodes
        if one != other and min(len(graph.at[one]), len(graph.at[other])) > 2 and within_one(number, branch):
            graph.remove(number)
            graph.merge_nodes(one, other)


def _remove_spurs(graph: BranchGraph, spur: BranchLength) -> None:
    """Remove side branches; a line goes on where one was.

    The shortest come first, so that of the two prongs of a fork at a line's end one stays as the line's end.
    """
    waiting = [(branch.length, number) for number, branch in graph.branches.items() if _is_side(graph, branch)]
    heapq.heapify(waiting)
    while waiting:
        length, number = heapq.heappop(waiting)
        branch = graph.branches.get(number)
        if branch is None or not _is_side(graph, branch) or length >= spur(branch):
            continue
        graph.remove(number)
        for node in branch.nodes:
            merged = _go_through(graph, node)
            if merged is not None and _is_side(graph, graph.branches[merged]):
                heapq.heappush(waiting, (graph.branches[merged].length, merged))


def _is_shared(graph: BranchGraph, number: int, pixels: NDArray[np.int64], reach: int) -> bool:
    """Whether two more branches go on at either end of a branch, and all four in its direction."""
    branch = graph.branches[number]
    for end, node in enumerate(branch.nodes):
        inwards = direction(branch, end, pixels, reach)
        arms = [graph.branches[other] for other in graph.at[node] if other != number]
        if len(arms) != 2 or any(arm.nodes[0] == arm.nodes[1] for arm in arms):
            return False
        for arm in arms:
            if direction(arm, 0 if arm.nodes[0] == node else 1, pixels, reach) @ inwards > _ONWARDS:
                return False
    return True


def _close_holes(graph: BranchGraph, spur: BranchLength) -> None:
    """Of what goes round a small hole keep one side."""
    short = sorted(
        ((branch.length, number) for number, branch in graph.branches.items() if branch.length < 2 * spur(branch)),
    )
    kept: set[tuple[int, ...]] = set()
    for length, number in short:
        branch = graph.branches[number]
        one, other = sorted(branch.nodes)
        junctions = min(len(graph.at[one]), len(graph.at[other])) > 2
        if junctions and (one == other or ((one, other) in kept and length < spur(branch))):
            graph.remove(number)
        kept.add((one, other))


def _join_all(graph: BranchGraph) -> None:
    for node in list(graph.at):
        _go_through(graph, node)


def _go_through(graph: BranchGraph, node: int) -> int | None:
    """Make one branch of the two at a node, if there are just two; return its number."""
    numbers = graph.at[node]
    if len(numbers) != 2 or numbers[0] == numbers[1]:
        return None
    before, after = (graph.remove(number) for number in list(numbers))
    if before.nodes[1] != node:
        before = before.turned()
    if after.nodes[0] != node:
        after = after.turned()
    length = before.length + after.length
    return graph.add(Branch((before.nodes[0], after.nodes[1]), before.pixels + after.pixels, length))
