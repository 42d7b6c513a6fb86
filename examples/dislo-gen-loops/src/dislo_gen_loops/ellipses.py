"""A loop as it is seen: a circle on an inclined plane, an ellipse in the picture."""

from __future__ import annotations

import attrs
import numpy as np
from dislo_gen import ClosedCurve, OpenCurve, ellipse
from numpy.typing import NDArray

_VERTICES = 72


@attrs.frozen
class Ellipse:
    """An ellipse in the picture.

    Attributes:
        x: centre, in pixels.
        y: centre, in pixels.
        long: half of the long axis, in pixels.
        short: half of the short axis, in pixels.
        angle: direction of the long axis, in degrees from x towards y.
    """

    x: float
    y: float
    long: float
    short: float
    angle: float

    @property
    def along(self) -> NDArray[np.float64]:
        """Unit vector of the long axis, (2,)."""
        return np.array((np.cos(np.radians(self.angle)), np.sin(np.radians(self.angle))))

    @property
    def across(self) -> NDArray[np.float64]:
        """Unit vector of the short axis, (2,)."""
        return np.array((-np.sin(np.radians(self.angle)), np.cos(np.radians(self.angle))))

    def outline(self) -> ClosedCurve:
        """Return the whole ellipse."""
        return ellipse((self.x, self.y), (self.long, self.short), self.angle, _VERTICES)

    def arc(self, middle: float, half_width: float) -> OpenCurve:
        """Return a part of the ellipse, ``half_width`` degrees to either side of ``middle`` from the long axis."""
        turns = np.radians(np.linspace(middle - half_width, middle + half_width, 24))
        return OpenCurve(self._from_centre(self.long * np.cos(turns), self.short * np.sin(turns)))

    def bar(self, offset: float, half_length: float) -> OpenCurve:
        """Return a line along the long axis, ``offset`` px off the centre, bent a little like the outline."""
        t = np.linspace(-1, 1, 9)
        bend = offset * (1 - 0.25 * t**2)
        return OpenCurve(self._from_centre(half_length * t, bend))

    def _from_centre(self, along: NDArray[np.float64], across: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return points, (N, 2) in pixels, so far along the long axis and the short one."""
        centre = np.array((self.x, self.y))
        return centre + along[:, None] * self.along + across[:, None] * self.across
