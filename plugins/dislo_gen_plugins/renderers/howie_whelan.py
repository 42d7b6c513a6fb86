"""Two-beam diffraction of a column of crystal: the Howie-Whelan equations with anomalous absorption.

Lengths are in extinction distances ξ_g. Hirsch, Howie, Nicholson, Pashley and Whelan, Electron Microscopy of Thin
Crystals (1977), chapters 8 to 10; Williams and Carter, Transmission Electron Microscopy (2009), chapters 13 and
24 to 27.
"""

from __future__ import annotations

import cmath
import itertools
import math
from collections.abc import Iterable
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from dislo_gen_plugins.renderers.displacement import StraightDislocation

STEP = 0.025
"""Thickness of the slabs a column is divided into; at half of it no intensity differs by more than 0.005."""


@attrs.frozen
class TwoBeam:
    """How the foil is set up.

    Attributes:
        thickness: t / ξ_g.
        deviation: w = s ξ_g, dimensionless.
        absorption: ξ_g / ξ'_g, which is taken for the mean absorption ξ_g / ξ'_0 as well.
    """

    thickness: float
    deviation: float = 0.0
    absorption: float = 0.1

    def perfect(self) -> tuple[float, float]:
        """Return the intensities I_0 and I_g below a perfect crystal, in closed form.

        Without absorption I_g = sin²(π t σ) / σ² with σ² = 1 + w² (Hirsch et al. equation 8.22).
        """
        matrix = _slab(self.thickness, self.deviation, self.absorption)
        return abs(matrix[0]) ** 2, abs(matrix[1]) ** 2


def _slab(thickness: float, deviation: float, absorption: float) -> tuple[complex, complex, complex]:
    """Return what a slab of perfect crystal does to (φ_0, φ_g): its matrix ((a, b), (b, c))."""
    coupling = 1 + 1j * absorption
    root = cmath.sqrt(deviation**2 + coupling**2)
    angle = math.pi * thickness * root
    common = cmath.exp(math.pi * thickness * (1j * deviation - absorption))
    cosine, sine = cmath.cos(angle) * common, cmath.sin(angle) / root * common
    return cosine - 1j * deviation * sine, 1j * coupling * sine, cosine + 1j * deviation * sine


def column_intensities(
    foil: TwoBeam,
    dislocation: StraightDislocation,
    distance: NDArray[np.float64],
    depth: NDArray[np.float64],
    step: float = STEP,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the intensities I_0 and I_g below columns beside a dislocation.

    Args:
        foil: thickness, deviation, absorption.
        dislocation: what lies in it.
        distance: (D,) distances from the line's projection, to the side of the displacement's x axis.
        depth: (Z,) depths of the line below the entrance surface where each column passes it; those outside the
            foil belong to the line's continuation.
        step: the slabs' largest thickness.

    Returns:
        I_0 and I_g, each (D, Z) float64, over the incident intensity.
    """
    slabs = max(1, math.ceil(foil.thickness / step))
    edges = foil.thickness / slabs * np.arange(slabs + 1)
    phases = (dislocation.phase(distance[:, None], edge - depth[None, :]) for edge in edges)
    return integrate(foil, slabs, (phase_factor(above, below) for above, below in itertools.pairwise(phases)))


def depth_series_intensities(
    foil: TwoBeam,
    dislocation: StraightDislocation,
    distance: NDArray[np.float64],
    beyond: float,
    step: float = STEP,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return the same for lines at every depth, several times as fast: all pass through the same displacements.

    Head et al., Computed Electron Micrographs and Defect Identification (1973), chapter 4, have the idea.

    Args:
        foil: as for `column_intensities`.
        dislocation: the same.
        distance: the same.
        step: the same.
        beyond: how far above the entrance and below the exit surface lines are wanted.

    Returns:
        The depths, (Z,) float64, evenly spaced by two slabs, and I_0 and I_g, each (D, Z) float64.
    """
    pairs = max(1, math.ceil(foil.thickness / (2 * step)))
    slabs, outside = 2 * pairs, math.ceil(beyond * pairs / foil.thickness)
    thickness = foil.thickness / slabs
    depths = 2 * thickness * np.arange(-outside, pairs + outside + 1, dtype=np.float64)
    # Slabs by their depth below a line: the deepest line sees the first slab highest above itself.
    highest = 2 * (pairs + outside)
    edges = thickness * np.arange(-highest, slabs + 2 * outside + 1, dtype=np.float64)
    phases = dislocation.phase(distance[:, None], edges[None, :])
    factors = phase_factor(phases[:, :-1], phases[:, 1:])
    across_depths = (factors[:, slab : slab + highest + 2 * outside + 1 : 2][:, ::-1] for slab in range(slabs))
    return depths, *integrate(foil, slabs, across_depths)


def phase_factor(above: NDArray[np.float64], below: NDArray[np.float64]) -> NDArray[np.complex128]:
    """Return what the change of g·R across a slab does to φ_g."""
    factor: NDArray[np.complex128] = np.exp(2j * math.pi * (below - above))
    return factor


def integrate(
    foil: TwoBeam, slabs: int, factors: Iterable[NDArray[np.complex128]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Pass the waves through a stack of slabs and return I_0 and I_g.

    The equations, for φ_g with its phase 2π(sz + g·R) taken in, are::

        dφ_0/dz = -π/ξ'_0 φ_0 + πi (1/ξ_g + i/ξ'_g) φ_g
        dφ_g/dz = -π/ξ'_0 φ_g + πi (1/ξ_g + i/ξ'_g) φ_0 + 2πi (s + d(g·R)/dz) φ_g

    Half a slab is passed as perfect crystal, exactly; then the whole change of g·R across it, at once; then the
    other half (Strang's splitting, whose error falls with the square of the slab's thickness). Every column is
    integrated by itself, all of them at the same time.

    Args:
        foil: thickness, deviation, absorption.
        slabs: how many there are.
        factors: the `phase_factor` of each slab from the entrance surface on, one element per column.
    """
    first, mixed, second = _slab(foil.thickness / slabs, foil.deviation, foil.absorption)
    half_first, half_mixed, half_second = _slab(foil.thickness / slabs / 2, foil.deviation, foil.absorption)
    transmitted: Any = half_first
    diffracted: Any = half_mixed
    for slab, factor in enumerate(factors):
        if slab:
            # Two half slabs of perfect crystal, one above the other, are a whole one.
            through = first * transmitted
            through += mixed * diffracted
            diffracted *= second
            diffracted += mixed * transmitted
            transmitted = through
        diffracted = diffracted * factor
    emerging = half_first * transmitted + half_mixed * diffracted
    scattered = half_mixed * transmitted + half_second * diffracted
    return np.abs(emerging) ** 2, np.abs(scattered) ** 2
