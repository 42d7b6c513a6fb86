"""How a loop shows: black-white lobes where it is small, two dark arcs where it is large.

A loop is seen through the bending of the planes around it, which is strongest beside its plane and vanishes
along a line (Hirsch et al., Electron Microscopy of Thin Crystals; Jenkins and Kirk, Characterization of
Radiation Damage by Transmission Electron Microscopy). Small loops near a surface show a black lobe beside a white
one, deeper ones a black dot; loops larger than the image of a line is wide show two arcs with the line of no
contrast between.
"""

from __future__ import annotations

from dislo_gen import Defect, Style

from dislo_gen_loops.ellipses import Ellipse

LOOP_LOBE = "loop lobe"
LOOP_ARC = "loop arc"
_ARC_HALF_WIDTH = 55.0


def lobes(loop: Ellipse, group: int, contrast: float, white: float, side: int) -> list[Defect]:
    """Return the lobes of a small loop.

    Args:
        loop: where it is.
        group: which loop it is.
        contrast: factor on the renderer's contrast.
        white: how strong the white lobe is against the black one; 0 leaves a black dot.
        side: on which side of the loop's plane the black lobe lies, 1 or -1.
    """
    apart = min(white, 1.0) * 0.7 * loop.short
    width = max(2.5, (2.3 - 1.3 * min(white, 1.0)) * loop.short)
    half_length = max(0.1, loop.long - 0.5 * width)
    black = Style(contrast=contrast, width_px=width)
    found = [Defect(LOOP_LOBE, loop.bar(side * apart, half_length), group, labelled=False, style=black)]
    if white > 0:
        bright = Style(contrast=-white * contrast, width_px=width)
        found.append(Defect(LOOP_LOBE, loop.bar(-side * apart, half_length), group, labelled=False, style=bright))
    return found


def arcs(loop: Ellipse, group: int, contrast: float, side: int) -> list[Defect]:
    """Return the two arcs of a large loop, one on either side of the line of no contrast, which is the long axis.

    Args:
        loop: where it is.
        group: which loop it is.
        contrast: factor on the renderer's contrast.
        side: which of the arcs is the stronger one, 1 or -1.
    """
    width = max(2.5, 0.65 * loop.short)
    return [
        Defect(
            LOOP_ARC,
            loop.arc(middle, _ARC_HALF_WIDTH),
            group,
            labelled=False,
            style=Style(contrast=contrast * share, width_px=width),
        )
        for middle, share in ((90.0 * side, 1.0), (-90.0 * side, 0.7))
    ]
