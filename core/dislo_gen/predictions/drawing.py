"""A picture of predictions, drawn from its record: the picture with its lines, and what is written below."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dislo_gen.interfaces import Image
from dislo_gen.overlays import draw_overlay
from dislo_gen.overlays.pair import LARGEST
from dislo_gen.predictions.records import PredictionRecord


def draw_record(
    record: PredictionRecord, image: Image, *, largest: tuple[int, int] = (LARGEST, LARGEST), brief: bool = False
) -> NDArray[np.uint8]:
    """Draw a picture as it is and with its lines beside it, (H, W, 3) uint8; see `dislo_gen.draw_overlay`.

    Args:
        record: of the picture.
        image: the picture.
        largest: width and height of each of the two, at most, px.
        brief: without confidence, which nobody can read while a film runs.
    """
    return draw_overlay(
        image,
        record.scene,
        confidence=() if brief else record.confidence,
        pixel_size=record.pixel_size,
        caption=f"{place_of(record)}: {lines_in(record)}",
        largest=largest,
    )


def place_of(record: PredictionRecord) -> str:
    """Return which picture it is; of a film, which frame, from 0, and when it was taken."""
    if record.frames == 1:
        return record.name
    time = "" if record.time is None else f", {record.time:.6g} s"
    film = record.name.removesuffix(f"-{record.frame:06d}")
    return f"{film}, frame {record.frame} of {record.frames}{time}"


def lines_in(record: PredictionRecord) -> str:
    """Return how many lines there are, in words."""
    count = len(record.scene.labelled)
    return {0: "no line", 1: "1 line"}.get(count, f"{count} lines")
