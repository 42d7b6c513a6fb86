"""Loaders: which examples make an epoch, and going on in the middle of one."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch.utils.data import DataLoader, Dataset, Sampler

from dislo_gen.learning.batch import Batch, Example, collate
from dislo_gen.workers import die_with_parent


class Epochs(Sampler[list[int]]):
    """The indices of an epoch's batches: epoch e has the examples from e times ``images`` on, none of them twice.

    Args:
        images: how many examples an epoch has; rounded up to whole batches on every process.
        batch: examples in a batch.
        rank, world: which process this is, and how many share the epoch.
    """

    def __init__(self, images: int, batch: int, rank: int = 0, world: int = 1) -> None:
        self.batches = -(-images // (batch * world))
        self.batch = batch
        self.rank = rank
        self.world = world
        self.epoch = 0
        self.skipped = 0

    def __len__(self) -> int:
        """Batches in an epoch, on each process."""
        return self.batches

    def set_epoch(self, epoch: int) -> None:
        """Go on with another epoch; Lightning calls it."""
        self.epoch = epoch

    def __iter__(self) -> Iterator[list[int]]:
        first = self.epoch * self.batches * self.world
        skipped, self.skipped = self.skipped, 0  # what was left out once is not left out again
        for number in range(skipped, self.batches):
            start = (first + number * self.world + self.rank) * self.batch
            yield list(range(start, start + self.batch))


class Loader(DataLoader[Batch]):
    """A loader that knows how far it has come, so that a training can go on in the middle of an epoch."""

    def __init__(self, dataset: Dataset[Example], epochs: Epochs, workers: int, *, pin: bool = False) -> None:
        super().__init__(
            dataset,  # type: ignore[arg-type] # examples go in, batches come out
            batch_sampler=epochs,
            collate_fn=collate,
            # A generator of its own: the loader draws from it, and torch's belongs to the network.
            generator=torch.Generator(),
            pin_memory=pin,
            **_processes(workers),
        )
        self.epochs = epochs
        self._given = 0

    def __iter__(self) -> Any:
        self._given = self.epochs.skipped
        for batch in super().__iter__():
            self._given += 1
            yield batch

    def state_dict(self) -> dict[str, int]:
        """Return how many batches of this epoch were given out."""
        return {"given": self._given}

    def load_state_dict(self, state: dict[str, int]) -> None:
        """Leave out the batches that were given out before."""
        self.epochs.skipped = state["given"] % max(1, len(self.epochs))


def ordered_loader(dataset: Dataset[Example], batch: int, workers: int, rank: int = 0, world: int = 1) -> Any:
    """Return a loader that gives every example of a finite dataset once, shared out among processes."""
    indices = range(rank, len(dataset), world)  # type: ignore[arg-type]
    groups = [list(indices[start : start + batch]) for start in range(0, len(indices), batch)]
    return DataLoader(
        dataset,
        batch_sampler=groups,
        collate_fn=collate,
        generator=torch.Generator(),
        **_processes(workers),
    )


@contextlib.contextmanager
def ended(loaders: Sequence[DataLoader[Any]]) -> Iterator[None]:
    """End the loaders' processes whatever happens: none of them outlives a training that was stopped."""
    try:
        yield
    finally:
        for loader in loaders:
            running: Any = loader._iterator
            if running is not None and hasattr(running, "_workers"):
                running._shutdown_workers()  # lets each finish what it is at, for five seconds
                for worker in running._workers:
                    worker.kill()


def _processes(workers: int) -> dict[str, Any]:
    if not workers:
        return {"num_workers": 0}
    # Some pictures take ten times as long to make as others; a few batches ahead even that out.
    return {
        "num_workers": workers,
        "persistent_workers": True,
        "prefetch_factor": 4,
        "worker_init_fn": _start_worker,
    }


def _start_worker(_number: int) -> None:
    """Let Ctrl-C and SIGTERM reach the training alone, which ends its workers itself; one thread is enough."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # batch systems send it to every process of a job
    torch.set_num_threads(1)
    # torch looks after its workers' parent, too, but one that is about to hand on a large batch waits for ever.
    die_with_parent()
