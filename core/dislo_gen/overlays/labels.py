"""Where a line's number stands: at one of its ends, off the lines and off the other numbers if there is room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs
import cairo
import numpy as np
from numpy.typing import NDArray

from dislo_gen.canvas import surface_array, trace_path
from dislo_gen.lettering import Font, font_of
from dislo_gen.shapes import OpenCurve, Shape, arc_length

Colour = tuple[int, int, int]
_Box = tuple[float, float, float, float]

_STEP = 4
"""Side, px, of the squares in which it is counted how much of a picture lines cover."""

_MOST_POINTS = 2000
_TURNS = np.radians((0, 45, -45, 90, -90, 135, -135))
_CROWDED = 0.15
"""Of a number's area: where others cover more of it, the confidence is left out."""


@attrs.frozen
class Label:
    """A text, where its middle lies in px, its colour and font."""

    text: str
    middle: tuple[float, float]
    colour: Colour
    font: Font


def place_labels(
    lines: Sequence[tuple[Shape, tuple[str, str], Colour]], size: tuple[int, int], text_size: int
) -> list[Label]:
    """Find a place for every line's text.

    Args:
        lines: shape in px of the picture, its text and a shorter one for where it is crowded, and its colour.
        size: width and height of the picture, px.
        text_size: of the font, px.

    Returns:
        A label for each line of which something lies in the picture, inside the picture if it fits into it.
    """
    font = font_of(text_size)
    covered = _Covered([shape for shape, _, _ in lines], size, text_size / 4)
    boxes: list[_Box] = []
    labels = []
    for shape, texts, colour in lines:
        for text in dict.fromkeys(texts):
            found = min(_places(shape, text, font, size, covered, boxes), default=None)
            if found is None or found[1] <= _CROWDED:
                break
        if found is not None:
            box = found[3]
            boxes.append(box)
            labels.append(Label(text, ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2), colour, font))
    return labels


def _places(
    shape: Shape, text: str, font: Font, size: tuple[int, int], covered: _Covered, taken: Sequence[_Box]
) -> Iterator[tuple[float, float, int, _Box]]:
    """Yield each place that a text might have: how bad it is, how much other texts cover it, and its box."""
    left, top, right, bottom = font.getbbox(text)
    width, height = right - left + 6, bottom - top + 6
    others = np.array(taken, dtype=float).reshape(-1, 4)
    order = 0
    for anchor, outward in _anchors(shape, size):
        angle = np.arctan2(outward[1], outward[0])
        for turn in _TURNS:
            towards = np.array((np.cos(angle + turn), np.sin(angle + turn)))
            distance = 3 + min(
                abs(half / part) if part else np.inf
                for half, part in zip((width / 2, height / 2), towards, strict=True)
            )
            for further in (0.0, height):
                wished = anchor + towards * (distance + further)
                middle = np.clip(wished, (width / 2, height / 2), np.subtract(size, (width / 2, height / 2)))
                box = (
                    float(middle[0] - width / 2),
                    float(middle[1] - height / 2),
                    float(middle[0] + width / 2),
                    float(middle[1] + height / 2),
                )
                over = _overlap(box, others) / (width * height)
                moved = float(np.hypot(*(wished - middle))) / height
                badness = (
                    2 * covered.fraction(box) + 4 * over + 0.4 * moved + 0.3 * further / height + 0.02 * order
                )
                yield round(badness, 6), over, order, box
                order += 1


def _anchors(shape: Shape, size: tuple[int, int]) -> Iterator[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Yield where on a shape a text may stand, and which way is outward there."""
    points = _sampled(shape)
    points = points[((points >= 0) & (points <= size)).all(axis=1)]
    if not len(points):
        return
    if isinstance(shape, OpenCurve):
        back = min(len(points) - 1, max(1, len(points) // 8))
        yield points[-1], points[-1] - points[-1 - back]
        yield points[0], points[0] - points[back]
        return
    middle = shape.points.mean(axis=0)
    for way in ((0, -1), (1, 0), (0, 1), (-1, 0)):
        point = points[int(np.argmax((points - middle) @ np.array(way, dtype=float)))]
        yield point, point - middle


def _sampled(shape: Shape) -> NDArray[np.float64]:
    """Return points all along a curve or outline, (N, 2): of a long straight part there may be its ends only."""
    points = shape.points if isinstance(shape, OpenCurve) else np.concatenate((shape.points, shape.points[:1]))
    along = arc_length(points)
    every = np.linspace(0, along[-1], int(min(along[-1] / _STEP, _MOST_POINTS)) + 2)
    return np.stack([np.interp(every, along, axis) for axis in points.T], axis=1)


def _overlap(box: _Box, others: NDArray[np.float64]) -> float:
    """Return the area, px, that boxes share with others."""
    width = np.minimum(box[2], others[:, 2]) - np.maximum(box[0], others[:, 0])
    height = np.minimum(box[3], others[:, 3]) - np.maximum(box[1], others[:, 1])
    return float(np.sum(np.maximum(width, 0) * np.maximum(height, 0)))


class _Covered:
    """How much of a picture lines cover, for any box at once, from sums over all that is above and left of it."""

    def __init__(self, shapes: Sequence[Shape], size: tuple[int, int], line_width: float) -> None:
        columns, rows = (-(-side // _STEP) for side in size)
        surface = cairo.ImageSurface(cairo.FORMAT_A8, columns, rows)
        context = cairo.Context(surface)
        context.scale(1 / _STEP, 1 / _STEP)
        context.set_line_width(line_width)
        for shape in shapes:
            trace_path(context, shape)
            context.stroke()
        sums = surface_array(surface).astype(np.float64).cumsum(axis=0).cumsum(axis=1) / 255
        self._sums = np.pad(sums, ((1, 0), (1, 0)))

    def fraction(self, box: _Box) -> float:
        """Return how much of a box is covered, 0 to 1."""
        rows, columns = self._sums.shape
        left, right = (int(np.clip(round(x / _STEP), 0, columns - 1)) for x in (box[0], box[2]))
        top, bottom = (int(np.clip(round(y / _STEP), 0, rows - 1)) for y in (box[1], box[3]))
        sums = self._sums
        inside = sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left]
        return float(inside / max(1, (right - left) * (bottom - top)))
