"""A real picture beside the made one: where it is dropped, and which part of it is seen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from nicegui import events, ui

from dislo_gen import DisloGenError
from dislo_gen_app.dropping import drop_zone
from dislo_gen_app.making.bench import Bench
from dislo_gen_app.moving import Slider
from dislo_gen_app.notices import say_error, say_mistake
from dislo_gen_app.threads import in_thread


class Beside:
    """The place to drop a real picture on, and sliders over it where it is the larger one.

    Args:
        bench: which holds the picture.
        changed: awaited after each change.
    """

    def __init__(self, bench: Bench, changed: Callable[[], Awaitable[object]]) -> None:
        self._bench, self._changed = bench, changed
        with ui.element("div").classes("make-bar make-beside"):
            text = "Drop a real picture here, to see it beside this one"
            drop_zone(bench.session.dropped, text, self._take, say_mistake).classes("make-drop")
            with ui.element("div").classes("make-bar") as self._where:
                for name, sign, words in (("x", "↔", "left to right"), ("y", "↕", "top to bottom")):
                    ui.label(sign).classes("app-quiet")
                    self._slider(name, words)
            self._away = ui.button("Take it away", on_click=self._take_away).props("flat dense no-caps")
        self.update()

    def update(self) -> None:
        """Offer what can be done now."""
        real = self._bench.real
        larger = real is not None and real.is_larger(*self._bench.making.preview_recipe().size.xy)
        self._where.set_visibility(larger)
        self._away.set_visibility(real is not None)

    def _slider(self, name: str, words: str) -> None:
        async def moved(event: events.ValueChangeEventArguments[float | None]) -> None:
            real = self._bench.real
            if real is not None and event.value is not None and getattr(real, name) != event.value:
                setattr(real, name, event.value)
                await self._changed()

        real = self._bench.real
        value = 0.5 if real is None else getattr(real, name)
        slider = Slider(min=0, max=1, step=0.01, value=value, on_change=moved)
        slider.props("dense").classes("make-where")
        slider.props["aria-label"] = slider.props["title"] = f"Part of the real picture, {words}"

    async def _take(self, drop: Path) -> None:
        try:
            await in_thread(lambda: self._bench.take(drop))
        except DisloGenError as error:
            say_error(error)
            return
        await self._changed()

    async def _take_away(self) -> None:
        self._bench.real = None
        await self._changed()
