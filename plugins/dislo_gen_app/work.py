"""Long work, in a thread of its own: how far it is, and stopping it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from dislo_gen_app.threads import in_thread

T = TypeVar("T")
Progress = Callable[[int, int], None]


class StoppedError(Exception):
    """The person at the page stopped the work."""


class Work:
    """One long piece of work at a time.

    Attributes:
        title: what is done, or "".
        done, total: how far it is; a total of 0 is not known yet.
        in_hand: what a thread is at; unlike the title it outlasts the page's end.
        kept: what the last that was stopped says: what is kept of it, and how to go on.
    """

    def __init__(self) -> None:
        self.title = self.in_hand = self.kept = ""
        self.done = self.total = 0
        self._began = 0.0
        self._stop = False

    @property
    def runs(self) -> bool:
        """Whether something is being done."""
        return bool(self.title)

    @property
    def seconds_left(self) -> float | None:
        """About how long it will take, s; None where nothing can be said yet."""
        if not self.done or not self.total:
            return None
        return (time.monotonic() - self._began) / self.done * (self.total - self.done)

    def stop(self) -> None:
        """Have the work end at its next step."""
        self._stop = True

    async def run(self, title: str, action: Callable[[Progress], T]) -> T:
        """Do something in a thread.

        Args:
            title: what is done.
            action: called with a function that takes (done, total), and raises StoppedError once the work is to
                end.

        Raises:
            RuntimeError: something else is being done.
            StoppedError: it was stopped.
        """
        if self.runs:
            raise RuntimeError(f"{self.title} is not finished yet")
        self.title, self.kept, self.done, self.total = title, "", 0, 0
        self._began, self._stop = time.monotonic(), False
        try:
            return await in_thread(lambda: self._do(title, action))
        finally:
            self.title = ""

    def _do(self, title: str, action: Callable[[Progress], T]) -> T:
        self.in_hand = title
        try:
            return action(self._step)
        except StoppedError as stopped:
            self.kept = f"{title}. {stopped}"
            raise
        finally:
            self.in_hand = ""

    def _step(self, done: int, total: int) -> None:
        if self._stop:
            raise StoppedError
        self.done, self.total = done, total
