"""A plugin does its work and nothing besides."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from typing import Any, NoReturn

import numpy as np

from dislo_gen.scene import Scene
from dislo_gen.seeding import Purpose, generator
from dislo_gen.testing import situations
from dislo_gen.testing.check import NotConformingError, check
from dislo_gen.testing.exercise import Task, as_bytes, digest, fixed, hook_manager, perform, work
from dislo_gen.testing.subject import Subject


@check()
def parameters_stay_as_they_are(subject: Subject) -> None:
    """Its work changes nothing in the component itself."""
    instance = fixed(subject.instance, Task()) if subject.kind != "hook" else subject.instance
    before = repr([(p.name, getattr(instance, p.name)) for p in subject.parameters])
    perform(instance, subject.kind, Task())
    after = repr([(p.name, getattr(instance, p.name)) for p in subject.parameters])
    if before != after:
        raise NotConformingError(f"its parameters were {before} and are {after} after its work")


@check("background", "renderer", "effect", "hook")
def results_are_new(subject: Subject) -> None:
    """Whoever changes a picture it returned does not change the next one."""
    first = digest(subject.instance, subject.kind, Task())
    _spoil(work(subject.instance, subject.kind, Task()))
    if digest(subject.instance, subject.kind, Task()) != first:
        raise NotConformingError("it returns an array that it keeps for the next time; return a copy")


def _spoil(output: Any) -> None:
    for part in output if isinstance(output, tuple) else (output,):
        if isinstance(part, np.ndarray) and part.flags.writeable:
            part[...] = 0


@check("renderer", "effect", "writer", "metric", "hook")
def inputs_stay_as_they_are(subject: Subject) -> None:
    """Pictures, scenes, masks and predictions that it is given are not changed."""
    size = Task().size
    truth = situations.sample(size)
    picture, scene = situations.picture(size), situations.scene(size)
    predicted = situations.prediction(truth, 6)
    given = {"picture": picture, "scene": scene, "sample's image": truth.image, "sample's masks": truth.masks}
    given |= {"sample's scene": truth.scene, "prediction": predicted}
    before = {name: as_bytes(value) for name, value in given.items()}
    output = _use(subject, picture, scene, truth, predicted)
    changed = [name for name, value in given.items() if as_bytes(value) != before[name]]
    if changed:
        raise NotConformingError(f"it changes the {' and the '.join(changed)} that it is given; work on a copy")
    outputs = output if isinstance(output, tuple) else (output,)
    if subject.kind in ("renderer", "effect") and any(
        isinstance(part, np.ndarray) and np.shares_memory(part, picture) for part in outputs
    ):
        raise NotConformingError("it returns the very picture that it is given; return a copy")


def _use(subject: Subject, picture: Any, scene: Scene, truth: Any, predicted: Any) -> Any:
    rng = generator(0, 0, Purpose.COMPONENT, subject.kind)
    if subject.kind == "hook":
        manager = hook_manager(subject.instance)
        manager.hook.sample_made(sample=truth)
        return manager.hook.alter_sample(sample=truth, rng=rng)
    component = fixed(subject.instance, Task())
    if subject.kind == "renderer":
        return component.draw(picture, scene, rng)
    if subject.kind == "effect":
        return component.apply(picture, scene, rng), component.move(scene, Task().size)
    if subject.kind == "metric":
        return component.score(predicted, truth)
    return write_there(component, truth)


def write_there(component: Any, truth: Any) -> Any:
    """Write a sample into a folder that is gone afterwards; return what is read back."""
    import tempfile

    from dislo_gen.files import Folder, SampleFiles

    with tempfile.TemporaryDirectory() as root:
        files = SampleFiles(Folder(root), truth.index)
        component.write(truth, files)
        return component.read(files)


@check()
def no_network(subject: Subject) -> None:
    """Its work reaches for no network: nothing is downloaded that nobody asked for."""
    with _no_sockets() as asked:
        try:
            work(subject.instance, subject.kind, Task())
        except Exception:
            if not asked:
                raise
    if asked:
        raise NotConformingError(f"it reaches for the network ({asked[0]})")


@contextlib.contextmanager
def _no_sockets() -> Iterator[list[str]]:
    asked: list[str] = []

    def refuse(*arguments: Any, **_: Any) -> NoReturn:
        asked.append(" ".join(str(a) for a in arguments if not isinstance(a, socket.socket)))
        raise OSError("there is no network during a conformance check")

    kept = socket.getaddrinfo, socket.socket.connect, socket.create_connection
    socket.getaddrinfo = refuse
    socket.socket.connect = refuse  # type: ignore[method-assign]
    socket.create_connection = refuse
    try:
        yield asked
    finally:
        socket.getaddrinfo, socket.create_connection = kept[0], kept[2]
        socket.socket.connect = kept[1]  # type: ignore[method-assign]
