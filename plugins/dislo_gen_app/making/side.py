"""Make: choose what a picture is made of, move sliders, and look."""

from __future__ import annotations

from pathlib import Path

from nicegui import background_tasks, events, ui

from dislo_gen import DisloGenError
from dislo_gen_app.dropping import drop_zone
from dislo_gen_app.keys import on_key
from dislo_gen_app.making.actions import Actions
from dislo_gen_app.making.bench import Bench
from dislo_gen_app.making.chooser import Chooser
from dislo_gen_app.making.viewer import Viewer
from dislo_gen_app.moving import Slider
from dislo_gen_app.notices import say_error, say_mistake
from dislo_gen_app.session import Session
from dislo_gen_app.threads import in_thread

SIDE = "Make"
_STYLES = (Path(__file__).with_name("make.css"), Path(__file__).parents[1] / "controls" / "controls.css")


class MakeSide:
    """The side of the page on which pictures are made.

    Raises:
        DisloGenError: the recipe that the command was given cannot be used.
    """

    def __init__(self, session: Session) -> None:
        self.bench = session.state(Bench, lambda: Bench(session))

    def build(self) -> None:
        """Build it."""
        for style in _STYLES:
            ui.add_css(style.read_text(encoding="utf-8"))
        with ui.element("div").classes("make"):
            with ui.element("section").classes("make-left").props('aria-label="Recipe"'):
                self._chooser = Chooser(self.bench, self.changed)
            with ui.element("section").classes("make-right").props('aria-label="Picture"'):
                self._actions = Actions(self.bench)
                self._viewer = Viewer(self.bench)
                self._compare()
        on_key(SIDE, "n", "next sample", lambda: self._viewer.step(1))
        on_key(SIDE, "p", "previous sample", lambda: self._viewer.step(-1))
        on_key(SIDE, "c", "copy the command", self._actions.copy)
        ui.timer(0, self.changed, once=True)

    async def changed(self) -> None:
        """Draw anew after a change, and show what is wrong with it."""
        is_right = self.bench.making.check()
        self._chooser.update()
        if self.bench.making.problem:
            say_mistake(self.bench.making.problem)
        if is_right:
            background_tasks.create_or_defer(self._actions.update(), name=f"command {id(self)}")
            await self._viewer.ask()

    def _compare(self) -> None:
        with ui.element("div").classes("make-bar"):
            drop_zone(
                self.bench.session.dropped,
                "Drop a real picture, to see it beside this one",
                self._take,
                say_mistake,
            ).classes("make-drop")
            self._where = [self._slider(name) for name in ("x", "y")]
            self._away = ui.button("Take it away", on_click=self._take_away).props("flat dense no-caps")
        self._show_real()

    def _slider(self, name: str) -> Slider:
        words = {"x": "Left to right", "y": "Top to bottom"}[name]

        async def moved(event: events.ValueChangeEventArguments[float | None]) -> None:
            real = self.bench.real
            if real is not None and event.value is not None and getattr(real, name) != event.value:
                setattr(real, name, event.value)
                await self._viewer.ask()

        real = self.bench.real
        slider = Slider(
            min=0, max=1, step=0.01, value=0.5 if real is None else getattr(real, name), on_change=moved
        )
        slider.props("dense").classes("make-where")
        slider.props["aria-label"] = f"Part of the real picture: {words}"
        slider.props["title"] = slider.props["aria-label"]
        return slider

    def _show_real(self) -> None:
        real = self.bench.real
        larger = real is not None and real.is_larger(*self.bench.making.preview_recipe().size.xy)
        for slider in self._where:
            slider.set_visibility(larger)
        self._away.set_visibility(real is not None)

    async def _take(self, drop: Path) -> None:
        try:
            await in_thread(lambda: self.bench.take(drop))
        except DisloGenError as error:
            say_error(error)
            return
        self._show_real()
        await self._viewer.ask()

    async def _take_away(self) -> None:
        self.bench.real = None
        self._show_real()
        await self._viewer.ask()
