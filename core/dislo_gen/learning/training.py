"""Training: from a plan to weights, whatever the machine."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import attrs
import lightning
import torch

from dislo_gen.convert import converter
from dislo_gen.files import Folder
from dislo_gen.hooks import broker
from dislo_gen.learning import folder as files
from dislo_gen.learning.callbacks import Averaging, EpochKeeper, History, Progress, StateKeeper, read_history
from dislo_gen.learning.datasets import InOrder
from dislo_gen.learning.guards import explained, quiet
from dislo_gen.learning.loading import Epochs, Loader, ordered_loader
from dislo_gen.learning.material import Material, gather
from dislo_gen.learning.module import Teacher
from dislo_gen.learning.network import build_network
from dislo_gen.learning.pictures import draw_curves, draw_predictions
from dislo_gen.learning.plan import Finished, Plan
from dislo_gen.learning.state import WholeCheckpoints
from dislo_gen.learning.weights import load_weights, model_entries
from dislo_gen.record import versions_behind

_JUDGED_AT_ONCE = 4
_SHOWN = 6


@attrs.frozen
class Machine:
    """What a training runs on; it decides how fast weights come, and not which.

    Attributes:
        accelerator: "auto", "cpu", "gpu", ….
        devices: how many, or "auto".
        nodes: how many machines.
        strategy: how they share the work, as Lightning calls it.
        workers: processes that make images, on each device; by default one for each core but one, at most 8.
    """

    accelerator: str = "auto"
    devices: str = "auto"
    nodes: int = 1
    strategy: str = "auto"
    workers: int | None = None

    def count_workers(self) -> int:
        """Return how many processes make images."""
        return max(1, min(8, (os.cpu_count() or 2) - 1)) if self.workers is None else self.workers


def _nothing(*_: object) -> None: ...


def train(
    plan: Plan,
    out: str | Path,
    *,
    start: str | Path | None = None,
    machine: Machine | None = None,
    progress: Callable[[int, int, str], object] | None = None,
    tell: Callable[[dict[str, float], bool], object] | None = None,
) -> Path:
    """Train a network and write its weights, curves and pictures into a folder.

    A folder that holds part of the same training is completed: what it gives is what a training without the
    interruption would have given, number for number on the same kind of machine.

    Args:
        plan: what to train, on what, and for how long.
        out: the folder.
        start: weights to begin from, if the plan says so.
        machine: what to run on.
        progress: called with steps done, steps planned, and what is going on.
        tell: called after each epoch with its numbers and whether it is the best so far.

    Returns:
        The best weights' file.

    Raises:
        DatasetError: the folder holds something else or cannot be written.
        LearningError: the loss is not a number, memory is not enough, weights do not fit.
        StoppedError: the user stopped it; the same call goes on.
    """
    folder, machine = Folder(out), machine or Machine()
    files.take_folder(folder, plan)
    best = folder.root / files.BEST
    if files.is_finished(folder):
        return best
    with quiet(), torch.random.fork_rng(devices=[]), explained(plan, folder):
        begin = None if start is None else Path(start)
        _train(plan, folder, begin, machine, progress or _nothing, tell or _nothing)
    return best


def _train(
    plan: Plan,
    folder: Folder,
    start: Path | None,
    machine: Machine,
    progress: Callable[[int, int, str], object],
    tell: Callable[[dict[str, float], bool], object],
) -> None:
    state = folder.root / files.STATE
    resumed = state.is_file()
    material = gather(plan)
    trainer, history = _trainer(plan, folder, machine, material, tell)
    epochs = Epochs(plan.schedule.images, plan.schedule.batch, trainer.global_rank, trainer.world_size)
    network = build_network(plan.model, plan.seed)
    if not resumed:
        if start is None:
            plan.model.load_pretrained(network)
        else:
            load_weights(start, into=network)
    steps = plan.schedule.epochs * len(epochs)
    teacher = Teacher(network, plan, steps, tuple(material.held_out))
    trainer.callbacks.insert(0, Progress(progress, steps))  # type: ignore[attr-defined]
    if trainer.is_global_zero and not resumed:
        broker().observe("training_started", folder=folder.root, epochs=plan.schedule.epochs)
    workers = machine.count_workers()
    on_gpu = trainer.strategy.root_device.type == "cuda"
    trainer.fit(
        teacher,
        Loader(material.learnt, epochs, workers, pin=on_gpu),
        [
            ordered_loader(
                InOrder(samples, plan.model),
                _JUDGED_AT_ONCE,
                min(workers, 2),
                trainer.global_rank,
                trainer.world_size,
            )
            for samples in material.held_out.values()
        ],
        ckpt_path=str(state) if resumed else None,
    )
    if trainer.is_global_zero:
        files.mark_finished(folder, Finished(history.best, trainer.global_step))


def _trainer(
    plan: Plan,
    folder: Folder,
    machine: Machine,
    material: Material,
    tell: Callable[[dict[str, float], bool], object],
) -> tuple[lightning.Trainer, History]:
    from lightning.pytorch.loggers import TensorBoardLogger

    judged_by = material.judged_by(plan.metric)
    shown = material.shown(_SHOWN)

    def draw(rows: list[dict[str, float]], teacher: Teacher) -> None:
        folder.put(files.CURVES, draw_curves(rows, judged_by))
        folder.put(files.PREDICTIONS, draw_predictions(plan.model, teacher.judged, shown))

    history = History(
        folder,
        functools.partial(_card, plan, material),
        judged_by,
        plan.metric.higher_is_better,
        draw,
        tell,
    )
    done = len(read_history(folder.root))
    trainer = lightning.Trainer(
        accelerator=machine.accelerator,
        devices=int(machine.devices) if machine.devices.isdecimal() else machine.devices,
        num_nodes=machine.nodes,
        strategy=machine.strategy,
        precision=plan.precision,  # type: ignore[arg-type]
        max_epochs=plan.schedule.epochs,
        gradient_clip_val=plan.schedule.gradient_norm,
        num_sanity_val_steps=0,
        use_distributed_sampler=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        enable_checkpointing=False,
        default_root_dir=folder.root,
        logger=TensorBoardLogger(folder.root, name=None, version=files.TENSORBOARD, purge_step=done or None),
        callbacks=[Averaging(), EpochKeeper(), history, StateKeeper(folder)],
        plugins=[WholeCheckpoints()],
    )
    return trainer, history


def _card(plan: Plan, material: Material, epoch: int, scores: Mapping[str, float]) -> dict[str, Any]:
    entries = model_entries(plan.model)
    no_scores = ("epoch", "step", "learning rate", "seconds")
    kept = ("schedule", "loss", "augmentation", "frames", "seed", "precision", "start")
    plain = converter.unstructure(plan)
    return {
        **entries,
        "size": list(plan.size.xy),
        "line_width": material.line_width,
        "recipes": list(plan.recipes),
        "data": [*(Path(name).name for name in (*plan.datasets, *plan.labelled))],
        "epochs": epoch,
        "images": epoch * plan.schedule.images,
        "scores": {name: value for name, value in scores.items() if name not in no_scores},
        "training": {key: plain[key] for key in kept},
        "versions": versions_behind([entries["plugin"]]) | {"torch": torch.__version__},
    }
