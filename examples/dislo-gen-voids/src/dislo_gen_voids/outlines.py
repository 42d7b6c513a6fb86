"""Outlines of voids: a truncated octahedron seen along a crystal direction, its corners rounded at will.

A void in a cubic metal is bounded by {111} and {100} facets, a truncated octahedron (Jenkins and Kirk, ch. 7); its
image has the outline of the projected polyhedron.
"""

from __future__ import annotations

import functools
import itertools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dislo_gen_voids.polygons import polygon_area, without_repeats

ZONE_AXES = {"100": (1, 0, 0), "110": (1, 1, 0), "111": (1, 1, 1)}
"""Directions of view that a recipe may name, in the crystal's axes."""

_NORMALS_FOR_CORNERS = 720


@dataclass(frozen=True)
class Outline:
    """A convex outline of the area of a circle of radius 1, around (0, 0).

    Attributes:
        points: (N, 2) float64.
        normals: (N, 2) float64, the unit vector outwards at each point; at a corner there are several.
    """

    points: NDArray[np.float64]
    normals: NDArray[np.float64]

    @functools.cached_property
    def corners(self) -> NDArray[np.float64]:
        """The points, each once, (M, 2)."""
        return without_repeats(self.points)

    def around(self, centre: NDArray[np.float64], radius: float, offset: float = 0.0) -> NDArray[np.float64]:
        """Return the outline of a void, or the line at some distance from it, (N, 2) in the centre's unit.

        Args:
            centre: (2,) float64.
            radius: radius of the circle of the same area.
            offset: distance outwards, everywhere the same; inwards (negative) the outline shrinks instead.
        """
        if offset <= 0:
            return centre + max(0.0, radius + offset) * self.points
        return centre + radius * self.points + offset * self.normals


def void_outline(zone_axis: str, faceting: float, angle: float, count: int) -> Outline:
    """Return the outline of a truncated octahedron with rounded corners.

    Args:
        zone_axis: direction of view, one of `ZONE_AXES`.
        faceting: 0 a circle, 1 sharp corners; in between the polygon is rolled around by a disc.
        angle: rotation in the image plane, radians.
        count: points along the outline (about; sharp facets need no more than corners).
    """
    rotation = np.array(((math.cos(angle), math.sin(angle)), (-math.sin(angle), math.cos(angle))))
    corners = silhouette(zone_axis)
    corners = corners * math.sqrt(math.pi / polygon_area(corners)) @ rotation
    normals = _directions(count)
    points = faceting * corners[np.argmax(normals @ corners.T, axis=1)] + (1 - faceting) * normals
    return Outline(points * math.sqrt(math.pi / polygon_area(points)), normals)


def silhouette(zone_axis: str) -> NDArray[np.float64]:
    """Return the corners of a regular truncated octahedron as seen along a zone axis, (N, 2), in order.

    Along <100> there are 8 corners, along <110> 6 and along <111> 12.
    """
    signs = itertools.product((-1, 1), repeat=3)
    vertices = {tuple(np.multiply(s, p).tolist()) for s in signs for p in itertools.permutations((0, 1, 2))}
    view = np.array(ZONE_AXES[zone_axis], dtype=np.float64)
    right = np.cross(view, (0, 0, 1))
    right /= np.linalg.norm(right)
    up = np.cross(right, view) / np.linalg.norm(view)
    seen = np.array(sorted(vertices)) @ np.stack((right, up), axis=1)
    seen = np.unique(seen.round(9), axis=0)
    # What lies farthest in some direction is a corner; in the order of directions, each appears in one run.
    farthest = np.argmax(_directions(_NORMALS_FOR_CORNERS) @ seen.T, axis=1)
    corners: NDArray[np.float64] = seen[farthest[farthest != np.roll(farthest, 1)]]
    return corners


def _directions(count: int) -> NDArray[np.float64]:
    angles = 2 * np.pi * (np.arange(count) + 0.4142) / count  # never along the normal of a facet
    return np.stack((np.cos(angles), np.sin(angles)), axis=1)
