"""Scenes: what is in a picture, as plain data and without a pixel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import attrs

from dislo_gen.shapes import Shape

DISLOCATION = "dislocation"
SLIP_TRACE = "slip trace"
SLIPPED_BAND = "slipped band"


@attrs.frozen
class Style:
    """How strongly a defect shows, relative to what the renderer would draw by itself.

    Attributes:
        contrast: factor on the renderer's contrast; negative turns dark into bright.
        width: factor on the renderer's line width.
    """

    contrast: float = 1.0
    width: float = 1.0


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

    kind: str
    shape: Shape
    group: int = 0
    labelled: bool = True
    style: Style = Style()
    visible: float = 1.0
    id: int = 0

    @property
    def clipped(self) -> bool:
        """Whether part of it lies outside the image."""
        return self.visible < 1.0


def _defects(value: Iterable[Defect]) -> tuple[Defect, ...]:
    return tuple(value)


@attrs.frozen
class Scene:
    """The defects of one picture, in drawing order (what comes first lies lowest)."""

    defects: tuple[Defect, ...] = attrs.field(default=(), converter=_defects)

    def __iter__(self) -> Iterator[Defect]:
        return iter(self.defects)

    def __len__(self) -> int:
        return len(self.defects)

    @property
    def labelled(self) -> tuple[Defect, ...]:
        """The defects that have a mask, in the masks' order."""
        return tuple(defect for defect in self.defects if defect.labelled)

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
