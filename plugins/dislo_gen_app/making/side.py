"""Make: choose what a picture is made of, move sliders, and look."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from nicegui import ui

from dislo_gen_app.controls import Tip
from dislo_gen_app.keys import on_key
from dislo_gen_app.making.actions import Actions
from dislo_gen_app.making.bench import Bench
from dislo_gen_app.making.beside import Beside
from dislo_gen_app.making.chooser import Chooser
from dislo_gen_app.making.viewer import Viewer
from dislo_gen_app.making.views import VIEWS
from dislo_gen_app.session import Session

SIDE = "Make"
_STYLES = (Path(__file__).with_name("make.css"), Path(__file__).parents[1] / "controls" / "controls.css")


class MakeSide:
    """The side of the page on which pictures are made.

    Raises:
        DisloGenError: the recipe that the command was given cannot be used.
    """

    def __init__(self, session: Session) -> None:
        self.bench = session.state(Bench, lambda: Bench(session))
        self._client = ui.context.client

    def build(self) -> None:
        """Build it."""
        for style in _STYLES:
            ui.add_css(style.read_text(encoding="utf-8"))
        with ui.element("div").classes("make"):
            with ui.element("section").classes("make-left").props('aria-label="Recipe"'):
                with ui.element("div").classes("make-recipe"):
                    self._chooser = Chooser(self.bench, self.changed)
                Tip()
            with ui.element("section").classes("make-right").props('aria-label="Picture"'):
                self._actions = Actions(self.bench)
                self._viewer = Viewer(self.bench, self.changed)
                self._beside = Beside(self.bench, self.changed)
        on_key(SIDE, "n", "next sample", lambda: self._viewer.step(1))
        on_key(SIDE, "p", "previous sample", lambda: self._viewer.step(-1))
        for number, (view, name) in enumerate(VIEWS.items(), start=1):
            on_key(SIDE, str(number), f"look at: {name}", partial(self._viewer.turn, view))
        on_key(SIDE, "c", "copy the command", self._actions.copy)
        on_key(SIDE, "s", "save the recipe", self._actions.ask_name)
        on_key(SIDE, "i", "make many images", self._actions.ask_count)
        ui.timer(0, self._begin, once=True)

    async def _begin(self) -> None:
        await self.changed()
        if self.bench.making.mistakes():  # a page that is loaded again shows what was right last
            await self._viewer.ask()

    async def changed(self) -> None:
        """Draw anew after a change, and show what is wrong with it."""
        with self._client.layout:  # what was changed may be gone by the time that there is something to say
            is_right = self.bench.making.check()
            self._chooser.update()
            self._beside.update()
            if not is_right:
                self._viewer.refuse()
                return
            await self._viewer.ask()
            await self._actions.update()  # behind the picture, which it would slow down
