"""Worker processes: several samples at a time, with the same bytes as one at a time."""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import islice

import attrs

from dislo_gen.dataset import write_sample
from dislo_gen.errors import DatasetError
from dislo_gen.files import Folder
from dislo_gen.interfaces import Writer
from dislo_gen.pipeline import make_sample
from dislo_gen.recipe import Recipe

_IN_FLIGHT_PER_HELPER = 2
_PARENTS_BUSINESS = (signal.SIGINT, signal.SIGTERM)
"""Sent to a whole group of processes; workers end when the parent does, after the samples they are at."""


@attrs.frozen
class Job:
    """All a process needs to make and write any sample of a dataset."""

    recipe: Recipe
    seed: int
    writer: Writer
    root: str

    def run(self, index: int) -> int:
        """Make and write one sample; return its number."""
        write_sample(make_sample(self.recipe, self.seed, index), Folder(self.root), self.writer)
        return index


def run(job: Job, indices: Iterable[int], jobs: int) -> Generator[int, None, None]:
    """Make and write samples in this process and ``jobs - 1`` others; yield each number when it is on disk.

    This process works from the first moment, while the others are still starting. Few samples are in flight at
    a time, so memory does not grow with their number. Closing the iterator (or an interrupt) lets running
    samples finish and starts no more.

    Raises:
        DatasetError: a worker process died.
        PluginError, DatasetError: as `make_sample` and `write_sample`.
    """
    waiting = iter(indices)
    if jobs <= 1:
        for index in waiting:
            yield job.run(index)
        return
    helpers = jobs - 1
    pool = ProcessPoolExecutor(
        helpers, mp_context=multiprocessing.get_context("spawn"), initializer=_start_worker, initargs=(job,)
    )
    running: set[Future[int]] = set()
    try:
        with _children_ignore_interrupts():
            running = {pool.submit(_work, index) for index in islice(waiting, helpers * _IN_FLIGHT_PER_HELPER)}
        for index in waiting:
            yield job.run(index)
            done = {future for future in running if future.done()}
            running = (running - done) | {pool.submit(_work, index) for index in islice(waiting, len(done))}
            yield from _results(done)
        while running:
            done, running = wait(running, return_when=FIRST_COMPLETED)
            yield from _results(done)
    except BrokenProcessPool:
        raise DatasetError(
            "a worker process died (out of memory, or killed); what is complete is kept: run the same command "
            "again, with fewer jobs if memory is short. A script that asks for several jobs must do so under "
            "'if __name__ == \"__main__\":'"
        ) from None
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _results(done: set[Future[int]]) -> Iterator[int]:
    # Every finished sample is counted before a failed one stops the run.
    failed = [future for future in done if future.exception() is not None]
    for future in done:
        if future not in failed:
            yield future.result()
    for future in failed:
        future.result()


_job: Job | None = None


def _start_worker(job: Job) -> None:
    global _job
    _job = job
    for number in _PARENTS_BUSINESS:
        signal.signal(number, signal.SIG_IGN)
    # The parent makes samples of the same recipe and says what there is to remark on, once and in its own words.
    logging.getLogger("dislo_gen").setLevel(logging.ERROR)
    die_with_parent()


def die_with_parent() -> None:
    """Let this process end at once when the one that began it ends, however that ends."""
    threading.Thread(target=_wait_for_parent, daemon=True).start()


def _wait_for_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        multiprocessing.connection.wait([parent.sentinel])
        os._exit(1)


def _work(index: int) -> int:
    if _job is None:
        raise RuntimeError("the worker was not started with a job")
    return _job.run(index)


@contextlib.contextmanager
def _children_ignore_interrupts() -> Iterator[None]:
    """Let processes started here inherit that Ctrl-C and SIGTERM are the parent's business, from the first on."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, signal.SIG_IGN) for number in _PARENTS_BUSINESS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
