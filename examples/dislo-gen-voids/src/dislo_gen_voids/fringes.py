"""Fresnel fringes: how wide they are, and how dark or bright, at the edge of something with another phase.

A thin object changes the phase of the electron wave, and a phase step shows only out of focus: as a bright and a
dark fringe on either side of the edge, which change places between underfocus and overfocus (Williams and Carter,
Transmission Electron Microscopy, 2nd ed., ch. 23; for voids Jenkins and Kirk, Characterization of Radiation Damage
by Transmission Electron Microscopy, ch. 7).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

# What partial coherence leaves of the fringes falls off with their distance from the edge; at this distance,
# over the fringe width, it is 1/e. Of the second fringe less than half is left.
_COHERENCE = 1.1
# Between these distances from a straight edge, over the fringe width, lie the first and the second fringe: they
# are zeros of the coherent profile. The surface of a cavity is curved: in the calculated image of a sphere with a
# small phase shift, the first fringe reaches farther in, and fades out towards the centre with its sign kept.
_FIRST, _SECOND, _INSIDE = 0.89, 1.42, 1.2
_FADING, _FADED = 2.4, -0.3  # how far in it fades, and its contrast there
_BORDERS = (-_FADING, -_INSIDE, 0.0, _FIRST, _SECOND)
_FINE = 5.0  # px; a first fringe of at least this width is drawn in steps
_FINE_BORDERS = (-_FADING, -_INSIDE, -0.24, 0.0, 0.24, 0.6, _FIRST, _SECOND)


def wavelength(voltage: float) -> float:
    """Relativistic wavelength in nm of electrons accelerated by ``voltage`` kV (Williams and Carter, eq. 1.6)."""
    volts = 1000 * voltage
    return 1.226426 / math.sqrt(volts * (1 + 0.9784755e-6 * volts))


def fringe_width(voltage: float, defocus: float) -> float:
    """Width in nm of the first fringe, the square root of the wavelength times the defocus (nm, either sign)."""
    return math.sqrt(wavelength(voltage) * abs(defocus))


def edge_profile(distance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fringe contrast at a phase step, from -1 to 1: odd, positive in the first fringe at positive distances.

    For a small phase step the image is the difference of the two Fresnel integrals, S(u) - C(u) with
    ``u = sqrt(2) * distance``; its first fringe is strongest at half the fringe width from the edge. Farther
    fringes are damped as by partial coherence.

    Args:
        distance: (...) float64, distance from the edge over the fringe width.

    Returns:
        (...) float64.
    """
    return np.interp(distance, *_PROFILE)


def _tabulate() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    x = np.linspace(0, 4, 4001)
    phase = np.pi * x**2  # pi u**2 / 2
    slope = np.cos(phase) - np.sin(phase)
    integral = np.concatenate(([0.0], np.cumsum((slope[1:] + slope[:-1]) / 2)))
    profile = integral * np.exp(-((x / _COHERENCE) ** 2))
    profile /= profile.max()
    return np.concatenate((-x[:0:-1], x)), np.concatenate((-profile[:0:-1], profile))


_PROFILE = _tabulate()


def fringe_bands(
    radii: NDArray[np.float64], width: float, defocus: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Fringes of cavities as bands of even contrast: the edge on this side and the opposite one added up.

    Underfocus (negative defocus) makes the inside bright and puts a dark fringe around it, overfocus the reverse.

    Args:
        radii: (N,) float64, px.
        width: width of the first fringe, px.
        defocus: only its sign counts, and at 0 there are no bands.

    Returns:
        edges: (N, B + 1) float64, ascending distances from the outline in px, positive outside; none lies
            farther inside than the centre, so that the inner bands of a small cavity are empty.
        contrast: (N, B) float64, of each band; positive dark, and 1 for the strongest fringe of a straight edge.
    """
    if not defocus or not width:
        return np.zeros((len(radii), 1)), np.zeros((len(radii), 0))
    borders = np.array(_FINE_BORDERS if width >= _FINE else _BORDERS)
    edges = np.maximum(borders * width, -radii[:, None])
    middle = (edges[:, 1:] + edges[:, :-1]) / 2
    contrast = edge_profile(middle / width) + edge_profile((-2 * radii[:, None] - middle) / width)
    contrast[middle < -_INSIDE * width] = _FADED
    return edges, -math.copysign(1, defocus) * contrast
