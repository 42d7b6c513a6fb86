"""The recipe that one begins with, and the size of its images."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import events, ui

from dislo_gen import DisloGenError, installed_plugins
from dislo_gen_app.making.bench import Bench
from dislo_gen_app.notices import say_error

_USUAL = ""
_SIDES = ("Width of the images, px", "Height of the images, px")


class Base:
    """Builds the choice of a recipe, and what belongs to no part of it.

    Args:
        bench: what is changed.
        begun: awaited after another recipe was begun with.
        changed: awaited after each other change.
    """

    def __init__(
        self, bench: Bench, begun: Callable[[], Awaitable[object]], changed: Callable[[], Awaitable[object]]
    ) -> None:
        self._bench, self._begun, self._changed = bench, begun, changed
        making = bench.making
        with ui.element("div").classes("make-base"):
            with ui.element("div").classes("make-head"):
                self._choice = ui.select(self._names(), value=making.base or _USUAL, label="Recipe")
                self._choice.props("dense options-dense outlined").classes("make-name")
                self._choice.props["aria-label"] = "Recipe"
                self._choice.on_value_change(self._chosen)
                anew = ui.button(icon="undo", on_click=lambda: self._begin(making.base)).props("flat round dense")
                anew.props["aria-label"] = anew.props["title"] = "Begin this recipe anew: every change is gone"
            self._description = ui.label(making.recipe.description).classes("app-quiet")
            with ui.element("div").classes("make-size"):
                ui.label("Images of").classes("app-quiet")
                width = self._side(0)
                ui.label("×").classes("app-quiet")
                self._sides = width, self._side(1)
                ui.label("px").classes("app-quiet")
            self._problem = ui.label().classes("app-problem").props("role=alert")

    def update(self) -> None:
        """Show what is wrong with the recipe as a whole."""
        problem = self._bench.making.problem
        self._problem.set_text(problem)
        self._problem.set_visibility(bool(problem))

    def _names(self) -> dict[str, str]:
        names = {_USUAL: "default", **{p.name: p.name for p in installed_plugins("recipe")}}
        for name in (self._bench.session.recipe, self._bench.making.base):
            names |= {name: name} if name else {}
        names.pop("default", None)
        return names

    async def _chosen(self, event: events.ValueChangeEventArguments[Any]) -> None:
        base = event.value or None
        if base != self._bench.making.base:
            await self._begin(base)

    async def _begin(self, base: str | None) -> None:
        making = self._bench.making
        try:
            self._bench.begin_with(base)
        except DisloGenError as error:
            say_error(error)
            self._choice.set_value(making.base or _USUAL)
            return
        self._description.set_text(making.recipe.description)
        for side, value in zip(self._sides, making.recipe.size.xy, strict=True):
            side.set_value(value)
        await self._begun()

    def _side(self, number: int) -> ui.number:
        making = self._bench.making
        field = ui.number(value=making.size[number], min=1, step=1, format="%d")
        field.props("dense borderless debounce=400").classes("app-field")
        field.props["aria-label"] = _SIDES[number]

        async def typed(event: events.ValueChangeEventArguments[Any]) -> None:
            if event.value is not None and making.size[number] != int(event.value):
                making.size[number] = int(event.value)
                await self._changed()

        field.on_value_change(typed)
        return field
