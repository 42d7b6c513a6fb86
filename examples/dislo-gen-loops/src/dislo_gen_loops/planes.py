"""The four {111} planes of a cubic crystal, as the beam sees them."""

from __future__ import annotations

import math

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

NORMALS: NDArray[np.float64] = np.array([(1, 1, 1), (-1, 1, 1), (1, -1, 1), (1, 1, -1)]) / math.sqrt(3)
"""Unit normals of {111} in the axes of the crystal, (4, 3)."""

BEAMS = {"001": (0.0, 0.0, 1.0), "011": (0.0, 1.0, 1.0), "111": (1.0, 1.0, 1.0), "112": (1.0, 1.0, 2.0)}
"""Directions along which loops are usually imaged."""


def seen_along(beam: str, rotation: float, rng: Generator) -> NDArray[np.float64]:
    """Return the normals of {111} in the axes of the image.

    A loop of normal (x, y, z) projects to an ellipse whose short axis points along (x, y) and is |z| times as
    long as the long one.

    Args:
        beam: a key of `BEAMS`, or "any" for a direction drawn evenly from the sphere.
        rotation: angle in degrees by which the crystal is turned about the beam.
        rng: draws the direction.

    Returns:
        (4, 3) float64, unit vectors: x to the right, y down, z along the beam.
    """
    z = rng.standard_normal(3) if beam == "any" else np.array(BEAMS[beam])
    z = z / np.linalg.norm(z)
    aside = np.eye(3)[np.argmin(np.abs(z))]
    x = np.cross(aside, z)
    x /= np.linalg.norm(x)
    y = np.cross(z, x)
    turn = math.radians(rotation)
    axes = np.stack((math.cos(turn) * x + math.sin(turn) * y, math.cos(turn) * y - math.sin(turn) * x, z))
    return NORMALS @ axes.T
