"""Effects."""

from __future__ import annotations

from dislo_gen.scene import Scene
from dislo_gen.testing import situations
from dislo_gen.testing.conformance import NotConformingError, check
from dislo_gen.testing.contracts import problem
from dislo_gen.testing.exercise import Task, as_bytes, fixed, work
from dislo_gen.testing.subject import Subject


@check("effect")
def says_where_it_acts(subject: Subject) -> None:
    """Its acts_on is "specimen" (under the defects) or "image" (over them)."""
    if subject.target.acts_on not in ("specimen", "image"):
        raise NotConformingError(f"its acts_on is {subject.target.acts_on!r}; write 'specimen' or 'image'")


@check("effect")
def changes_the_picture(subject: Subject) -> None:
    """It returns a valid picture, and in some sample another than it was given."""
    given = as_bytes(situations.picture(Task().size))
    changed = False
    for index in range(8):
        image, scene = output = work(subject.instance, "effect", Task(index=index))
        found = problem("effect", output, Task().size)
        if found:
            raise NotConformingError(f"it {found}")
        changed |= as_bytes(image) != given or scene != situations.scene(Task().size)
    if not changed:
        raise NotConformingError("in 8 samples it changes nothing")


@check("effect")
def moves_the_truth_exactly(subject: Subject) -> None:
    """Moving a scene keeps every defect with its kind, group and label, and depends on the parameters alone."""
    component = fixed(subject.instance, "effect", Task())
    scene = situations.scene(Task().size)
    moved, again = component.move(scene), component.move(scene)
    if not isinstance(moved, Scene) or as_bytes(moved) != as_bytes(again):
        raise NotConformingError("move gives something else each time; it may depend on the parameters alone")
    kept = [(d.id, d.kind, d.group, d.labelled) for d in scene]
    if [(d.id, d.kind, d.group, d.labelled) for d in moved] != kept:
        raise NotConformingError("move loses, adds or relabels defects; it may change shapes only")
