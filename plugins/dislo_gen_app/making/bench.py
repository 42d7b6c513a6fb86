"""What the side Make stands on as long as the command runs."""

from __future__ import annotations

from pathlib import Path

from dislo_gen_app.making.parts import Part
from dislo_gen_app.making.real import Real
from dislo_gen_app.making.state import Making
from dislo_gen_app.making.views import PICTURE
from dislo_gen_app.session import Session


class Bench:
    """What is being made, and how it is looked at.

    Args:
        session: of the command.

    Attributes:
        making: the recipe being changed.
        view: one of `views.VIEWS`.
        real: a real picture beside it, if there is one.
        files: files and folders that a parameter may name: those that the command was given and those dropped.
        opened: parts whose parameters are shown.

    Raises:
        DisloGenError: the recipe to begin with cannot be used.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.making = Making(session.recipe)
        self.view = PICTURE
        self.real: Real | None = None
        self.files: list[Path] = [Path(path).absolute() for path in session.given]
        self.opened: set[Part] = {self.making.geometry[0]}

    def begin_with(self, base: str | None) -> None:
        """Take another recipe.

        Raises:
            DisloGenError: it cannot be used.
        """
        self.making.begin_with(base)
        self.opened = {self.making.geometry[0]}

    def take(self, drop: Path) -> None:
        """Take what was dropped: its first picture is shown, and parameters may name it.

        Raises:
            DisloGenError: there is no picture in it that can be read.
        """
        for path in sorted(drop.iterdir()):
            if path not in self.files:
                self.files.append(path)
        self.real = Real.read(drop)
