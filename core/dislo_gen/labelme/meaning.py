"""What a person's labels mean: shapes, kinds and groups."""

from __future__ import annotations

import re
import string
from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dislo_gen.errors import DatasetError, shown
from dislo_gen.labelme.format import LabelledShape
from dislo_gen.scene import COMPANION_STYLES, DISLOCATION, SLIP_TRACE, Defect, Scene, Style
from dislo_gen.shapes import DECIMALS, ClosedCurve, OpenCurve, Region, Shape, arc_length, circle

PolygonsAs = Literal["auto", "lines", "regions"]
"""What polygons are: open "lines", to which the closing chord does not belong, "regions", or each by `is_line`."""

SKIPPED = ("point", "points", "mask")
"""Shape types that are passed over: they are neither curves nor outlines."""

RESERVED = (
    *("ignore", "ignored", "ignore region", "ignore area", "background", "bg"),
    *("unclear", "uncertain", "unsure", "dont care", "don't care", "do not care"),
    *("scale bar", "scalebar", "scale", "ruler", "text", "label", "legend", "caption", "annotation", "title"),
    *(
        "arrow",
        "border",
        "title bar",
        "info bar",
        "infobar",
        "logo",
        "watermark",
        "date",
        "timestamp",
        "time stamp",
    ),
)
"""Labels that name no defect: labelme's own two (``__ignore__``, ``_background_``), places that nobody can tell,
and what is written into pictures. They are left out."""

_OTHER_NAMES = {
    "": DISLOCATION,
    "dislocations": DISLOCATION,
    "group": DISLOCATION,
    "pile up": DISLOCATION,
    "pileup": DISLOCATION,
    "slip traces": SLIP_TRACE,
    "trace": SLIP_TRACE,
    "traces": SLIP_TRACE,
}
_LENGTH = re.compile(r"\d+([.,]\d+)? ?(nm|[uµμ]m|å|pm|mm)")
_AT_THE_END = string.digits + string.whitespace + "_-"
_LONG_CHORD = 1.5
_FLAT = 0.04


def kind_of_label(label: str) -> str:
    """Return the kind of a defect that a person called so.

    Numbers at the end are left out, ``_`` and ``-`` stand for spaces, and capitals do not matter: "dislocation_3"
    is a dislocation and "Slip_Trace" a slip trace. A number alone is a dislocation, and so is a pileup's name
    ("pileup2"). Any other label is a kind of its own.
    """
    words = re.sub(r"[_\-\s]+", " ", label.rstrip(_AT_THE_END)).strip().lower()
    return _OTHER_NAMES.get(words, words)


def chosen_kinds(labels: str | Sequence[str]) -> tuple[str, ...]:
    """Return the kinds that a person chooses, each once: several in one text have commas between them.

    Raises:
        DatasetError: a text names none.
    """
    chosen: dict[str, None] = {}
    for text in (labels,) if isinstance(labels, str) else labels:
        names = [name for name in str(text).split(",") if name.strip()]
        if not names:
            raise DatasetError(f"labels: {shown(str(text))} names no label; write such as dislocation,loop")
        chosen.update(dict.fromkeys(map(kind_of_label, names)))
    return tuple(chosen)


def is_reserved(kind: str) -> bool:
    """Say whether a kind is the name of something that is no defect; "scale bar 200 nm" and "200 nm" are, too."""
    name = kind.strip(" ?!.,;:()[]")
    known = name in RESERVED or name.removesuffix("s") in RESERVED
    return known or bool(re.match(r"scale ?bar\b", name) or _LENGTH.fullmatch(name))


def is_dropped(shape: LabelledShape, labels: Sequence[str] = ()) -> bool:
    """Say whether a shape is left out for its label's sake; one that is chosen by name is not."""
    kind = kind_of_label(shape.label)
    return is_reserved(kind) and kind not in labels


def scene_of(
    shapes: Sequence[LabelledShape], polygons_as: PolygonsAs = "auto", labels: Sequence[str] = ()
) -> Scene:
    """Return what the shapes stand for, those in `SKIPPED` and those that are dropped left out.

    Slip traces are what a network must learn to ignore: they have no mask. Nor has any other kind where
    ``labels`` names those to be found, and theirs is not among them. Shapes with the same ``group_id``
    are one group; without one, those with the same label are.

    Raises:
        ValueError: a shape is impossible; the message begins with its place in the file.
    """
    used = [shape for shape in shapes if shape.type not in SKIPPED and not is_dropped(shape, labels)]
    groups = _groups(used)
    defects = []
    for number, shape in enumerate(used):
        kind = kind_of_label(shape.label)
        try:
            meant = shape_of(shape, polygons_as)
        except ValueError as error:
            raise ValueError(f"{shape.place}: {error}") from None
        labelled, style = kind not in COMPANION_STYLES, COMPANION_STYLES.get(kind, Style())
        if labels:
            labelled = kind in labels
        defects.append(Defect(kind, meant, groups[number], labelled, style, id=number))
    return Scene(defects)


def shape_of(shape: LabelledShape, polygons_as: PolygonsAs = "auto") -> Shape:
    """Return the curve or area that a shape stands for.

    A ``linestrip`` and a ``line`` are open curves, or a closed one if they end where they begin. A ``circle`` is
    a closed curve, or a region if polygons are; rectangles are regions. A ``polygon`` is what ``polygons_as``
    says; one that ends where it begins is closed in any case.

    Raises:
        ValueError: it is impossible, or labelme has no such shape.
    """
    points = shape.points
    match shape.type:
        case "linestrip" | "line":
            return _line(points)
        case "polygon":
            return _polygon(shape, polygons_as)
        case "rectangle" | "oriented_rectangle":
            return _rectangle(points)
        case "circle":
            return _circle(points, polygons_as)
    raise ValueError(f"shape_type: there is no shape '{shape.type}' in labelme")


def is_line(points: NDArray[np.float64]) -> bool:
    """Say whether a polygon, (N, 2) in px, was meant as an open line.

    It was if its closing chord is more than 1.5 times as long as the longest of its other edges: who outlines
    an area comes back to where they began. It was, too, if it is flatter than a rectangle 75 times as long as
    it is wide, so that no area can have been meant.
    """
    if len(points) < 3:
        return True
    edges = np.diff(arc_length(points))
    chord = float(np.hypot(*(points[0] - points[-1])))
    if chord > _LONG_CHORD * edges.max():
        return True
    perimeter = float(edges.sum()) + chord
    return 4 * np.pi * Region(points).area < _FLAT * perimeter**2


def _line(points: NDArray[np.float64]) -> OpenCurve | ClosedCurve:
    points = _without_repetitions(points)
    if len(points) > 3 and np.array_equal(points[0], points[-1]):
        return ClosedCurve(points[:-1])
    if len(points) < 2:
        raise ValueError("points: a line needs two points that differ")
    return OpenCurve(points)


def _polygon(shape: LabelledShape, polygons_as: PolygonsAs) -> Shape:
    points = _without_repetitions(shape.points)
    closed = len(points) > 1 and np.array_equal(points[0], points[-1])
    points = points[:-1] if closed else points
    if shape.flags.get(ClosedCurve.name) and len(points) >= 3:
        return ClosedCurve(points)
    if polygons_as == "lines" or (polygons_as == "auto" and not closed and is_line(points)):
        return _line(np.concatenate((points, points[:1])) if closed and len(points) > 2 else points)
    if len(points) < 3:
        raise ValueError("points: an area needs three points that differ")
    return Region(points)


def _rectangle(points: NDArray[np.float64]) -> Region:
    if len(points) not in (2, 4):
        raise ValueError(f"points: a rectangle has 2 or 4 of them, not {len(points)}")
    if len(points) == 2:
        (left, top), (right, bottom) = points.round(DECIMALS)
        points = np.array([(left, top), (right, top), (right, bottom), (left, bottom)])
    region = Region(points)
    if not region.area > 0:
        raise ValueError("points: the rectangle is empty")
    return region


def _circle(points: NDArray[np.float64], polygons_as: PolygonsAs) -> ClosedCurve | Region:
    if len(points) != 2:
        raise ValueError(f"points: a circle has 2 of them, its centre and one on it, not {len(points)}")
    radius = float(np.hypot(*(points[1] - points[0])))
    if radius < 0.5:
        raise ValueError("points: the circle is smaller than a pixel")
    around = circle((float(points[0, 0]), float(points[0, 1])), radius, int(np.clip(2 * radius, 64, 1024)))
    return Region(around.points) if polygons_as == "regions" else around


def _without_repetitions(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Leave out points that are where the one before them is: a double click makes them."""
    points = points.round(DECIMALS)
    moved = (np.diff(points, axis=0) != 0).any(axis=1)
    return np.concatenate((points[:1], points[1:][moved]))


def _groups(shapes: Sequence[LabelledShape]) -> list[int]:
    """Return each shape's group; labels take numbers that no ``group_id`` has."""
    taken = {shape.group_id for shape in shapes}
    free = (number for number in range(2 * len(shapes) + 1) if number not in taken)
    of_label: dict[str, int] = {}
    numbers = []
    for shape in shapes:
        if shape.group_id is not None:
            numbers.append(shape.group_id)
            continue
        if shape.label not in of_label:
            of_label[shape.label] = next(free)
        numbers.append(of_label[shape.label])
    return numbers
