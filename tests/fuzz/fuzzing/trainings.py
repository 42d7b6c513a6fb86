"""The folder of a training that was stopped after the first of its two epochs."""

from __future__ import annotations

import functools
import os
import signal
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fuzzing.own_files import SIDE, each, tree_of, weights_file
from fuzzing.seed import Seed

_SETTINGS = ("schedule.epochs=2", "schedule.images=2", "schedule.batch=1", "held_out.images=1")
_CHANGED = ("run/run.json", "run/metrics.csv", "run/state.ckpt")


def machine() -> Any:
    """Return what trains here: this process alone."""
    from dislo_gen.learning import Machine

    return Machine(accelerator="cpu", devices="1", workers=0)


@functools.cache
def run_files() -> Mapping[str, bytes]:
    """Return the folder."""
    from dislo_gen.learning import StoppedError, make_plan, train

    weights_file()  # offers the network
    plan = make_plan(["clean"], model="tiny", size=SIDE, precision="32-true", settings=_SETTINGS)

    def stop(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    with tempfile.TemporaryDirectory() as folder:
        try:
            train(plan, Path(folder, "run"), machine=machine(), tell=stop)
        except StoppedError:
            files = tree_of(Path(folder))
            return {name: data for name, data in files.items() if name.startswith(("run/weights", *_CHANGED))}
    raise RuntimeError("the training was not stopped")


def runs() -> list[Seed]:
    """Its plan, its numbers, its state: of all that is read before going on."""
    return each(run_files(), _CHANGED)


def trainings() -> list[Seed]:
    """What is read while going on: the state, byte by byte and as a tree, and the numbers."""
    files = run_files()
    state = _CHANGED[2]
    return [Seed("state", files, state, "state"), Seed("bytes", files, state), Seed("numbers", files, _CHANGED[1])]
