"""Find: lines over pictures of a microscope, with sliders that say which."""

from __future__ import annotations

from nicegui import ui

from dislo_gen_app.session import Session


class FindSide:
    """The side of the page on which lines are found."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def build(self) -> None:
        """Build it."""
        ui.label("Find")
