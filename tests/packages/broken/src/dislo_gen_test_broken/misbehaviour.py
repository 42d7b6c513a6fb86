"""Ways to misbehave that have nothing to do with what a plugin is for, as a number that gets into its work."""

from __future__ import annotations

import contextlib
import itertools
import os
import sys
import urllib.request
from collections.abc import Callable
from typing import Annotated, Any, Literal

import numpy as np

from dislo_gen import Help, Range, component

_numbers = itertools.count()
_seen: dict[str, Any] = {"last": None, "changes": 0}


@component
class Misbehaves:
    """A mixin: ``disturbance`` is what spoils the work, from 0 (nothing) to 1."""

    level: Annotated[float, Range(0, 1), Help("a number that some of this changes")] = 0.5
    how: Annotated[
        Literal[
            "not at all",
            "counts",
            "remembers",
            "depends on the process",
            "works under pytest only",
            "depends on a set",
            "cannot be pickled",
            "is another when pickled",
            "reads the global state",
            "draws from the global state",
            "seeds the global state",
            "changes itself",
            "downloads",
            "demands a download",
            "fails at a single pixel",
            "fails at the end of a range",
        ],
        Help("what it does wrong"),
    ] = "not at all"

    def disturbance(self, work: tuple[int, int]) -> float:
        """Misbehave, and return a number.

        Args:
            work: tells pieces of work apart; the size, for whatever has one.
        """
        return _WAYS[self.how](self, work) if self.how in _WAYS else 0.0

    def __getstate__(self) -> dict[str, Any]:
        if self.how == "cannot be pickled":
            raise TypeError("cannot pickle '_thread.lock' object")
        return {**vars(self), "level": self.level / 2 if self.how == "is another when pickled" else self.level}


def _remembers(_: Any, work: tuple[int, int]) -> float:
    if work != _seen["last"]:
        _seen.update(last=work, changes=_seen["changes"] + 1)
    return _seen["changes"] % 97 / 97


def _under_pytest_only(_: Any, __: tuple[int, int]) -> float:
    if "pytest" not in sys.modules:
        raise RuntimeError("who is there?")
    return 0.0


def _order_of_a_set(_: Any, __: tuple[int, int]) -> float:
    words = list({"screw", "edge", "mixed", "jog", "kink", "node", "loop", "dipole"})
    return sum(place * len(word) ** 2 for place, word in enumerate(words)) % 97 / 97


def _global_state(_: Any, __: tuple[int, int]) -> float:
    return float(np.random.get_state()[1][5]) / 2**32  # noqa: NPY002


def _global_draw(_: Any, __: tuple[int, int]) -> float:
    return float(np.random.random())  # noqa: NPY002


def _global_seed(_: Any, __: tuple[int, int]) -> float:
    np.random.seed(0)  # noqa: NPY002
    return 0.0


def _changes_itself(owner: Misbehaves, _: tuple[int, int]) -> float:
    object.__setattr__(owner, "level", owner.level * 0.9)
    return 0.0


def _demands_a_download(_: Any, __: tuple[int, int]) -> float:
    with urllib.request.urlopen("http://127.0.0.1:9/weights", timeout=1) as answer:
        return float(answer.status)


def _downloads(owner: Misbehaves, work: tuple[int, int]) -> float:
    with contextlib.suppress(OSError):
        _demands_a_download(owner, work)
    return 0.0


def _single_pixel(_: Any, work: tuple[int, int]) -> float:
    if max(work) < 2:
        raise IndexError("there is no second pixel")
    return 0.0


_WAYS: dict[str, Callable[[Any, tuple[int, int]], float]] = {
    "counts": lambda _, __: next(_numbers) % 97 / 97,
    "remembers": _remembers,
    "depends on the process": lambda _, __: os.getpid() % 9973 / 9973,
    "works under pytest only": _under_pytest_only,
    "depends on a set": _order_of_a_set,
    "is another when pickled": lambda owner, _: float(owner.level),
    "reads the global state": _global_state,
    "draws from the global state": _global_draw,
    "seeds the global state": _global_seed,
    "changes itself": _changes_itself,
    "downloads": _downloads,
    "demands a download": _demands_a_download,
    "fails at a single pixel": _single_pixel,
    "fails at the end of a range": lambda owner, _: min(1.0, 0.1 / owner.level),
}
