"""How lines look over a picture: their colours, and sizes that suit the picture's own."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dislo_gen.scene import COMPANION_STYLES, Defect, Scene

# The first seven are Okabe and Ito's (2008), without black and a little brighter: told apart by people who see
# colours otherwise, too.
_COLOURS = (
    (255, 170, 0),
    (86, 190, 255),
    (0, 215, 150),
    (255, 240, 70),
    (255, 105, 30),
    (235, 130, 200),
    (60, 140, 255),
    (190, 255, 90),
    (175, 135, 255),
    (255, 90, 120),
    (0, 225, 230),
)

_FULL_SIZE = 900
"""Longer side, px, of the largest picture that screens show in full; in larger ones all is drawn larger."""

LINE_WIDTH = 1.5
LINE_OPACITY = 0.65
EDGE_WIDTH = 3.0
EDGE_OPACITY = 0.25
"""Of the dark edges that let bright lines be seen on a bright foil."""
TEXT_SIZE = 13
HALO = 1.6


def magnification(size: tuple[int, int]) -> float:
    """Return by which factor lines and texts are drawn larger in a picture of this width and height, px."""
    return max(1.0, max(size) / _FULL_SIZE)


def line_colour(number: int) -> tuple[int, int, int]:
    """Return the colour of the line with this number, RGB from 0 to 255; after eleven they come again."""
    return _COLOURS[number % len(_COLOURS)]


def text_colour(number: int) -> tuple[int, int, int]:
    """Return the colour of a line's number: the line's, a little paler, as strokes of letters are thin."""
    red, green, blue = (each + (255 - each) // 3 for each in line_colour(number))
    return red, green, blue


def is_companion(defect: Defect) -> bool:
    """Say whether a defect is what goes along with dislocations, and none that is to be found as a line."""
    return not defect.labelled or defect.kind in COMPANION_STYLES


def numbers_of(scene: Scene) -> list[int]:
    """Return each defect's number: its `id`, or its place in a scene that has not been given any; from 0."""
    ids = [defect.id for defect in scene]
    return ids if len(set(ids)) == len(ids) else list(range(len(ids)))


def eight_bits(image: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return grey values from 0 to 1 as 8 bits."""
    return np.round(np.clip(image, 0, 1) * np.float32(255)).astype(np.uint8)
