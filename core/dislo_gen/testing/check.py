"""What a conformance check is, and the list of all of them."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from dislo_gen.interfaces import INTERFACES
from dislo_gen.testing.subject import Subject

KINDS = (*INTERFACES, "hook")


class NotConformingError(AssertionError):
    """A plugin does not keep its interface's contract; the message says how."""


@attrs.frozen
class Check:
    """One conformance check.

    Attributes:
        name: what it is called in reports, ``same-seed-same-bytes``.
        demand: one sentence that says what is demanded.
        kinds: the kinds of plugin it is for.
        function: does it; raises `NotConformingError`, or whatever the plugin raises.
    """

    name: str
    demand: str
    kinds: tuple[str, ...]
    function: Callable[[Subject], None]


CHECKS: list[Check] = []


def check(*kinds: str) -> Callable[[Callable[[Subject], None]], Callable[[Subject], None]]:
    """Decorate a function to make it a conformance check, for the kinds named or for every kind.

    Its name becomes the check's, the first line of its docstring what is demanded.
    """

    def add(function: Callable[[Subject], None]) -> Callable[[Subject], None]:
        demand = (function.__doc__ or "").strip().split("\n")[0]
        CHECKS.append(Check(function.__name__.replace("_", "-"), demand, kinds or KINDS, function))
        return function

    return add
