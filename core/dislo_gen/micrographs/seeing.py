"""From a frame's values to the picture that is looked at, and the part of it that is the micrograph."""

from __future__ import annotations

from dislo_gen.micrographs.content import content_box
from dislo_gen.micrographs.facts import Values
from dislo_gen.micrographs.grey import Grey, to_grey

Box = tuple[int, int, int, int]


def see(values: Values) -> tuple[Grey, Box]:
    """Return a frame's grey values, (H, W) uint8 or uint16, and left, top, right, bottom of the micrograph, px."""
    grey = to_grey(values)
    return grey, content_box(grey)
