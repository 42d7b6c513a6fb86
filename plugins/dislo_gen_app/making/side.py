"""Make: choose what a picture is made of, move sliders, and look."""

from __future__ import annotations

from nicegui import ui

from dislo_gen_app.session import Session


class MakeSide:
    """The side of the page on which pictures are made."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def build(self) -> None:
        """Build it."""
        ui.label("Make")
