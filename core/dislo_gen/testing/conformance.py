"""Conformance checks of a plugin: which there are, and running them."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from typing import Any

import attrs

from dislo_gen.testing import checks  # noqa: F401 - importing it is what fills the list
from dislo_gen.testing.check import CHECKS, KINDS, Check, NotConformingError
from dislo_gen.testing.needs import demand_installed
from dislo_gen.testing.subject import Subject


@attrs.frozen
class ConformanceCheck:
    """One check of one plugin: call it, and it raises an AssertionError if the plugin fails it."""

    check: Check
    subject: Subject

    def __call__(self) -> None:
        """Run the check.

        Raises:
            NotConformingError: the plugin fails it.
        """
        try:
            self.check.function(self.subject)
        except NotConformingError as error:
            raise NotConformingError(f"{self.subject}: {self.check.name}: {error}") from error.__cause__
        except Exception as error:
            place = _place(error, self.subject.target)
            raise NotConformingError(
                f"{self.subject}: {self.check.name}: it raised {type(error).__name__}: {error}{place}"
            ) from error

    def __str__(self) -> str:
        return self.check.name


@attrs.frozen
class Outcome:
    """What came of one check.

    Attributes:
        name, demand: the check's.
        problem: how the plugin fails it, or None.
    """

    name: str
    demand: str
    problem: str | None

    @property
    def passed(self) -> bool:
        """Whether the plugin passed."""
        return self.problem is None


def checks_for(kind: str) -> tuple[Check, ...]:
    """Return every check for a kind of plugin, those for all kinds first."""
    found = [one for one in CHECKS if kind in one.kinds]
    return tuple(sorted(found, key=lambda one: len(one.kinds) < len(KINDS) - 1))


def conformance_checks(plugin: Any) -> list[ConformanceCheck]:
    """Return the checks for a plugin, ready for pytest.

    In the plugin's tests::

        @pytest.mark.parametrize("check", conformance_checks(Loops), ids=str)
        def test_conformance(check):
            check()

    Args:
        plugin: a component class, a component (where a class has parameters without default, or to check other
            values than the defaults), or the object that a hook's entry point names.

    Raises:
        TypeError: it is none of these, or has parameters that need a value.
        PluginError: a library that the checks use is not installed.
    """
    subject = Subject.of(plugin)
    demand_installed(subject.kind)
    return [ConformanceCheck(one, subject) for one in checks_for(subject.kind)]


def run_checks(plugin: Any) -> Iterator[Outcome]:
    """Run the checks for a plugin one after the other and yield what comes of each."""
    for one in conformance_checks(plugin):
        try:
            one()
        except NotConformingError as error:
            prefix = f"{one.subject}: {one.check.name}: "
            yield Outcome(one.check.name, one.check.demand, str(error).removeprefix(prefix))
        else:
            yield Outcome(one.check.name, one.check.demand, None)


def check_conformance(plugin: Any) -> None:
    """Run every check for a plugin.

    Args:
        plugin: as for `conformance_checks`.

    Raises:
        NotConformingError: it fails some; one line for each.
    """
    failed = [f"{outcome.name}: {outcome.problem}" for outcome in run_checks(plugin) if not outcome.passed]
    if failed:
        raise NotConformingError(f"{Subject.of(plugin)} fails {len(failed)} checks:\n" + "\n".join(failed))


def _place(error: Exception, target: Any) -> str:
    """Say where in the plugin's own package an exception passed last, if it did."""
    package = str(getattr(target, "__module__", None) or target.__name__).partition(".")[0]
    lines = [
        (frame.f_code.co_filename, line)
        for frame, line in traceback.walk_tb(error.__traceback__)
        if str(frame.f_globals.get("__name__")).partition(".")[0] == package
    ]
    return f" ({lines[-1][0]}, line {lines[-1][1]})" if lines else ""
