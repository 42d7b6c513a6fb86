"""A parameter on the page: its name and unit, what changes it, how it varies, and what is wrong with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nicegui import ui

from dislo_gen_app.controls import numbers, words
from dislo_gen_app.controls.held import Held
from dislo_gen_app.controls.spread import FIXED, WORDS, spread_of, spreads_of, turned

_SIGNS = {
    FIXED: "horizontal_rule",
    "uniform": "straighten",
    "normal": "area_chart",
    "lognormal": "area_chart",
    "choice": "checklist",
    "empirical": "bar_chart",
}


class Control:
    """A parameter's place on the page, built where it is made."""

    def __init__(self, held: Held) -> None:
        self.held = held
        parameter = held.parameter
        with ui.element("div").classes("app-parameter") as self.row:
            with ui.element("div").classes("app-name") as name:
                ui.label(held.label)
                if parameter.unit:
                    ui.label(parameter.unit).classes("app-unit")
            name.props["title"] = f"{parameter.help or held.label} ({parameter.name})"
            self._body = ui.element("div").classes("app-body")
            with ui.element("div").classes("app-tools"):
                self._vary()
                self._reset = ui.button(icon="undo", on_click=self.reset).props("flat round dense size=sm")
                self._reset.props["aria-label"] = f"{held.label}: as it was"
                self._reset.props["title"] = "As it was"
            self._problem = ui.label().classes("app-problem").props("role=alert")
        self._build()
        self.update()

    def update(self) -> None:
        """Show what is wrong, and whether the value was changed."""
        problem = self.held.problem()
        self._problem.set_text(problem)
        self._problem.set_visibility(bool(problem))
        self._reset.classes(
            add="" if self.held.is_changed() else "app-hidden",
            remove="app-hidden" if self.held.is_changed() else "",
        )

    async def reset(self) -> None:
        """Take the value from the beginning again."""
        self.held.reset()
        self._build()
        await self.held.changed()

    def _vary(self) -> None:
        ways = spreads_of(self.held.parameter)
        if len(ways) == 1:
            ui.element("div")
            return
        self._sign = ui.button().props("flat round dense size=sm")
        self._sign.props["aria-label"] = f"{self.held.label}: fixed or varied"
        with self._sign, ui.menu():
            for key in ways:
                ui.menu_item(WORDS[key], on_click=lambda key=key: self._turn(key))

    async def _turn(self, key: str) -> None:
        held = self.held
        self.held.set(turned(held.get(), key, held.parameter))
        self._build()
        await held.changed()

    def _build(self) -> None:
        value = self.held.get()
        key = spread_of(value)
        if len(spreads_of(self.held.parameter)) > 1:
            self._sign.set_icon(_SIGNS[key])
            self._sign.props["title"] = f"{WORDS[key]}: change how it varies"
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
