"""The displacement around a straight dislocation, as diffraction sees it."""

from __future__ import annotations

import math

import attrs
import numpy as np
from numpy.typing import NDArray

# Linear elasticity fails in the core; within this distance (in extinction distances) the logarithm is held.
_CORE = 0.01


@attrs.frozen
class StraightDislocation:
    """A straight dislocation in an isotropic crystal, as it lies in the foil.

    Axes, looking along the line's direction u: ``x`` lies in the plane of the foil, ``y`` points into the foil;
    they are perpendicular to u, so that a point at the distance d beside the line's projection, and the depth h
    below the line, has x = d and y = h sin(inclination).

    Attributes:
        g_dot_b: g·b, the order of the image; a whole number for a perfect dislocation.
        g_dot_b_edge: g·b_e, where b_e is the edge component of b.
        g_dot_b_cross_u: g·(b×u).
        inclination: angle between the line and the beam in degrees; 90 is a line parallel to the surfaces.
        slip_plane: angle of the slip plane to the x axis, about u, in degrees.
        poisson: Poisson's ratio.
    """

    g_dot_b: float = 1.0
    g_dot_b_edge: float = 0.0
    g_dot_b_cross_u: float = 0.0
    inclination: float = 90.0
    slip_plane: float = 0.0
    poisson: float = 0.3

    @property
    def invisible(self) -> bool:
        """Whether no displacement lies along g: the line shows no contrast."""
        return not (self.g_dot_b or self.g_dot_b_edge or self.g_dot_b_cross_u)

    def phase(self, distance: NDArray[np.float64], depth_below: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return g·R at points beside and below the line, of the two arrays' broadcast shape.

        Equation (7.28) of Hirsch et al., Electron Microscopy of Thin Crystals (1977), for a mixed dislocation::

            2π g·R = g·b Φ + g·b_e sin 2Φ / (4(1-ν)) + g·(b×u) ((1-2ν)/(2(1-ν)) ln r + cos 2Φ / (4(1-ν)))

        Φ is the angle about the line from its slip plane. It jumps by a whole turn above the line, where g·R jumps
        by g·b and the waves do not notice.

        Args:
            distance: beside the line's projection; lengths are in any unit, the same for both.
            depth_below: below the line, at the same place.
        """
        x, y = np.broadcast_arrays(distance, depth_below * math.sin(math.radians(self.inclination)))
        # From straight below the line, so that the jump lies straight above it.
        total: NDArray[np.float64] = -self.g_dot_b * np.arctan2(x, y)
        if self.g_dot_b_edge or self.g_dot_b_cross_u:
            turn = math.radians(self.slip_plane)
            along = x * math.cos(turn) + y * math.sin(turn)
            normal = y * math.cos(turn) - x * math.sin(turn)
            squared = np.maximum(along**2 + normal**2, _CORE**2)
            stiffness = 4 * (1 - self.poisson)
            total += self.g_dot_b_edge * 2 * along * normal / squared / stiffness
            dilation = (1 - 2 * self.poisson) * np.log(squared) + (along**2 - normal**2) / squared
            total += self.g_dot_b_cross_u * dilation / stiffness
        total /= 2 * math.pi
        return total
