"""What a control changes: a value that somebody else holds."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import attrs

from dislo_gen import Parameter


@attrs.frozen
class Held:
    """A parameter's value, and what may be done with it.

    Attributes:
        parameter: whose value it is.
        get: returns it as a recipe writes it; None where there is none.
        set: takes another.
        before: returns what it was at the beginning.
        is_changed: says whether it is not that any more.
        reset: makes it that again.
        problem: returns a sentence on what is wrong with it, or "".
        changed: awaited after each change.
        files: returns the files and folders that a path may be.
    """

    parameter: Parameter
    get: Callable[[], Any]
    set: Callable[[Any], None]
    before: Callable[[], Any]
    is_changed: Callable[[], bool]
    reset: Callable[[], None]
    problem: Callable[[], str]
    changed: Callable[[], Awaitable[object]]
    files: Callable[[], Sequence[Path]] = tuple

    @property
    def label(self) -> str:
        """Its name as words."""
        return self.parameter.name.replace("_", " ")

    def described(self, what: str = "") -> str:
        """Return what a program that reads the screen aloud says of a control."""
        unit = f", {self.parameter.unit}" if self.parameter.unit else ""
        return f"{self.label}{f' {what}' if what else ''}{unit}"

    async def take(self, value: Any) -> None:
        """Take a value, unless it is there already."""
        if value != self.get() or type(value) is not type(self.get()):
            self.set(value)
            await self.changed()
