"""The picture in each of the ways in which it can be looked at, a real one beside it, and their histograms."""

from __future__ import annotations

import time
from typing import Any

from nicegui import events, ui

from dislo_gen import DisloGenError, Recipe
from dislo_gen_app.latest import Latest
from dislo_gen_app.making import views
from dislo_gen_app.making.bench import Bench
from dislo_gen_app.making.figures import Figures
from dislo_gen_app.making.histogram import facts, histogram
from dislo_gen_app.making.state import PREVIEW_SIDES
from dislo_gen_app.making.views import Figure, Shown, show
from dislo_gen_app.notices import say_error
from dislo_gen_app.pictures import grey
from dislo_gen_app.threads import in_thread

_OWN = 0


class Viewer:
    """Builds it, and draws anew when it is asked to.

    Args:
        bench: what is looked at.
    """

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._latest = Latest(self._draw)
        self._client = ui.context.client
        self._tools()
        self._figures = Figures(bench.session.pictures)
        self._problem = ui.label().classes("app-problem").props("role=alert")
        self._problem.set_visibility(False)
        self._about = ui.label().classes("make-about app-quiet")
        with ui.element("div").classes("make-histogram"):
            self._histogram = ui.html("", sanitize=False).classes("make-bars")
            with ui.element("div").classes("make-legend"):
                self._made_facts = ui.label().classes("make-made-text")
                self._real_facts = ui.label().classes("make-real-text")
                ui.checkbox("logarithmic", value=bench.log_histogram, on_change=self._turn_histogram).props(
                    "dense size=xs"
                )

    async def ask(self) -> None:
        """Have the picture drawn as it is wanted now."""
        await self._latest.ask()

    def _tools(self) -> None:
        bench = self._bench
        making = bench.making
        with ui.element("div").classes("make-bar"):
            toggle = ui.toggle(views.VIEWS, value=bench.view, on_change=self._look).props(
                "dense no-caps unelevated toggle-color=primary"
            )
            toggle.props["aria-label"] = "View"
            ui.space()
            sides = {side: f"{side} px" for side in PREVIEW_SIDES} | {_OWN: "the recipe's size"}
            size = ui.select(sides, value=making.side or _OWN, on_change=self._resize)
            size.props("dense options-dense borderless").classes("app-field")
            size.props["aria-label"] = "Size of the preview"
            size.props["title"] = "Size of the preview, longer side"
        with ui.element("div").classes("make-bar"):
            ui.label("Sample").classes("app-quiet")
            self._step_button("chevron_left", "Previous sample (P)", -1)
            self._index = self._number("Sample", making.index, self._typed)
            self._step_button("chevron_right", "Next sample (N)", 1)
            ui.label("Seed").classes("app-quiet")
            self._seed = self._number("Seed", making.seed, self._typed)

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
        await self.ask()

    async def look(self, view: str) -> None:
        """Look at it in another way."""
        self._bench.view = view
        await self.ask()

    async def _look(self, event: events.ValueChangeEventArguments[Any]) -> None:
        if event.value and event.value != self._bench.view:
            await self.look(event.value)

    async def _resize(self, event: events.ValueChangeEventArguments[Any]) -> None:
        self._bench.making.side = event.value or None
        await self.ask()

    async def _turn_histogram(self, event: events.ValueChangeEventArguments[Any]) -> None:
        self._bench.log_histogram = bool(event.value)
        await self.ask()

    async def _draw(self) -> None:
        bench = self._bench
        recipe, view = bench.making.preview_recipe(), bench.view
        seed, index = bench.making.seed, bench.making.index
        begun = time.perf_counter()
        try:
            shown, figures, bars = await in_thread(lambda: self._make(view, recipe, seed, index))
        except Exception as error:
            if not isinstance(error, DisloGenError):
                say_error(error)
            self._problem.set_text(str(error))
            self._problem.set_visibility(True)
            return
        if self._client.is_deleted:
            return
        self._problem.set_visibility(False)
        self._figures.show(figures, views.columns(view, len(shown.figures)), view == views.WIPE)
        self._histogram.set_content(bars)
        self._tell(shown, recipe, time.perf_counter() - begun)

    def _make(
        self, view: str, recipe: Recipe, seed: int, index: int
    ) -> tuple[Shown, list[tuple[Figure, str]], str]:
        """Make, in a thread, what is shown: each figure with its address, and the histograms."""
        bench = self._bench
        shown = show(view, recipe, seed, index)
        figures = list(shown.figures)
        compared = [("the made picture", shown.sample.image)]
        real = bench.real
        if real is not None:
            part = real.part(*recipe.size.xy)
            compared.append(("the real picture", part))
            figures.append(Figure("real", real.about, grey(part)))
        put = bench.session.pictures.put
        addressed = [(one, "" if one.pixels is None else put(one.name, one.pixels)) for one in figures]
        return shown, addressed, histogram(compared, bench.log_histogram)

    def _tell(self, shown: Shown, recipe: Recipe, seconds: float) -> None:
        bench = self._bench
        count = len(shown.sample.masks)
        lines = "1 labelled line" if count == 1 else f"{count} labelled lines"
        width, height = recipe.size.xy
        own = bench.making.recipe.size.xy
        seen = (
            f"{width} × {height} px"
            if own == (width, height)
            else (f"seen at {width} × {height} px, made at {own[0]} × {own[1]}")
        )
        self._about.set_text(f"{lines}; {seen}; {1000 * seconds:.0f} ms")
        self._made_facts.set_text(f"made: {facts(shown.sample.image)}")
        real = bench.real
        self._real_facts.set_text("" if real is None else f"real: {facts(real.part(*recipe.size.xy))}")
