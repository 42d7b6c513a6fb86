"""The small vocabulary of shapes that defects are made of.

Coordinates are pixels: x to the right, y down, the origin at the corner of the top-left pixel, so that the
centre of pixel ``[row, column]`` lies at ``(column + 0.5, row + 0.5)``. They are kept to a thousandth of a
pixel, which is what a record's JSON holds, so that a scene read back is the scene that was drawn.
"""

from __future__ import annotations

from typing import Any, ClassVar

import attrs
import numpy as np
from numpy.typing import ArrayLike, NDArray

DECIMALS = 3

_same = attrs.cmp_using(eq=np.array_equal)


def _rounded(value: ArrayLike) -> NDArray[np.float64]:
    with np.errstate(over="ignore"):  # what is too large to be rounded becomes infinite, and is refused as such
        rounded: NDArray[np.float64] = np.asarray(value, dtype=np.float64).round(DECIMALS)
    return rounded


def _points(value: ArrayLike) -> NDArray[np.float64]:
    points: NDArray[np.float64] = _rounded(value)
    if points.ndim != 2 or points.shape[1] != 2:
        raise ValueError(f"points must have the shape (N, 2), not {points.shape}")
    if not np.isfinite(points).all():
        raise ValueError("points must be finite")
    points.flags.writeable = False
    return points


def _depth(value: ArrayLike | None) -> NDArray[np.float64] | None:
    if value is None:
        return None
    depth: NDArray[np.float64] = _rounded(value)
    if not np.isfinite(depth).all():
        raise ValueError("depth must be finite")
    depth.flags.writeable = False
    return depth


def _at_least(count: int) -> Any:
    def check(_instance: object, _attribute: object, value: NDArray[np.float64]) -> None:
        if len(value) < count:
            raise ValueError(f"needs at least {count} points, not {len(value)}")

    return check


class _Short:
    """A representation that names the number of points: there are dozens."""

    __slots__ = ()
    points: NDArray[np.float64]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({len(self.points)} points)"


def arc_length(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distance along a polyline from its first vertex to each vertex, (N,) float64, in pixels."""
    steps = np.hypot(*np.diff(points, axis=0).T)
    return np.concatenate(([0.0], np.cumsum(steps)))


@attrs.frozen(eq=True, repr=False)
class OpenCurve(_Short):
    """A line with two ends: the polyline through ``points``, sampled finely enough to look smooth.

    Attributes:
        points: (N, 2) float64, N >= 2, in pixels.
        depth: (N,) float64, the fraction of the foil's thickness at each point (0 the entrance surface, 1 the
            exit surface), or None where it is not known.
    """

    points: NDArray[np.float64] = attrs.field(converter=_points, validator=_at_least(2), eq=_same)
    depth: NDArray[np.float64] | None = attrs.field(default=None, converter=_depth, eq=_same)
    name: ClassVar[str] = "open curve"

    def __attrs_post_init__(self) -> None:
        if self.depth is not None and self.depth.shape != (len(self.points),):
            raise ValueError(f"depth must have one value per point, {len(self.points)}, not {self.depth.shape}")

    @property
    def length(self) -> float:
        """Length in pixels."""
        return float(arc_length(self.points)[-1])


@attrs.frozen(eq=True, repr=False)
class ClosedCurve(_Short):
    """A line without ends: the polygon through ``points``, its last vertex joined to its first.

    Attributes:
        points: (N, 2) float64, N >= 3, in pixels; the first is not repeated at the end.
    """

    points: NDArray[np.float64] = attrs.field(converter=_points, validator=_at_least(3), eq=_same)
    name: ClassVar[str] = "closed curve"

    @property
    def closed_points(self) -> NDArray[np.float64]:
        """The vertices with the first repeated at the end, (N + 1, 2)."""
        return np.concatenate((self.points, self.points[:1]))

    @property
    def length(self) -> float:
        """Length in pixels."""
        return float(arc_length(self.closed_points)[-1])


@attrs.frozen(eq=True, repr=False)
class Region(_Short):
    """An area: the inside of the polygon through ``points`` (even-odd rule).

    Attributes:
        points: (N, 2) float64, N >= 3, in pixels; the first is not repeated at the end.
    """

    points: NDArray[np.float64] = attrs.field(converter=_points, validator=_at_least(3), eq=_same)
    name: ClassVar[str] = "region"

    @property
    def area(self) -> float:
        """Area in square pixels (shoelace formula)."""
        x, y = self.points.T
        return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2)


Shape = OpenCurve | ClosedCurve | Region
SHAPES: dict[str, type[OpenCurve] | type[ClosedCurve] | type[Region]] = {
    cls.name: cls for cls in (OpenCurve, ClosedCurve, Region)
}


def ellipse(
    centre: tuple[float, float], semi_axes: tuple[float, float], angle: float = 0.0, count: int = 64
) -> ClosedCurve:
    """Return an ellipse as a closed curve of ``count`` vertices.

    Args:
        centre: in pixels.
        semi_axes: half of its two axes, in pixels.
        angle: direction of the first axis, in degrees from x towards y (clockwise as it is seen).
        count: how many vertices.
    """
    around = np.linspace(0, 2 * np.pi, count, endpoint=False)
    turn = np.radians(angle)
    first, second = np.array((np.cos(turn), np.sin(turn))), np.array((-np.sin(turn), np.cos(turn)))
    along, across = semi_axes[0] * np.cos(around), semi_axes[1] * np.sin(around)
    return ClosedCurve(np.asarray(centre) + along[:, None] * first + across[:, None] * second)


def circle(centre: tuple[float, float], radius: float, count: int = 64) -> ClosedCurve:
    """Return a circle as a closed curve of ``count`` vertices; centre and radius in pixels."""
    angles = np.linspace(0, 2 * np.pi, count, endpoint=False)
    return ClosedCurve(np.asarray(centre) + radius * np.stack((np.cos(angles), np.sin(angles)), axis=1))
