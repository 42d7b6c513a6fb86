"""Slip planes as they cross the image: a direction, two traces, and the band between them."""

from __future__ import annotations

import math

import attrs
import numpy as np
from numpy.typing import NDArray

from dislo_gen import COMPANION_STYLES, SLIP_TRACE, SLIPPED_BAND, Defect, OpenCurve, Region, Size

_BEYOND = 40.0  # how far traces run on outside the image, px


@attrs.frozen
class SlipSystem:
    """A slip direction (radians, clockwise from x) and the distance between the traces of its planes (px)."""

    angle: float
    width: float

    def plane(self, offset: float, size: Size) -> SlipPlane:
        """Return the plane that crosses the image at an offset (-1 to 1) from its centre."""
        along = np.array([math.cos(self.angle), math.sin(self.angle)])
        across = np.array([-along[1], along[0]])
        reach = (abs(across[0]) * size.width + abs(across[1]) * size.height) / 2
        centre = np.array(size.xy) / 2 + offset * reach * across
        low, high = -math.inf, math.inf
        for origin, step, side in zip(centre, along, size.xy, strict=True):
            if abs(step) > 1e-9:
                ends = sorted(((0 - origin) / step, (side - origin) / step))
                low, high = max(low, ends[0]), min(high, ends[1])
        return SlipPlane(centre + low * along, along, across, max(high - low, 0.0))


@attrs.frozen(eq=False)
class SlipPlane:
    """A slip plane in the image: where its middle line enters, its directions, and its length inside (px)."""

    origin: NDArray[np.float64]
    along: NDArray[np.float64]
    across: NDArray[np.float64]
    length: float

    def to_image(self, s: NDArray[np.float64], t: NDArray[np.float64]) -> NDArray[np.float64]:
        """Image coordinates of points at s along the middle line and t across it, (N, 2)."""
        return self.origin + np.multiply.outer(s, self.along) + np.multiply.outer(t, self.across)


def traces_and_band(
    plane: SlipPlane,
    width: float,
    head_u: NDArray[np.float64],
    head_v: NDArray[np.float64],
    forward: float,
    group: int,
) -> list[Defect]:
    """The two slip traces of a plane, across the whole image, and the band that the pileup has swept."""
    reach = width + _BEYOND  # a slanted band enters the image before its middle line does
    low, high = -reach, plane.length + reach
    defects = []
    tail = low if forward > 0 else high
    band_u = np.concatenate((head_u, [tail, tail]))
    band_v = np.concatenate((head_v, [width, 0.0]))
    band = Region(plane.to_image(band_u, band_v - width / 2))
    defects.append(Defect(SLIPPED_BAND, band, group, labelled=False, style=COMPANION_STYLES[SLIPPED_BAND]))
    for t in (-width / 2, width / 2):
        ends = plane.to_image(np.array([low, high]), np.array([t, t]))
        style = COMPANION_STYLES[SLIP_TRACE]
        defects.append(Defect(SLIP_TRACE, OpenCurve(ends), group, labelled=False, style=style))
    return defects
