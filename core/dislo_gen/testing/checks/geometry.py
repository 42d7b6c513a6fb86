"""Geometries."""

from __future__ import annotations

import json

from dislo_gen.convert import converter
from dislo_gen.scene import Scene, merge
from dislo_gen.size import Size
from dislo_gen.testing.check import NotConformingError, check
from dislo_gen.testing.demand import demand_contract
from dislo_gen.testing.exercise import Task, work
from dislo_gen.testing.subject import Subject
from dislo_gen.visibility import measure_visibility, visible_fraction

_SEEDS = 12
_SIZE = Size(128, 96)


def _scenes(subject: Subject) -> list[Scene]:
    return [work(subject.instance, "geometry", Task(_SIZE, seed)) for seed in range(_SEEDS)]


@check("geometry")
def places_a_scene(subject: Subject) -> None:
    """It returns a Scene of Defects with kinds, groups and shapes that everything else can work with."""
    for seed in range(_SEEDS):
        demand_contract(subject, Task(_SIZE, seed))


@check("geometry")
def ids_are_unique(subject: Subject) -> None:
    """Ids are left to core (which numbers them), or no two defects of a scene have the same."""
    for scene in _scenes(subject):
        ids = [defect.id for defect in scene]
        if any(ids) and len(set(ids)) < len(ids):
            raise NotConformingError(f"two defects of one scene have the same id: {sorted(ids)}; leave it out")


@check("geometry")
def in_bounds_or_clipped(subject: Subject) -> None:
    """What reaches out of the picture is marked as clipped, or left for core to mark; nothing claims otherwise."""
    for scene in _scenes(subject):
        for defect in scene:
            visible = visible_fraction(defect.shape, _SIZE)
            if defect.visible != 1.0 and abs(defect.visible - visible) > 0.01:
                raise NotConformingError(
                    f"a {defect.kind} says that {defect.visible:.2f} of it is visible, and {visible:.2f} is; "
                    f"leave it out, core measures it"
                )


@check("geometry")
def something_to_learn(subject: Subject) -> None:
    """Among several scenes there is a labelled defect inside the picture."""
    scenes = [measure_visibility(merge([scene]), _SIZE) for scene in _scenes(subject)]
    if not any(scene.labelled for scene in scenes):
        raise NotConformingError(f"in {_SEEDS} scenes of {_SIZE.width} x {_SIZE.height} px no label is visible")


@check("geometry")
def scenes_survive_their_record(subject: Subject) -> None:
    """A scene written to JSON and read back is equal."""
    for scene in _scenes(subject):
        plain = json.loads(json.dumps(converter.unstructure(scene), allow_nan=False))
        if converter.structure(plain, Scene) != scene:
            raise NotConformingError("a scene read back from its record is another than was placed")
