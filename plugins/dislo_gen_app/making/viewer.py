"""The picture in each of the ways in which it can be looked at, a real one beside it, and their histograms."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import attrs
from nicegui import events, ui

from dislo_gen import DisloGenError, Recipe
from dislo_gen_app.latest import Latest
from dislo_gen_app.making import views
from dislo_gen_app.making.bench import Bench
from dislo_gen_app.making.display import Display, served
from dislo_gen_app.making.histogram import Histogram
from dislo_gen_app.making.state import PREVIEW_SIDES
from dislo_gen_app.making.views import Figure, Shown, show
from dislo_gen_app.notices import say_error
from dislo_gen_app.pictures import grey
from dislo_gen_app.threads import in_thread

_OWN = 0
_PATIENCE = 0.25  # s after which it says that it is drawing


class Viewer:
    """Builds it, and draws anew when it is asked to.

    Args:
        bench: what is looked at.
        changed: awaited when another seed or size was chosen.
    """

    def __init__(self, bench: Bench, changed: Callable[[], Awaitable[object]]) -> None:
        self._bench, self._changed = bench, changed
        self._latest = Latest(self._draw)
        self._client = ui.context.client
        self._tools()
        self._display = Display()

    async def ask(self) -> None:
        """Have the picture drawn as it is wanted now."""
        await self._latest.ask()

    def refuse(self) -> None:
        """Say why there is no picture of what is wanted."""
        self._display.refuse("Not drawn. " + "\n".join(self._bench.making.mistakes()))

    def _tools(self) -> None:
        bench = self._bench
        making = bench.making
        with ui.element("div").classes("make-bar"):
            self._toggle = ui.toggle(views.VIEWS, value=bench.view, on_change=self._look).props(
                "dense no-caps unelevated toggle-color=primary"
            )
            self._toggle.props["aria-label"] = "View"
        with ui.element("div").classes("make-bar"):
            ui.label("Sample").classes("app-quiet")
            self._step_button("chevron_left", "Previous sample (P)", -1)
            self._index = self._number("Sample", making.index, self._typed)
            self._step_button("chevron_right", "Next sample (N)", 1)
            ui.label("Seed").classes("app-quiet")
            self._seed = self._number("Seed", making.seed, self._typed)
            ui.label("Size").classes("app-quiet")
            sides = {side: f"{side} px" for side in PREVIEW_SIDES} | {_OWN: "as made"}
            size = ui.select(sides, value=making.side or _OWN, on_change=self._resize)
            size.props("dense options-dense borderless").classes("app-field")
            size.props["aria-label"] = "Size of the picture here"
            size.props["title"] = "Longer side of the picture here; images are made in the recipe's size"

    def _step_button(self, icon: str, label: str, step: int) -> None:
        button = ui.button(icon=icon, on_click=lambda: self.step(step)).props("flat round dense")
        button.props["aria-label"] = button.props["title"] = label

    def _number(self, label: str, value: int, typed: Any) -> ui.number:
        field = ui.number(value=value, min=0, step=1, format="%d", on_change=typed)
        field.props("dense borderless debounce=300").classes("app-field")
        field.props["aria-label"] = label
        return field

    async def step(self, step: int) -> None:
        """Look at the next sample or the one before."""
        making = self._bench.making
        if making.index + step >= 0:
            making.go_to(making.seed, making.index + step)
            self._index.set_value(making.index)
            await self.ask()

    async def _typed(self) -> None:
        making = self._bench.making
        seed, index = self._seed.value, self._index.value
        if seed is None or index is None or (seed, index) == (making.seed, making.index):
            return
        try:
            making.go_to(int(seed), int(index))
        except DisloGenError as error:
            say_error(error)
            return
        await self._changed()

    def turn(self, view: str) -> None:
        """Look at it in another way."""
        self._toggle.set_value(view)

    async def _look(self, event: events.ValueChangeEventArguments[Any]) -> None:
        if event.value and event.value != self._bench.view:
            self._bench.view = event.value
            await self.ask()

    async def _resize(self, event: events.ValueChangeEventArguments[Any]) -> None:
        self._bench.making.side = event.value or None
        await self._changed()

    async def _draw(self) -> None:
        bench = self._bench
        recipe, view = bench.making.preview_recipe(), bench.view
        seed, index = bench.making.seed, bench.making.index
        slow = asyncio.get_running_loop().call_later(_PATIENCE, self._display.wait)
        try:
            shown, figures, histograms = await in_thread(lambda: self._make(view, recipe, seed, index))
        except Exception as error:
            if not isinstance(error, DisloGenError):
                say_error(error)
            self._display.refuse(str(error))
            return
        finally:
            slow.cancel()
        if not self._client.is_deleted:
            self._display.show(view, figures, self._about(shown, recipe), histograms)
        if bench.making.mistakes():  # made while it was being drawn
            self.refuse()

    def _make(
        self, view: str, recipe: Recipe, seed: int, index: int
    ) -> tuple[Shown, list[dict[str, Any]], list[Histogram]]:
        """Make, in a thread, what is shown: each figure with its address, and the histograms."""
        shown = show(view, recipe, seed, index)
        figures = list(shown.figures)
        histograms = [Histogram.of("made", shown.sample.image)]
        real = self._bench.real
        if real is not None:
            part = real.part(*recipe.size.xy)
            histograms.append(Histogram.of("real", part))
            figures.append(Figure(views.REAL, real.about, grey(part)))
            if not figures[0].caption:
                figures[0] = attrs.evolve(figures[0], caption="made")
        return shown, served(figures, self._bench.session.pictures), histograms

    def _about(self, shown: Shown, recipe: Recipe) -> str:
        count = len(shown.sample.masks)
        lines = "1 labelled line" if count == 1 else f"{count} labelled lines"
        (width, height), own = recipe.size.xy, self._bench.making.recipe.size.xy
        if own == (width, height):
            return f"{lines}; {width} × {height} px"
        return f"{lines}; shown at {width} × {height} px, made at {own[0]} × {own[1]} px"
