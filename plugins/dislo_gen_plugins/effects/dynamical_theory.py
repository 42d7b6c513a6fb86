"""The two-beam dynamical theory of a perfect crystal, as far as bright-field backgrounds need it."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from dislo_gen import Image


def bright_field(
    thickness: Image, deviation: float | Image, absorption: float, fringes: float | Image = 1.0
) -> NDArray[np.float32]:
    """Return the transmitted intensity of a foil, 1 for none.

    Hashimoto, Howie & Whelan, Proc. R. Soc. A 269 (1962) 80; Hirsch, Howie, Nicholson, Pashley & Whelan, Electron
    Microscopy of Thin Crystals, ch. 8 and 9. Without absorption it is 1 - sin^2(pi n) / (1 + w^2), Williams &
    Carter, Transmission Electron Microscopy, 2nd ed., ch. 13.

    Args:
        thickness: n, in effective extinction distances: from one fringe to the next it grows by 1.
        deviation: w, the deviation parameter s times the extinction distance; broadcast with ``thickness``.
        absorption: extinction distance over absorption length, taken to be the same for xi_0' and xi_g'.
        fringes: what beam convergence leaves of the interference of the two Bloch waves, 0 to 1.
    """
    turn = np.float32(2 * math.pi)
    root = np.sqrt(np.float32(1) + np.square(np.asarray(deviation, dtype=np.float32)))
    lean = deviation / root
    attenuation = np.multiply(thickness, turn * np.float32(absorption) / root, dtype=np.float32)
    # The Bloch wave that runs between the atoms is absorbed the less, and the one at the atoms the more.
    result = np.exp(attenuation * (1 / root - 1))
    result *= np.square((1 + lean) / 2)
    second = np.exp(attenuation * (-1 / root - 1))
    second *= np.square((1 - lean) / 2)
    result += second
    both = np.cos(np.multiply(thickness, turn, dtype=np.float32), out=second)
    both *= np.exp(np.negative(attenuation, out=attenuation), out=attenuation)
    both *= fringes / (2 * np.square(root))
    result += both
    return result
