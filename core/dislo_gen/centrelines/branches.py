"""Branches: the pixel graph of a skeleton as a graph of ends, junctions and the lines between them."""

from __future__ import annotations

import math

import attrs

from dislo_gen.centrelines.skeleton import PixelGraph

_SQRT_2 = math.sqrt(2)


@attrs.define(eq=False)
class Branch:
    """A line of the skeleton from one node to another.

    Attributes:
        nodes: where it begins and ends.
        pixels: indices of its pixels in order, those of its nodes included.
        length: px.
    """

    nodes: tuple[int, int]
    pixels: list[int]
    length: float

    def turned(self) -> Branch:
        """Return it the other way round."""
        return Branch(self.nodes[::-1], self.pixels[::-1], self.length)


@attrs.define(eq=False)
class BranchGraph:
    """Branches and the nodes where they meet.

    Attributes:
        branches: by number.
        at: the numbers of the branches at each node; one that begins and ends there is listed twice.
        loops: closed lines without any node, as pixels in order.
        dots: pixels without neighbours.
    """

    branches: dict[int, Branch] = attrs.Factory(dict)
    at: dict[int, list[int]] = attrs.Factory(dict)
    loops: list[list[int]] = attrs.Factory(list)
    dots: list[int] = attrs.Factory(list)
    _next: int = 0

    def add(self, branch: Branch) -> int:
        """Put a branch in, and return its number."""
        number, self._next = self._next, self._next + 1
        self.branches[number] = branch
        for node in branch.nodes:
            self.at.setdefault(node, []).append(number)
        return number

    def remove(self, number: int) -> Branch:
        """Take a branch out; its nodes stay."""
        branch = self.branches.pop(number)
        for node in branch.nodes:
            self.at[node].remove(number)
        return branch

    def merge_nodes(self, kept: int, gone: int) -> None:
        """Make two nodes one."""
        numbers = self.at.pop(gone)
        for number in set(numbers):
            branch = self.branches[number]
            first, last = (kept if node == gone else node for node in branch.nodes)
            branch.nodes = (first, last)
        self.at[kept] += numbers


def branch_graph(graph: PixelGraph) -> BranchGraph:
    """Follow the pixels of a skeleton from node to node."""
    neighbours, result = graph.neighbours, BranchGraph()
    nodes = _nodes(neighbours)
    places = list(map(tuple, graph.pixels.tolist()))
    followed: set[tuple[int, int]] = set()
    seen = bytearray(len(neighbours))
    for start, node in nodes.items():
        seen[start] = True
        if not neighbours[start]:
            result.dots.append(start)
        for first in neighbours[start]:
            if nodes.get(first) == node or (start, first) in followed:
                continue
            pixels, before, here = [start, first], start, first
            while here not in nodes:
                seen[here] = True
                one, other = neighbours[here]
                before, here = here, other if one == before else one
                pixels.append(here)
            followed.add((here, before))
            result.add(Branch((node, nodes[here]), pixels, _length(pixels, places)))
    for start in range(len(neighbours)):
        if not seen[start]:
            result.loops.append(_loop(start, neighbours, seen))
    return result


def _nodes(neighbours: list[list[int]]) -> dict[int, int]:
    """The node that each end, dot or junction pixel is of; junction pixels that touch are of one node."""
    nodes: dict[int, int] = {}
    for start, around in enumerate(neighbours):
        if len(around) == 2 or start in nodes:
            continue
        nodes[start] = node = start
        waiting = [start] if len(around) > 2 else []
        while waiting:
            for other in neighbours[waiting.pop()]:
                if other not in nodes and len(neighbours[other]) > 2:
                    nodes[other] = node
                    waiting.append(other)
    return nodes


def _loop(start: int, neighbours: list[list[int]], seen: bytearray) -> list[int]:
    pixels, before, here = [start], start, neighbours[start][0]
    seen[start] = True
    while here != start:
        seen[here] = True
        pixels.append(here)
        one, other = neighbours[here]
        before, here = here, other if one == before else one
    return pixels


def _length(pixels: list[int], places: list[tuple[int, ...]]) -> float:
    total = 0.0
    x, y = places[pixels[0]]
    for pixel in pixels[1:]:
        next_x, next_y = places[pixel]
        total += 1.0 if next_x == x or next_y == y else _SQRT_2
        x, y = next_x, next_y
    return total
