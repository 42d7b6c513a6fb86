"""From a mask to its centrelines."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dislo_gen.centrelines.branches import Branch, branch_graph
from dislo_gen.centrelines.components import Components, disc_width
from dislo_gen.centrelines.fitting import fitted
from dislo_gen.centrelines.paths import Path, trails
from dislo_gen.centrelines.pruning import prune
from dislo_gen.centrelines.sections import Plane
from dislo_gen.centrelines.skeleton import pixel_graph, skeletonize
from dislo_gen.shapes import ClosedCurve, OpenCurve, arc_length

_SPUR = 2.0  # line widths
_HOLE = 4  # px: smaller rings are specks in a line, around which there would be a line on either side
_STUB = 1.5  # px: a line is not shorter than this, whatever its mask


def centrelines(
    mask: NDArray[np.bool_], smallest: int = 10, spur: float | None = None
) -> tuple[OpenCurve | ClosedCurve, ...]:
    """Find the lines of a mask.

    Each connected part (8 neighbours) is thinned to a skeleton (Lee, Kashyap and Chu 1994). Lines go straight on
    where they cross; what branches off is a line of its own. Each is then moved to the middle of the mask and
    smoothed, and its ends set half a line width inside the mask's, where a line drawn with round ends stopped, or
    at the border of the image if it goes on beyond.

    Args:
        mask: (H, W) bool.
        smallest: parts with fewer pixels are left out.
        spur: side branches shorter than this, px, are left out; by default twice the width of the line.

    Returns:
        The lines with points about every pixel, longest first; at least one for each part.
    """
    mask = np.asarray(mask, dtype=np.bool_)
    parts = Components.of(mask, smallest)
    if not len(parts):
        return ()
    parts = parts.filled(_HOLE)
    thin = skeletonize(parts.labels > 0)
    graph = pixel_graph(thin)
    part_of = parts.labels[graph.pixels[:, 1], graph.pixels[:, 0]]
    lengths = np.bincount(part_of, minlength=len(parts.areas))
    widths: list[float] = [
        min(disc_width(area), area / max(1, length))
        for area, length in zip(parts.areas.tolist(), lengths.tolist(), strict=True)
    ]
    part_list: list[int] = part_of.tolist()

    def width(branch: Branch) -> float:
        return widths[part_list[branch.pixels[0]]]

    def shortest(branch: Branch) -> float:
        return _SPUR * width(branch) if spur is None else spur

    branches = branch_graph(graph)
    prune(branches, graph.pixels, width, shortest)
    paths: list[list[Path]] = [[] for _ in parts.areas]
    for path in trails(branches, graph.pixels, width):
        x, y = path.points[0].astype(np.int64)
        paths[parts.labels[y, x]].append(path)
    size = (mask.shape[1], mask.shape[0])
    plane = Plane((parts.labels > 0).astype(np.uint8), parts.corner, size)
    corner = np.asarray(parts.corner)
    curves: list[OpenCurve | ClosedCurve] = []
    stubs = _Stubs(parts)
    for part in range(1, len(parts.areas)):
        longest = max((path.length for path in paths[part]), default=0.0)
        for path in paths[part]:
            limit = _SPUR * widths[part] if spur is None else spur
            if path.length < longest and path.length < limit and path.free != (True, True):
                continue  # what is left of a crossing
            points = fitted(plane, path, widths[part]) if path.length >= widths[part] else None
            if points is None or arc_length(points)[-1] < _STUB:
                curves.append(OpenCurve(_inside(stubs.points(part) + corner, size)))
            else:
                curve = ClosedCurve if path.closed else OpenCurve
                curves.append(curve(_inside(points + corner, size)))
    return tuple(sorted(curves, key=lambda curve: -curve.length))


def _inside(points: NDArray[np.float64], size: tuple[int, int]) -> NDArray[np.float64]:
    return np.clip(points, 0, size)


class _Stubs:
    """Parts as wide as they are long, whose skeletons say nothing: the line that has their area and direction."""

    def __init__(self, parts: Components) -> None:
        self.parts = parts
        self.moments: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None

    def points(self, part: int) -> NDArray[np.float64]:
        """Return the two ends of a part's line, (2, 2) px in the box."""
        if self.moments is None:
            self.moments = self.parts.moments()
        centre, (variances, directions) = self.moments[0][part], np.linalg.eigh(self.moments[1][part])
        # A line's variance across is w² / 12, that of its round ends w² / 16; a pixel's own is 1 / 12.
        width = np.sqrt(13 * (variances[0] + 1 / 12))
        area = float(self.parts.areas[part])
        length = max(_STUB, (area - np.pi / 4 * width**2) / width)
        half: NDArray[np.float64] = directions[:, 1] * length / 2
        return np.stack((centre - half, centre + half))
