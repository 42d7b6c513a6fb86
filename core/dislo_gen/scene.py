"""Scenes: what is in a picture, as plain data and without a pixel."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from dislo_gen.errors import shown
from dislo_gen.shapes import ClosedCurve, OpenCurve, Region, Shape

DISLOCATION = "dislocation"
SLIP_TRACE = "slip trace"
SLIPPED_BAND = "slipped band"


# Plugins compute with NumPy, whose scalars JSON does not know: what is a number or a truth value becomes Python's.


def _number(name: str, value: Any) -> float:
    try:
        number = math.nan if isinstance(value, (str, bool, np.bool_)) else float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"{name} must be a finite number, not {shown(value)}")
    return number


def _contrast(value: Any) -> float:
    return _number("contrast", value)


def _width(value: Any) -> float:
    return _number("width", value)


def _group(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise ValueError(f"group must be a whole number, not {shown(value)}")
    return int(value)


def _labelled(value: Any) -> bool:
    if not isinstance(value, (bool, np.bool_)):
        raise ValueError(f"labelled must be true or false, not {shown(value)}")
    return bool(value)


def _not_negative(_instance: object, field: attrs.Attribute[float], value: float) -> None:
    if value < 0:
        raise ValueError(f"{field.name} must not be negative, and {value:g} is")


def _some_text(_instance: object, field: attrs.Attribute[str], value: object) -> None:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{field.name} must be a text that is not empty, not {shown(value)}")


def _a_shape(_instance: object, field: attrs.Attribute[Any], value: object) -> None:
    if not isinstance(value, (OpenCurve, ClosedCurve, Region)):
        raise ValueError(
            f"{field.name} must be an OpenCurve, a ClosedCurve or a Region, not a {type(value).__name__}"
        )


@attrs.frozen
class Style:
    """How strongly a defect shows, relative to what the renderer would draw by itself.

    Attributes:
        contrast: factor on the renderer's contrast; negative turns dark into bright, 0 hides.
        width: factor on the renderer's line width, from 0.
        width_px: line width in pixels in place of the renderer's, for what has a width of its own (a fringe).
    """

    contrast: float = attrs.field(default=1.0, converter=_contrast)
    width: float = attrs.field(default=1.0, converter=_width, validator=_not_negative)
    width_px: float | None = attrs.field(
        default=None,
        converter=attrs.converters.optional(_width),
        validator=attrs.validators.optional(_not_negative),
    )

    def line_width(self, usual: float) -> float:
        """Return the line width in pixels, where ``usual`` is what the renderer would draw by itself."""
        return usual * self.width if self.width_px is None else self.width_px


COMPANION_STYLES = {SLIP_TRACE: Style(contrast=0.2, width=0.6), SLIPPED_BAND: Style(contrast=0.08)}
"""The usual styles of what goes along with dislocations, for renderers that know shapes and no kinds.

Geometries give them to slip traces and slipped bands, so that these are faint wherever they are drawn.
"""


@attrs.frozen
class Defect:
    """One thing in a scene.

    Attributes:
        kind: what it is, in the field's words: "dislocation", "loop", "void", "slip trace", …
        shape: its curve or area.
        group: defects of one group belong together (a pileup); numbered from 0 by each geometry, made unique
            over the image by core.
        labelled: whether it gets a mask. What a network must learn to ignore is drawn but not labelled.
        style: how strongly it shows.
        visible: the fraction of its length (of its area, for a region) inside the image; core measures it.
        id: its number in the scene; core sets it.
    """

    kind: str = attrs.field(validator=_some_text)
    shape: Shape = attrs.field(validator=_a_shape)
    group: int = attrs.field(default=0, converter=_group)
    labelled: bool = attrs.field(default=True, converter=_labelled)
    style: Style = Style()
    visible: float = 1.0
    id: int = 0

    @property
    def clipped(self) -> bool:
        """Whether part of it lies outside the image."""
        return self.visible < 1.0

    @property
    def style_of_kind(self) -> Style:
        """The style as factors on what is usual for the kind, for a renderer with parameters for that kind.

        A slip trace of the usual style of `COMPANION_STYLES` has the factor 1 here.
        """
        usual = COMPANION_STYLES.get(self.kind)
        if usual is None:
            return self.style
        contrast, width = self.style.contrast / usual.contrast, self.style.width / usual.width
        return attrs.evolve(self.style, contrast=contrast, width=width)


def _defects(value: Iterable[Defect]) -> tuple[Defect, ...]:
    return tuple(value)


@attrs.frozen
class Scene:
    """The defects of one picture, in drawing order (what comes first lies lowest)."""

    defects: tuple[Defect, ...] = attrs.field(default=(), converter=_defects)

    def __repr__(self) -> str:
        counts = Counter(defect.kind for defect in self.defects)
        return f"Scene({', '.join(f'{count} {kind}' for kind, count in counts.items()) or 'empty'})"

    def __iter__(self) -> Iterator[Defect]:
        return iter(self.defects)

    def __len__(self) -> int:
        return len(self.defects)

    @property
    def labelled(self) -> tuple[Defect, ...]:
        """The defects that have a mask, in the masks' order."""
        return tuple(defect for defect in self.defects if defect.labelled)

    def map_points(self, function: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> Scene:
        """Return the scene with every shape's points, (N, 2) in pixels, as ``function`` maps them."""
        return Scene(
            attrs.evolve(defect, shape=attrs.evolve(defect.shape, points=function(defect.shape.points)))
            for defect in self
        )

    def of_kind(self, kind: str) -> tuple[Defect, ...]:
        """The defects of one kind, in order."""
        return tuple(defect for defect in self.defects if defect.kind == kind)


def merge(scenes: Iterable[Scene]) -> Scene:
    """Lay scenes over each other: groups are renumbered so that none is shared, ids run from 0."""
    merged: list[Defect] = []
    next_group = 0
    for scene in scenes:
        numbers = {group: n for n, group in enumerate(sorted({d.group for d in scene}), start=next_group)}
        merged += [attrs.evolve(d, group=numbers[d.group], id=len(merged) + n) for n, d in enumerate(scene)]
        next_group += len(numbers)
    return Scene(merged)
