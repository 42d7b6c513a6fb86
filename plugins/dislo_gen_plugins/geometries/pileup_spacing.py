"""Where the dislocations of a pileup stand along the slip direction."""

from __future__ import annotations

import functools

import numpy as np
import scipy
from numpy.typing import NDArray


@functools.lru_cache(maxsize=64)
def _unit_equilibrium(count: int) -> NDArray[np.float64]:
    # L_n'(x) = -L^(1)_{n-1}(x): the free dislocations stand at the zeros of the derivative.
    free, _ = scipy.special.roots_genlaguerre(count - 1, 1)
    return np.concatenate(([0.0], np.asarray(free, dtype=np.float64)))


def equilibrium_positions(count: int, mean_spacing: float) -> NDArray[np.float64]:
    """Return the equilibrium positions of a pileup of equal dislocations against a locked one.

    Under a uniform stress the ``count - 1`` free dislocations behind a locked leader stand at the zeros of
    ``L_n'(x)``, the derivative of the n-th Laguerre polynomial, where n is ``count`` (Eshelby, Frank and
    Nabarro, Philosophical Magazine 42, 351, 1951). Spacings grow from the head to the tail.

    Args:
        count: number of dislocations, the leader included, at least 1.
        mean_spacing: mean distance between neighbours in pixels; it sets the scale (the stress).

    Returns:
        (count,) float64, ascending distances behind the leader in pixels.
    """
    if count < 2:
        return np.zeros(count)
    positions = _unit_equilibrium(count)
    scale = mean_spacing * (count - 1) / float(positions[-1])
    return positions * scale


def free_positions(gaps: NDArray[np.float64], growth: float) -> NDArray[np.float64]:
    """Return positions from drawn gaps that grow from the head to the tail.

    Args:
        gaps: (count - 1,) distances between neighbours in pixels, head first.
        growth: the last gap over the first one, all else equal; the gaps' geometric mean stays as it is.

    Returns:
        (count,) float64, ascending distances behind the leader in pixels.
    """
    if len(gaps) > 1:
        gaps = gaps * np.power(growth, np.linspace(0, 1, len(gaps)) - 0.5)
    return np.concatenate(([0.0], np.cumsum(gaps)))


def pair_gaps(gaps: NDArray[np.float64], closeness: float) -> NDArray[np.float64]:
    """Make every other gap, from the head on, ``closeness`` times as wide: dislocations that move in pairs.

    Pairs are what short-range order does (Saada et al., Philosophical Magazine 84, 807, 2004).
    """
    paired = gaps.copy()
    paired[::2] *= closeness
    return paired
