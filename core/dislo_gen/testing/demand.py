"""Letting a plugin work, and demanding what its interface promises of the result."""

from __future__ import annotations

from typing import Any

from dislo_gen.testing.check import NotConformingError
from dislo_gen.testing.contracts import problem
from dislo_gen.testing.exercise import Task, work
from dislo_gen.testing.subject import Subject


def demand_contract(subject: Subject, task: Task, instance: Any = None, when: str = "") -> Any:
    """Let a plugin work, and return what came of it if that keeps the contract.

    Args:
        subject: the plugin.
        task: what to do.
        instance: the component with other parameters; by default the subject's own.
        when: what was special, to begin the message with.

    Raises:
        NotConformingError: it raised, or what it returned breaks the contract.
    """
    try:
        output = work(subject.instance if instance is None else instance, subject.kind, task)
    except Exception as error:
        if not when:
            raise
        raise NotConformingError(f"{when}it raises {type(error).__name__}: {error}") from error
    found = problem(subject.kind, output, task.size)
    if found:
        raise NotConformingError(f"{when}it {found}")
    return output
