"""Hooks."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs
import pluggy

from dislo_gen.dataset import describe_dataset, save_manifest, write_sample
from dislo_gen.defaults import default_writer
from dislo_gen.files import Folder
from dislo_gen.hooks import ALTERING, hook_names
from dislo_gen.testing import situations
from dislo_gen.testing.check import NotConformingError, check
from dislo_gen.testing.demand import demand_contract
from dislo_gen.testing.exercise import Task, hook_manager
from dislo_gen.testing.subject import Subject


@check("hook")
def implements_hooks_that_exist(subject: Subject) -> None:
    """Every function marked with hookimpl is a hook there is, asks for its arguments only, and there is one."""
    try:
        manager = hook_manager(subject.instance)
    except pluggy.PluginValidationError as error:
        raise NotConformingError(
            f"{str(error).strip().splitlines()[-1]} (hooks: {', '.join(hook_names())})"
        ) from error
    implemented = {caller.name for caller in manager.get_hookcallers(subject.instance) or ()}
    unmarked = [name for name in hook_names() if hasattr(subject.instance, name) and name not in implemented]
    if unmarked:
        raise NotConformingError(f"{unmarked[0]} is not marked with @hookimpl, so nothing calls it")
    if not implemented:
        raise NotConformingError(f"no function in it is marked with @hookimpl (hooks: {', '.join(hook_names())})")


@check("hook")
def alters_samples_into_samples(subject: Subject) -> None:
    """What it alters is a valid sample: image in range, one bool mask for each labelled defect."""
    for seed in range(8):
        demand_contract(subject, Task(seed=seed))


@check("hook")
def observes_without_failing(subject: Subject) -> None:
    """Every observing hook it implements can be called with what a run would give it."""
    manager = hook_manager(subject.instance)
    implemented = {caller.name for caller in manager.get_hookcallers(subject.instance) or ()} - {ALTERING}
    with tempfile.TemporaryDirectory() as root:
        for name, arguments in _occasions(Path(root)):
            if name in implemented:
                getattr(manager.hook, name)(**arguments)


def _occasions(root: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield every observing hook with arguments that a run would call it with."""
    yield "sample_made", {"sample": situations.sample(Task().size)}
    _write_dataset(root / "data", 2)
    yield "dataset_finished", {"folder": root / "data", "count": 2}
    run = root / "run"
    run.mkdir()
    yield "training_started", {"folder": run, "epochs": 2}
    yield "epoch_ended", {"folder": run, "epoch": 1, "scores": {"loss": 0.5, "length": 0.4}}


def _write_dataset(root: Path, count: int) -> None:
    """Write a small dataset, without waking anybody else's hooks."""
    folder, writer, sample = Folder(root), default_writer(), situations.sample(Task().size)
    save_manifest(folder, describe_dataset(sample.recipe, 0, count, writer))
    for index in range(count):
        write_sample(attrs.evolve(sample, index=index), folder, writer)
