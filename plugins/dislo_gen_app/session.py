"""What lasts as long as the command: reloading the page in the browser loses nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from fastapi import FastAPI

from dislo_gen_app.dropping import Dropped
from dislo_gen_app.pictures import Pictures
from dislo_gen_app.work import Work

T = TypeVar("T")


class Session:
    """Everything that the page stands on.

    Args:
        application: that serves the page.
        dropped: folder for files that are dropped on the page; it goes when the command ends.
        out: folder that the page saves into.
        given: pictures, films and folders that the command was given.
        recipe: name or file of the recipe to begin with, if it is not the usual one.
        model: weights, a file or a name.

    Attributes:
        dropped: takes what is dropped on the page.
        pictures: that the page shows.
        work: what takes long.
    """

    def __init__(
        self,
        application: FastAPI,
        dropped: Path,
        out: Path,
        given: Sequence[Path] = (),
        recipe: str | None = None,
        model: str = "starter",
    ) -> None:
        self.application = application
        self.dropped = Dropped(application, dropped)
        self.out = out
        self.given = tuple(given)
        self.recipe = recipe
        self.model = model
        self.pictures = Pictures(application)
        self.work = Work()
        self._states: dict[type, Any] = {}

    def state(self, kind: type[T], begin: Callable[[], T]) -> T:
        """Return the state of a side, which lasts as long as the command.

        Args:
            kind: its class.
            begin: makes it, when it is asked for first.
        """
        if kind not in self._states:
            self._states[kind] = begin()
        state: T = self._states[kind]
        return state
