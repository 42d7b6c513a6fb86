"""What a transmission electron microscope shows of a loop.

Small loops are black dots, or pairs of a black and a white lobe where they lie near a surface; large ones are two
arcs with a line of no contrast between them. See P. B. Hirsch et al., *Electron Microscopy of Thin Crystals*
(Krieger, 1977), and M. L. Jenkins and M. A. Kirk, *Characterization of Radiation Damage by Transmission Electron
Microscopy* (IoP, 2001). Everything here is an area of a stated size, whatever line width a renderer has: soft edges
are made of areas laid over each other, each a little darker than what lies below.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from dislo_gen import Region, Style

from dislo_gen_loops.ellipses import Outline, Points

Layers = Iterator[tuple[Region, Style]]

# Radii at which a Gaussian of half height at 1 has lost a tenth, three tenths and so on of its height, from the
# outside inwards, and what each area adds. It adds more inwards: paint covers what lies below, ink adds to it.
_RADII = (1.82, 1.32, 1.0, 0.72, 0.39)
_SHARES = (0.16, 0.22, 0.28, 0.32, 0.38)
_ARC_SPAN = math.radians(72)  # half the angle of an arc


def dot(outline: Outline, strength: float, core: Points) -> Layers:
    """A black dot that fades outwards, half as dark on the outline as in its core.

    Args:
        outline: of the loop.
        strength: factor on the renderer's contrast.
        core: (2,) where the darkest place lies, in px from the centre.
    """
    outermost = _RADII[0]
    for radius, share in zip(_RADII, _SHARES, strict=True):
        shift = core * (1 - radius / outermost)
        yield Region(outline.around(radius) + shift), Style(contrast=strength * share)


def lobes(outline: Outline, burgers: Points, strength: float) -> Layers:
    """A black and a white lobe on either side of the line through the centre normal to ``burgers``.

    Args:
        outline: of the loop.
        burgers: (2,) unit vector along the projected Burgers vector, towards the black lobe.
        strength: factor on the renderer's contrast.
    """
    for side, part in ((-1.0, -0.75), (1.0, 1.0)):  # the white one is the weaker
        middle = outline.towards(side * burgers)
        angles = np.linspace(middle - np.pi / 2, middle + np.pi / 2, outline.vertices(np.pi, 1.5))
        half = outline.at(angles)
        heart = outline.at([middle], 0.42)[0]
        for radius, share in zip(_RADII, _SHARES, strict=True):
            yield Region(heart + 0.85 * radius * (half - heart)), Style(contrast=strength * part * share)


def double_arc(outline: Outline, g: Points, strength: float, width: float) -> Layers:
    """Two dark arcs on either side of the line through the centre normal to ``g``, and a grey fault between them.

    Args:
        outline: of the loop.
        g: (2,) unit vector along the diffraction vector.
        strength: factor on the renderer's contrast.
        width: full width at half maximum of an arc, px.
    """
    yield Region(outline.around()), Style(contrast=0.12 * strength)
    for side in (-1.0, 1.0):
        middle = outline.towards(side * g)
        for radius, share in zip(_RADII, _SHARES, strict=True):
            span = _ARC_SPAN * (0.6 + 0.4 * radius / _RADII[0])
            yield Region(_crescent(outline, middle, span, radius * width / 2)), Style(contrast=strength * share)


def _crescent(outline: Outline, middle: float, span: float, half_width: float) -> Points:
    """Return an arc of finite width that runs out into points at its ends, (N, 2), px."""
    t = np.linspace(-1, 1, outline.vertices(2 * span))
    line = outline.at(middle + span * t)
    reach = half_width * np.sqrt(np.maximum(1 - t**2, 0)) / np.maximum(np.hypot(*(line - outline.centre).T), 1e-3)
    outer = outline.at(middle + span * t, 1 + reach)
    inner = outline.at(middle + span * t[-2:0:-1], np.maximum(1 - reach[-2:0:-1], 0.05))
    return np.concatenate((outer, inner))
