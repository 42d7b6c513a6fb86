"""What is seen on and around a precipitate besides its outline: moiré fringes and strain contrast.

Williams and Carter, Transmission Electron Microscopy, 2nd ed.: moiré patterns in ch. 23; the two lobes of a
coherent, misfitting particle and the line of no contrast between them in ch. 26, after Ashby and Brown (1963).
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from dislo_gen_voids.particles import Particle
from dislo_gen_voids.polygons import strip

_RESOLVED = 2.0  # px; a closer moiré pattern than this cannot be seen
_LOBE_POINTS = 32
_LOBE_GAP, _LOBE_SIZE = 0.12, 1.7  # half the gap between two lobes, and their reach, over the radius


def moire_stripes(particle: Particle, spacing: float) -> Iterator[NDArray[np.float64]]:
    """Yield moiré fringes across a particle's length: stripes half as wide as their distance of ``spacing`` px.

    A pattern too fine for the pixels has none.

    Yields:
        (N, 2) float64, polygons inside the particle's outline.
    """
    if spacing < _RESOLVED:
        return
    outline = particle.outline() - particle.centre
    reach = math.ceil(np.abs(outline @ particle.direction).max() / spacing)
    for n in range(-reach, reach + 1):
        stripe = strip(outline, particle.direction, (n - 0.25) * spacing, (n + 0.25) * spacing)
        if len(stripe) >= 3:
            yield particle.centre + stripe


def strain_lobes(particle: Particle, g: NDArray[np.float64]) -> Iterator[NDArray[np.float64]]:
    """Yield the halves of a "coffee bean" on either side of the line of no contrast, and their darker inner parts.

    Args:
        particle: what strains the matrix.
        g: (2,) float64, unit vector along the diffraction vector.

    Yields:
        (N, 2) float64, four polygons.
    """
    angles = np.linspace(-np.pi / 2, np.pi / 2, _LOBE_POINTS)
    for radius in (_radius(particle), 0.65 * _radius(particle)):  # darker towards the particle
        across = _LOBE_SIZE * radius * np.sin(angles)
        for side in (-1.0, 1.0):
            along = side * (_LOBE_GAP * _radius(particle) + _LOBE_SIZE * radius * np.cos(angles))
            yield particle.centre + along[:, None] * g + across[:, None] * _across(g)


def line_of_no_contrast(particle: Particle, g: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the line through the centre, across ``g``, where no displacement is seen, (2, 2) float64."""
    half = 0.8 * _LOBE_SIZE * _radius(particle) * _across(g)
    return np.stack((particle.centre - half, particle.centre + half))


def _radius(particle: Particle) -> float:
    return math.sqrt(particle.length * particle.thickness / math.pi)


def _across(g: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.array((-g[1], g[0]))
