"""A parameter on the page: its name and unit, what changes it, how it varies, and what is wrong with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nicegui import ui

from dislo_gen_app.controls import numbers, words
from dislo_gen_app.controls.focus import focus
from dislo_gen_app.controls.held import Held
from dislo_gen_app.controls.spread import (
    CHOICE,
    EMPIRICAL,
    FIXED,
    LOGNORMAL,
    NORMAL,
    UNIFORM,
    WORDS,
    spread_of,
    spreads_of,
    turned,
)
from dislo_gen_app.controls.texts import about, value_text

_SHORT = {
    FIXED: "fixed",
    UNIFORM: "range",
    NORMAL: "normal",
    LOGNORMAL: "lognormal",
    CHOICE: "choice",
    EMPIRICAL: "measured",
}


class Control:
    """A parameter's place on the page, built where it is made."""

    def __init__(self, held: Held) -> None:
        self.held = held
        parameter = held.parameter
        self._ways = spreads_of(parameter)
        self._menu: ui.menu | None = None
        told = about(parameter)
        with ui.element("div").classes("app-parameter") as self.row:
            self.row.props["data-about"] = f"{held.label}: {told}"
            with ui.element("div").classes("app-name") as name:
                ui.label(held.label)
                if parameter.unit:
                    ui.label(parameter.unit).classes("app-unit")
            name.props["title"] = told
            self._body = ui.element("div").classes("app-body")
            with ui.element("div").classes("app-tools"):
                if len(self._ways) > 1:
                    self._way = ui.button(on_click=self._ask).props("flat dense no-caps").classes("app-way")
                self._reset = ui.button(icon="undo", on_click=self.reset).props("flat round dense size=sm")
                self._reset.classes("app-reset")
                self._reset.props["aria-label"] = f"{held.label}: reset"
                self._reset.props["title"] = f"Reset to {value_text(held.before())}"
            self._problem = ui.label().classes("app-problem").props("role=alert")
        self._build()
        self.update()

    def update(self) -> None:
        """Show what is wrong, and whether the value was changed."""
        problem = self.held.problem()
        self._problem.set_text(problem)
        self._problem.set_visibility(bool(problem))
        is_changed = self.held.is_changed()
        self._reset.classes(add="" if is_changed else "app-hidden", remove="app-hidden" if is_changed else "")

    async def reset(self) -> None:
        """Take the value from the beginning again."""
        self.held.reset()
        self._build()
        focus(self._body)
        await self.held.changed()

    def _ask(self) -> None:
        """Ask how it is to vary. The menu is made when it is first asked for: there are many, and few are used."""
        if self._menu is not None:
            return
        with self._way, ui.menu(value=True) as self._menu:
            for key in self._ways:
                ui.menu_item(WORDS[key], on_click=lambda key=key: self._turn(key))

    async def _turn(self, key: str) -> None:
        held = self.held
        self.held.set(turned(held.get(), key, held.parameter))
        self._build()
        await held.changed()

    def _build(self) -> None:
        value = self.held.get()
        key = spread_of(value)
        if len(self._ways) > 1:
            self._way.set_text(_SHORT[key])
            self._way.props["title"] = f"{WORDS[key]}: change how it varies"
            self._way.props["aria-label"] = f"{self.held.label}: {_SHORT[key]}, change how it varies"
        self._body.clear()
        with self._body:
            _fill(self.held, key, value)


def _fill(held: Held, key: str, value: Any) -> None:
    parameter = held.parameter
    is_number = parameter.choices is None and parameter.type in (int, float)
    if is_number and parameter.optional and parameter.default is None:
        numbers.optional(held, value)
    elif is_number and key == FIXED:
        numbers.fixed(held, value)
    elif is_number and key == "uniform":
        numbers.ends(held, value)
    elif is_number and key in ("choice", "empirical"):
        numbers.listed(held, key, value)
    elif is_number:
        numbers.bell(held, key, value)
    elif key == "choice":
        words.several(held, value)
    elif parameter.choices is not None:
        words.one(held, value)
    elif parameter.type is bool:
        words.switch(held, value)
    elif parameter.type is Path:
        words.file(held, value)
    elif parameter.type is str:
        words.text(held, value)
    else:
        ui.label("only in a recipe's file").classes("app-quiet")
