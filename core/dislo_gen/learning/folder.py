"""The folder of a training: what lies in it, and whether it is the one that is planned here."""

from __future__ import annotations

from pathlib import Path

import attrs

from dislo_gen import paths
from dislo_gen.errors import DatasetError
from dislo_gen.existing import refuse_changes
from dislo_gen.files import Folder, is_leftover
from dislo_gen.learning.plan import RUN, Finished, Plan, TrainingFile
from dislo_gen.plain import dump_json, read_json

BEST = "weights.safetensors"
LAST = "last.safetensors"
STATE = "state.ckpt"
HISTORY = "metrics.csv"
CURVES = "curves.png"
PREDICTIONS = "predictions.png"
TENSORBOARD = "tensorboard"


def is_run(folder: Path) -> bool:
    """Say whether a folder holds a training."""
    return paths.is_file(Path(folder) / RUN)


def read_plan(folder: Path) -> Plan:
    """Read the plan of a training's folder.

    Raises:
        DatasetError: there is none, or it is wrong.
    """
    return read_training(folder).plan


def read_training(folder: Path) -> TrainingFile:
    """Read what a training's folder says of it.

    Raises:
        DatasetError: there is none, or it is wrong.
    """
    path = folder / RUN
    if not paths.is_file(path):
        raise DatasetError(f"{folder}: there is no {RUN}, so this is not a training of dislo-gen")
    return TrainingFile.from_dict(read_json(path), str(path))


def is_finished(folder: Folder) -> bool:
    """Say whether a training has come to its planned end."""
    return read_training(folder.root).finished is not None


def take_folder(folder: Folder, plan: Plan) -> None:
    """Make the folder ready for a training: new, or the one that is there already.

    Raises:
        DatasetError: it holds something else.
    """
    root = folder.root
    if paths.exists(root) and not paths.is_folder(root):
        raise DatasetError(f"{root}: this is a file; choose a folder with --out")
    new = TrainingFile.of(plan)
    if is_run(root):
        old = TrainingFile.from_dict(read_json(root / RUN), str(root / RUN))
        # Before the first weights a run binds nobody; and other versions of libraries are no other plan.
        if paths.is_file(root / STATE) or paths.is_file(root / BEST):
            refuse_changes(
                attrs.evolve(old, versions={}, finished=None, before=None).to_dict(),
                attrs.evolve(new, versions={}).to_dict(),
                f"{root}: this folder holds a different training; choose another with --out, or begin from its "
                f"weights with --from {root / BEST}.",
            )
            return
    elif any(not is_leftover(path) for path in paths.inside(root)):
        raise DatasetError(f"{root}: the folder is not empty and holds no {RUN}; choose another with --out")
    folder.sweep()
    folder.put(RUN, dump_json(new.to_dict()))


def note_before(folder: Folder, before: dict[str, float]) -> None:
    """Write into ``run.json`` what was reached before anything was learnt."""
    file = read_training(folder.root)
    folder.put(RUN, dump_json(attrs.evolve(file, before=before).to_dict()))


def mark_finished(folder: Folder, finished: Finished) -> None:
    """Write into ``run.json`` what came of a training, and remove what only resuming needs."""
    file = read_training(folder.root)
    folder.put(RUN, dump_json(attrs.evolve(file, finished=finished).to_dict()))
    folder.remove(STATE)


def start_of(folder: Path) -> Path | None:
    """Return the weights a training began from; none are needed once it has a state or weights of its own.

    Raises:
        DatasetError: they would be needed, and only the command that began the training names them.
    """
    plan = read_plan(folder)
    if plan.start and not (paths.is_file(folder / STATE) or is_finished(Folder(folder))):
        raise DatasetError(f"{folder}: this training had not begun to learn; run the command again that began it")
    return None
