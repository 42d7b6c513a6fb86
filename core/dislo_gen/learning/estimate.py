"""How long a training will take: a step and a judgement are tried and timed before it begins."""

from __future__ import annotations

import contextlib
import copy
import os
import time
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import nn
from torch.utils.data import Dataset

from dislo_gen.learning.batch import Batch, Example, collate
from dislo_gen.learning.datasets import InOrder
from dislo_gen.learning.machine import Machine
from dislo_gen.learning.material import Material, gather
from dislo_gen.learning.module import Teacher
from dislo_gen.learning.network import best_device, build_network
from dislo_gen.learning.plan import Plan
from dislo_gen.learning.weights import load_weights

_PICTURES = 2
"""In the step that is timed; how long a step takes is about in proportion to its pictures."""
_MADE = 4


def estimate_training(
    plan: Plan,
    *,
    start: str | Path | None = None,
    machine: Machine | None = None,
    material: Material | None = None,
    network: nn.Module | None = None,
) -> float:
    """Return how long a training will take on one device of this machine, s; to find out takes some seconds.

    Nothing that decides the training's outcome is changed: a copy of the network learns, and is thrown away.

    Args:
        plan: of the training.
        start: weights to begin from, if the plan says so.
        machine: what to run on.
        material: what the plan names, if it is gathered already.
        network: with the weights to begin with, if it is built already.

    Raises:
        DisloGenError: the plan names what is missing or broken, or pictures cannot be made.
    """
    machine, material = machine or Machine(), material or gather(plan)
    with torch.random.fork_rng():
        if network is None:
            network = build_network(plan.model, plan.seed)
            if start is not None:
                load_weights(start, into=network)
        making = _time_making(material.learnt)
        examples = [material.learnt[index] for index in range(min(_PICTURES, plan.schedule.batch))]
        teacher = Teacher(copy.deepcopy(network), plan, 1, tuple(material.held_out)).to(_device(machine))
        learning = _time_step(teacher, examples) / len(examples)
        # One that has learnt nothing finds a thousand lines in noise: what that takes says nothing of later.
        judging = _time_judging(teacher, material, with_lines=bool(plan.start))
    schedule, workers = plan.schedule, max(1, machine.count_workers())
    if teacher.device.type == "cpu":  # making takes its share of what learning has
        image = learning + making / (os.cpu_count() or 1)
    else:
        image = max(learning, making / workers)
    steps = -(-schedule.images // schedule.batch)
    return schedule.epochs * (steps * schedule.batch * image + judging)


def _device(machine: Machine) -> torch.device:
    return best_device() if machine.accelerator in ("auto", "gpu", "cuda") else torch.device("cpu")


def _time_making(learnt: Dataset[Example]) -> float:
    """Return how long an example takes to make, s: the mean of some; the first finds nothing at hand yet."""
    learnt[0]
    began = time.perf_counter()
    for index in range(_MADE):
        learnt[index]
    return (time.perf_counter() - began) / _MADE


def _time_step(teacher: Teacher, examples: Sequence[Example]) -> float:
    batch = _batch(examples, teacher)
    optimizer = torch.optim.AdamW(teacher.network.parameters(), lr=0.0)
    seconds = 0.0
    for _ in range(2):  # the first is slower than those after it
        began = time.perf_counter()
        with _arithmetic(teacher):
            loss = teacher.losses_of(batch).mean()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        optimizer.zero_grad()
        loss.item()
        seconds = time.perf_counter() - began
    return seconds


@torch.inference_mode()
def _time_judging(teacher: Teacher, material: Material, with_lines: bool) -> float:
    """Return how long it takes to judge all that is held out, s: one sample of each group is tried."""
    teacher.eval()
    seconds = 0.0
    for number, samples in enumerate(material.held_out.values()):
        began = time.perf_counter()
        batch = _batch([InOrder(samples, teacher.plan.model)[0]], teacher)
        with _arithmetic(teacher):
            if with_lines:
                teacher.validation_step(batch, 0, number)
            else:
                teacher.network(batch.images)
        seconds += (time.perf_counter() - began) * len(samples)
    return seconds


def _batch(examples: Sequence[Example], teacher: Teacher) -> Batch:
    batch, device = collate(examples), teacher.device
    return batch._replace(
        images=batch.images.to(device),
        masks=batch.masks.to(device),
        counts=batch.counts.to(device),
        targets=None if batch.targets is None else batch.targets.to(device),
    )


def _arithmetic(teacher: Teacher) -> contextlib.AbstractContextManager[object]:
    """Calculate as the training will, as far as its time goes."""
    kind = {"bf16": torch.bfloat16, "16": torch.float16}.get(teacher.plan.precision.partition("-")[0])
    if kind is None:
        return contextlib.nullcontext()
    return torch.autocast(teacher.device.type, dtype=kind)
