"""From channels to lines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from dislo_gen.component import component
from dislo_gen.component_tables import register_table
from dislo_gen.instances.joining import join_pieces
from dislo_gen.instances.line import FoundLine
from dislo_gen.instances.pieces import drop_contained, drop_duplicates, find_pieces
from dislo_gen.markers import Help, Range, Unit

_CONTAINED = 0.7
"""A piece of which so much lies inside a larger one of another channel is that line again."""


@component
class Finding:
    """How lines are put together from channels.

    Lengths are in pixels of a picture whose longer side is scaled to 512: they mean the same at every size.
    """

    threshold: Annotated[float, Range(0.01, 0.99), Help("probability from which a pixel belongs to a line")] = 0.5
    confidence: Annotated[float, Range(0, 1), Help("lines with a smaller mean probability are dropped")] = 0.0
    duplicate: Annotated[
        float, Range(0, 1), Help("Dice loss below which two channels hold the same line; the more confident stays")
    ] = 0.5
    shortest: Annotated[float, Unit("px of 512"), Range(0, 512), Help("shorter lines are dropped")] = 12.0
    gap: Annotated[
        float,
        Unit("px of 512"),
        Range(0, 512),
        Help("widest gap over which pieces are joined; within a channel twice"),
    ] = 24.0
    angle: Annotated[
        float, Unit("°"), Range(0, 180), Help("largest angle between the ends of pieces and what joins them")
    ] = 40.0


register_table(Finding, "finding")


def find_lines(probabilities: NDArray[np.float32], finding: Finding | None = None) -> tuple[FoundLine, ...]:
    """Put lines together from a network's channels.

    Args:
        probabilities: (N, H, W) float32 from 0 to 1.
        finding: how; by default as usual.

    Returns:
        The lines, the most confident first.
    """
    finding = finding or Finding()
    if not probabilities.size:
        return ()
    scale = max(probabilities.shape[1:]) / 512
    channels = drop_duplicates(probabilities, finding.threshold, finding.duplicate)
    # A line of this length and two pixels wide; shorter ones may still be joined to a longer one.
    smallest = max(3, round(finding.shortest * scale))
    pieces = drop_contained(find_pieces(probabilities, channels, finding.threshold, smallest), _CONTAINED)
    lines = join_pieces(pieces, finding.gap * scale, finding.angle)
    return keep_lines(lines, finding, scale)


def keep_lines(lines: Iterable[FoundLine], finding: Finding, scale: float) -> tuple[FoundLine, ...]:
    """Return the lines that are long and certain enough, the most confident first.

    Args:
        lines: that were found.
        finding: says what is enough.
        scale: the picture's longer side over 512.
    """
    enough = (
        line
        for line in lines
        if line.curve.length >= finding.shortest * scale and line.confidence >= finding.confidence
    )
    return tuple(sorted(enough, key=lambda line: -line.confidence))
