"""Doing what a run does with a component, in a standard situation, and keeping everything that comes out."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import attrs
import numpy as np
import pluggy

from dislo_gen.component import Component
from dislo_gen.convert import converter
from dislo_gen.files import Folder, SampleFiles
from dislo_gen.hooks import Specifications
from dislo_gen.interfaces import kind_of
from dislo_gen.resolve import resolve_component
from dislo_gen.scene import Scene
from dislo_gen.seeding import Purpose, generator
from dislo_gen.size import Size
from dislo_gen.testing import situations

C = TypeVar("C", bound=Component)


@attrs.frozen
class Task:
    """One piece of work: which sample, of which size."""

    size: Size = situations.USUAL
    seed: int = 0
    index: int = 0


def resolve(component: C, size: Size = situations.USUAL, seed: int = 0, index: int = 0) -> C:
    """Return a component as its own methods see it: with a number wherever it has a `Varied` distribution.

    For tests that call ``place``, ``paint``, ``draw`` or ``apply`` themselves without saying every parameter.

    Args:
        component: the component.
        size: the size of the picture to come.
        seed: seed of the draws.
        index: which sample.
    """
    return resolve_component(component, kind_of(type(component)), size, seed, index)


def fixed(component: C, task: Task) -> C:
    """Return the component with numbers drawn for one task."""
    return resolve(component, task.size, task.seed, task.index)


def work(instance: Any, kind: str, task: Task) -> Any:
    """Let a plugin do what it is for; return what its interface promises."""
    return perform(instance if kind == "hook" else fixed(instance, task), kind, task)


def perform(plugin: Any, kind: str, task: Task) -> Any:
    """Let a hook, or a component whose numbers are drawn, do its work."""
    return _WORK[kind](plugin, task)


def digest(instance: Any, kind: str, task: Task) -> str:
    """Return the SHA-256 of everything that comes out."""
    return hashlib.sha256(as_bytes(work(instance, kind, task))).hexdigest()


def as_bytes(output: Any) -> bytes:
    """Return the bytes of anything that `work` returns."""
    if isinstance(output, np.ndarray):
        return f"{output.dtype}{output.shape}".encode() + np.ascontiguousarray(output).tobytes()
    if isinstance(output, Scene):
        # What JSON cannot hold is for another check to say.
        return json.dumps(converter.unstructure(output), default=repr).encode()
    if isinstance(output, (tuple, list)):
        return b"".join(as_bytes(part) for part in output)
    if isinstance(output, Mapping):
        return b"".join(f"{key}=".encode() + as_bytes(value) for key, value in output.items())
    return output if isinstance(output, bytes) else repr(output).encode()


def _rng(task: Task, slot: str) -> np.random.Generator:
    return generator(task.seed, task.index, Purpose.COMPONENT, slot)


def _background(component: Any, task: Task) -> Any:
    return component.paint(task.size, _rng(task, "background"))


def _geometry(component: Any, task: Task) -> Any:
    return component.place(task.size, _rng(task, "geometry"))


def _renderer(component: Any, task: Task) -> Any:
    return component.draw(situations.picture(task.size), situations.scene(task.size), _rng(task, "renderer"))


def _effect(component: Any, task: Task) -> Any:
    scene = situations.scene(task.size)
    changed = component.apply(situations.picture(task.size), scene, _rng(task, "effect"))
    return changed, component.move(scene, task.size)


def _writer(component: Any, task: Task) -> Any:
    with tempfile.TemporaryDirectory() as root:
        files = SampleFiles(Folder(root), task.index)
        component.write(situations.sample(task.size), files)
        written = sorted(path for path in Path(root).rglob("*") if path.is_file())
        return {path.relative_to(root).as_posix(): path.read_bytes() for path in written}


def _model(component: Any, task: Task) -> Any:
    from dislo_gen.testing import networks

    return networks.initial_weights(component, task.seed)


def _metric(component: Any, task: Task) -> Any:
    truth = situations.sample(task.size)
    noise = _rng(task, "metric").uniform(-0.4, 0.4, (6, *task.size.shape)).astype(np.float32)
    return component.score(np.clip(situations.prediction(truth, 6) + noise, 0, 1), truth)


def _hook(hook: Any, task: Task) -> Any:
    sample = situations.sample(task.size)
    rng = generator(task.seed, task.index, Purpose.HOOK, "hooks.0")
    results = hook_manager(hook).hook.alter_sample(sample=sample, rng=rng)
    altered = results[0] if results else sample
    return altered.image, altered.masks, altered.scene


def hook_manager(hook: Any) -> pluggy.PluginManager:
    """Return a plugin manager in which this hook alone is registered.

    Raises:
        pluggy.PluginValidationError: it implements a hook that there is not, or asks for wrong arguments.
    """
    manager = pluggy.PluginManager("dislo_gen")
    manager.add_hookspecs(Specifications)
    manager.register(hook)
    manager.check_pending()
    return manager


_WORK: dict[str, Callable[[Any, Task], Any]] = {
    "background": _background,
    "geometry": _geometry,
    "renderer": _renderer,
    "effect": _effect,
    "writer": _writer,
    "model": _model,
    "metric": _metric,
    "hook": _hook,
}
