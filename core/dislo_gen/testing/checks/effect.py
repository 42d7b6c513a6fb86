"""Effects."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dislo_gen.pipeline import STAGES
from dislo_gen.rasterize import rasterize
from dislo_gen.scene import Defect, Scene
from dislo_gen.seeding import Purpose, generator
from dislo_gen.shapes import Region, circle
from dislo_gen.size import Size
from dislo_gen.testing import situations
from dislo_gen.testing.check import NotConformingError, check
from dislo_gen.testing.demand import demand_contract
from dislo_gen.testing.exercise import Task, as_bytes, fixed
from dislo_gen.testing.subject import Subject

_SIZE = Size(96, 96)
_RADIUS, _TOLERANCE = 5.0, 1.5
# A disc that shows less than this may be anywhere for all that can be seen.
_CLEAR = 0.08
# A change of more than this part of the picture is one of its tone.
_SPREAD = 0.3


@check("effect")
def says_where_it_acts(subject: Subject) -> None:
    """Its acts_on is "specimen" (under the defects) or "image" (over them)."""
    if subject.target.acts_on not in STAGES:
        raise NotConformingError(f"its acts_on is {subject.target.acts_on!r}; write 'specimen' or 'image'")


@check("effect")
def changes_the_picture(subject: Subject) -> None:
    """It returns a valid picture, and in some sample another than it was given."""
    given = as_bytes(situations.picture(Task().size))
    changed = False
    for index in range(8):
        image, scene = demand_contract(subject, Task(index=index))
        changed |= as_bytes(image) != given or scene != situations.scene(Task().size)
    if not changed:
        raise NotConformingError("in 8 samples it changes nothing")


@check("effect")
def moves_the_truth_exactly(subject: Subject) -> None:
    """Moving a scene keeps every defect with its kind, group and label, and depends on the parameters alone."""
    component = fixed(subject.instance, Task())
    scene = situations.scene(Task().size)
    moved, again = (component.move(scene, Task().size) for _ in range(2))
    if not isinstance(moved, Scene) or as_bytes(moved) != as_bytes(again):
        raise NotConformingError("move gives something else each time; it may depend on the parameters alone")
    kept = [(d.id, d.kind, d.group, d.labelled) for d in scene]
    if [(d.id, d.kind, d.group, d.labelled) for d in moved] != kept:
        raise NotConformingError("move loses, adds or relabels defects; it may change shapes only")


@check("effect")
def pixels_and_truth_move_together(subject: Subject) -> None:
    """Where a dark disc ends up in the picture, its defect ends up in the scene."""
    blank = np.full(_SIZE.shape, 0.6, dtype=np.float32)
    for index, centre in enumerate(((24.0, 24.0), (72.0, 30.0), (40.0, 66.0), (60.0, 48.0))):
        scene = Scene([Defect("void", Region(circle(centre, _RADIUS).points))])
        marked = blank.copy()
        marked[rasterize(scene, _SIZE, 1.0)[0]] = 0.2
        component = fixed(subject.instance, Task(_SIZE, index=index))
        # The same draws twice, so that what differs is the disc.
        with_disc, without = (
            component.apply(picture, scene, generator(0, index, Purpose.COMPONENT, "effect"))
            for picture in (marked, blank)
        )
        change = np.abs(with_disc.astype(np.float64) - without)
        if change.max() < _CLEAR:
            continue  # the disc is lost in whatever the effect does
        rows, columns = np.nonzero(change > change.max() / 2)
        if len(rows) > _SPREAD * change.size:
            continue  # the disc changes the whole picture's tone, and what is moved cannot be told
        seen = np.array((columns.mean() + 0.5, rows.mean() + 0.5))
        told = component.move(scene, _SIZE).defects[0].shape.points.mean(axis=0)
        if np.abs(seen - told).max() > _TOLERANCE:
            raise NotConformingError(
                f"a disc at {_place(np.array(centre))} px is at {_place(seen)} in the picture and at "
                f"{_place(told)} in the scene; an effect that moves pixels must say so in move"
            )


def _place(point: NDArray[np.float64]) -> str:
    return f"({point[0]:.1f}, {point[1]:.1f})"
