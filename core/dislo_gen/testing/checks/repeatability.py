"""The same seed makes the same bytes, whatever else happened."""

from __future__ import annotations

import os
import pickle
from collections.abc import Sequence
from typing import Any

from dislo_gen.component_tables import write_component
from dislo_gen.interfaces import INTERFACES
from dislo_gen.size import Size
from dislo_gen.testing.check import NotConformingError, check
from dislo_gen.testing.elsewhere import ask
from dislo_gen.testing.exercise import Task, digest
from dislo_gen.testing.global_state import global_random_states, seeded_globally
from dislo_gen.testing.subject import Subject

_NOBODYS_SEED = 2_718_281_828
_TASKS = (Task(seed=0), Task(seed=3, index=7), Task(Size(20, 33), seed=2**40, index=1))


def _digests(subject: Subject, tasks: Sequence[Task] = _TASKS, instance: Any = None) -> list[str]:
    instance = subject.instance if instance is None else instance
    return [digest(instance, subject.kind, task) for task in tasks]


def _usual(subject: Subject) -> list[str]:
    """What it makes here, in order: what every other way of making it is compared with."""
    found: list[str] = subject.once("digests", lambda: _digests(subject))
    return found


@check()
def same_seed_same_bytes(subject: Subject) -> None:
    """The same seed and index make the same bytes twice."""
    for task, first, second in zip(_TASKS, _usual(subject), _digests(subject), strict=True):
        if first != second:
            raise NotConformingError(f"twice the same seed {task.seed} and index {task.index}, and other bytes")


@check()
def the_same_alone_and_in_a_run(subject: Subject) -> None:
    """What was made before, in which order, changes nothing."""
    backwards = _digests(subject, _TASKS[::-1])[::-1]
    if _usual(subject) != backwards:
        raise NotConformingError("made in another order, samples have other bytes: it remembers earlier ones")


@check()
def the_same_in_another_process(subject: Subject) -> None:
    """A new process makes the same bytes."""
    if _elsewhere(subject, _hash_seed()) != _usual(subject):
        raise NotConformingError("another process makes other bytes: it depends on the process it runs in")


@check()
def the_same_under_another_hash_seed(subject: Subject) -> None:
    """Another PYTHONHASHSEED, so another order of sets, makes the same bytes."""
    if _elsewhere(subject, _hash_seed()) != _elsewhere(subject, "1" if _hash_seed() != "1" else "2"):
        raise NotConformingError("under another PYTHONHASHSEED it makes other bytes: sort what comes from a set")


def _hash_seed() -> str:
    """The hash seed of this process, if somebody chose one."""
    seed = os.environ.get("PYTHONHASHSEED", "0")
    return seed if seed.isdecimal() else "0"


def _elsewhere(subject: Subject, hash_seed: str) -> list[str]:
    """What it makes in a process of its own."""
    found: list[str] = subject.once(f"digests under {hash_seed}", lambda: _asked(subject, hash_seed))
    return found


def _asked(subject: Subject, hash_seed: str) -> list[str]:
    question = {
        "kind": subject.kind,
        "name": f"{subject.plugin().package}:{subject.plugin().name}",
        "plain": None if subject.kind == "hook" else write_component(subject.instance),
        "tasks": [(task.size.width, task.size.height, task.seed, task.index) for task in _TASKS],
    }
    return list(ask(question, PYTHONHASHSEED=hash_seed)["digests"])


@check(*INTERFACES)
def the_same_after_pickling(subject: Subject) -> None:
    """It can be pickled, as worker processes need, and works on as before."""
    try:
        copy = pickle.loads(pickle.dumps(subject.instance))  # noqa: S301 - its own bytes, made just now
    except Exception as error:
        raise NotConformingError(f"it cannot be pickled: {type(error).__name__}: {error}") from error
    if _digests(subject, instance=copy) != _usual(subject):
        raise NotConformingError("its pickled copy makes other bytes")


@check()
def global_random_state_unread(subject: Subject) -> None:
    """It reads no global random generator: whatever their state, the bytes are the same."""
    found = []
    for seed in (1, 2):
        with seeded_globally(seed):
            found.append(_digests(subject))
    if found[0] != found[1]:
        raise NotConformingError("its bytes depend on a global random generator; draw from the rng it is given")


@check()
def global_random_state_untouched(subject: Subject) -> None:
    """It leaves the global random generators as they are."""
    with seeded_globally(_NOBODYS_SEED):  # after an earlier check the state may be the one that it always sets
        before = global_random_states()
        _digests(subject)
        after = global_random_states()
    if after != before:
        raise NotConformingError("it draws from or seeds a global random generator; use the rng it is given")
