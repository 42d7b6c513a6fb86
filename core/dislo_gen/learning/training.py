"""Training: from a plan to weights, whatever the machine."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import lightning
import torch
from torch import nn

from dislo_gen import paths
from dislo_gen.convert import converter
from dislo_gen.errors import DatasetError, DisloGenError, LearningError
from dislo_gen.files import Folder
from dislo_gen.hooks import broker
from dislo_gen.learning import folder as files
from dislo_gen.learning.callbacks import (
    Averaging,
    EpochKeeper,
    History,
    Progress,
    StateKeeper,
    finite,
    read_history,
)
from dislo_gen.learning.cards import read_card
from dislo_gen.learning.datasets import InOrder
from dislo_gen.learning.estimate import estimate_training
from dislo_gen.learning.guards import explained, quiet
from dislo_gen.learning.loading import Epochs, Loader, ended, ordered_loader
from dislo_gen.learning.machine import Machine, is_first_process, taken
from dislo_gen.learning.material import Material, gather
from dislo_gen.learning.module import LABELLED, Teacher, judge
from dislo_gen.learning.network import build_network, predict_channels
from dislo_gen.learning.pictures import draw_curves, draw_predictions
from dislo_gen.learning.plan import Finished, Plan
from dislo_gen.learning.state import WholeCheckpoints
from dislo_gen.learning.weights import load_weights, model_entries
from dislo_gen.record import versions_behind

_JUDGED_AT_ONCE = 4
_SHOWN = 6
logger = logging.getLogger("dislo_gen")


def _nothing(*_: object) -> None: ...


def train(
    plan: Plan,
    out: str | Path,
    *,
    start: str | Path | None = None,
    machine: Machine | None = None,
    progress: Callable[[int, int, str], object] | None = None,
    tell: Callable[[dict[str, float], bool], object] | None = None,
    estimated: Callable[[float], object] | None = None,
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
        estimated: called before the first step with how long all of it will take, s, measured here; not where a
            training goes on, or where several devices share it.

    Returns:
        The best weights' file.

    Raises:
        DatasetError: the folder holds something else, cannot be written, or another run writes into it.
        LearningError: the loss is not a number, memory is not enough, weights do not fit, or the machine is none
            that there is here.
        StoppedError: the user, or a batch system, stopped it; the same call goes on.
    """
    folder, machine = Folder(out), machine or Machine()
    machine.check()
    best = folder.root / files.BEST
    with taken(folder):
        if is_first_process():  # others begin when it has begun
            _put_away_broken(folder)
            files.take_folder(folder, plan)
        if files.is_run(folder.root) and files.is_finished(folder):
            return best
        with quiet(), torch.random.fork_rng(devices=[]), explained(plan, folder):
            begin = None if start is None else Path(start)
            _train(plan, folder, begin, machine, progress or _nothing, tell or _nothing, estimated)
    return best


def _put_away_broken(folder: Folder) -> None:
    """Make room for finished weights that cannot be read: they are learnt again, as those that are missing are."""
    best = folder.root / files.BEST
    if not files.is_run(folder.root) or paths.is_file(folder.root / files.STATE) or not paths.exists(best):
        return
    try:
        read_card(best)
    except DisloGenError as error:
        found = paths.look(best)
        kept = f"; what was there is kept: {folder.keep_aside(files.BEST)}" if found and found.st_size else ""
        folder.remove(files.BEST)
        logger.warning("%s, so they are learnt again%s", error, kept)


def _train(
    plan: Plan,
    folder: Folder,
    start: Path | None,
    machine: Machine,
    progress: Callable[[int, int, str], object],
    tell: Callable[[dict[str, float], bool], object],
    estimated: Callable[[float], object] | None,
) -> None:
    state = folder.root / files.STATE
    resumed = paths.is_file(state)
    material = gather(plan)
    keeper, checkpoints = StateKeeper(folder), WholeCheckpoints(converter.unstructure(plan))
    with machine.explained(plan.precision):
        trainer, history = _trainer(plan, folder, machine, material, tell, keeper, checkpoints)
    epochs = Epochs(plan.schedule.images, plan.schedule.batch, trainer.global_rank, trainer.world_size)
    network = build_network(plan.model, plan.seed)
    if not resumed:
        if start is None and plan.start:
            raise DatasetError(f"{folder.root}: only the command that began this training can begin it again")
        if start is None:
            plan.model.load_pretrained(network)
        else:
            load_weights(start, into=network)
    steps = plan.schedule.epochs * len(epochs)
    if not resumed and estimated is not None and trainer.world_size == 1:
        progress(0, steps, "estimating the time")
        estimated(estimate_training(plan, machine=machine, material=material, network=network))
    if not resumed and plan.start and material.frames_held_out and trainer.is_global_zero:
        progress(0, steps, "judging before learning")
        files.note_before(folder, _judge_before(plan, material, network))
    teacher = Teacher(network, plan, steps, tuple(material.held_out))
    trainer.callbacks.insert(0, Progress(progress, steps))  # type: ignore[attr-defined]
    if trainer.is_global_zero and not resumed:
        broker().observe("training_started", folder=folder.root, epochs=plan.schedule.epochs)
    workers = machine.count_workers()
    on_gpu = trainer.strategy.root_device.type == "cuda"
    learnt = Loader(material.learnt, epochs, workers, pin=on_gpu)
    judged = [
        ordered_loader(
            InOrder(samples, plan.model),
            _JUDGED_AT_ONCE,
            min(workers, 2),
            trainer.global_rank,
            trainer.world_size,
        )
        for samples in material.held_out.values()
    ]
    with ended([learnt, *judged]), keeper.listening(), checkpoints.restoring(lambda: keeper.has_begun):
        trainer.fit(teacher, learnt, judged, ckpt_path=str(state) if resumed else None)
    if not trainer.is_global_zero:
        return
    if history.best is None:
        raise LearningError(
            f"{folder.root}: after no epoch were the losses numbers, so there are no weights to keep; begin anew "
            f"with a smaller --learning-rate, into another folder"
        )
    files.mark_finished(folder, Finished(history.best, trainer.global_step))


def _judge_before(plan: Plan, material: Material, network: nn.Module) -> dict[str, float]:
    """Return what the weights to begin with reach on held-out labelled frames, by the numbers' names."""
    found: dict[str, list[float]] = {}
    for sample in material.held_out[LABELLED]:
        channels = predict_channels(network.eval(), sample.image)
        for name, value in judge(plan.model, [plan.metric], channels, sample, plan.load_finding()).items():
            found.setdefault(f"{LABELLED} {name}", []).append(float(value))
    network.train()
    return finite({name: sum(values) / len(values) for name, values in found.items()})


def _trainer(
    plan: Plan,
    folder: Folder,
    machine: Machine,
    material: Material,
    tell: Callable[[dict[str, float], bool], object],
    keeper: StateKeeper,
    checkpoints: WholeCheckpoints,
) -> tuple[lightning.Trainer, History]:
    from lightning.pytorch.loggers import TensorBoardLogger

    judged_by = material.judged_by(plan.metric)
    shown = material.shown(_SHOWN)

    def draw(rows: list[dict[str, float]], teacher: Teacher) -> None:
        before = (files.read_training(folder.root).before or {}).get(judged_by or "")
        folder.put(files.CURVES, draw_curves(rows, judged_by, history.best, material.judged_on, before))
        sheet = draw_predictions(plan.model, teacher.judged, shown, plan.load_finding())
        folder.put(files.PREDICTIONS, sheet)

    history = History(
        folder,
        functools.partial(_card, plan, material),
        judged_by,
        plan.metric.higher_is_better,
        draw,
        tell,
    )
    board: TensorBoardLogger | bool = False
    try:
        str(paths.absolute(folder.root)).encode()
        board = TensorBoardLogger(folder.root, name=None, version=files.TENSORBOARD, purge_step=_next_step(folder))
    except UnicodeEncodeError:
        logger.warning("%s: TensorBoard takes no name that is not UTF-8; its curves are left out", folder.root)
    trainer = lightning.Trainer(
        accelerator=machine.accelerator,
        devices=machine.lightning_devices,
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
        logger=board,
        callbacks=[Averaging(), EpochKeeper(), history, keeper],
        plugins=[checkpoints],
    )
    return trainer, history


def _next_step(folder: Folder) -> int | None:
    """Return the step from which TensorBoard's numbers will be written anew, if some were written before."""
    try:
        step = max((row.get("step", 0) for row in read_history(folder.root)), default=0)
    except DatasetError:  # somebody changed it; `History` keeps it aside
        return None
    return int(step) + 1 if 0 < step < 2**53 else None


def _card(plan: Plan, material: Material, epoch: int, scores: Mapping[str, float]) -> dict[str, Any]:
    entries = model_entries(plan.model)
    no_scores = ("epoch", "step", "learning rate", "seconds")
    kept = ("schedule", "loss", "augmentation", "frames", "seed", "precision", "start")
    plain = converter.unstructure(plan)
    return {
        **entries,
        "size": list(plan.size.xy),
        "scale": plan.scale,
        "line_widths": converter.unstructure(material.line_widths),
        "line_width": material.line_width,
        "finding": plan.finding,
        "recipes": list(plan.recipes),
        "data": [*(Path(name).name for name in (*plan.datasets, *plan.labelled))],
        "epochs": epoch,
        "images": epoch * plan.schedule.images,
        "scores": {name: value for name, value in scores.items() if name not in no_scores},
        "training": {key: plain[key] for key in kept},
        "versions": versions_behind([entries["plugin"]]) | {"torch": torch.__version__},
    }
