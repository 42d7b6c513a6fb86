"""Sliders that say which lines are found; they are made from what `Finding` says of its parameters."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from nicegui import ui

from dislo_gen import Finding, Parameter, parameters_of
from dislo_gen_app.finding.eye import FACTORS
from dislo_gen_app.finding.finder import Finder
from dislo_gen_app.moving import Moving, Slider

_FIRST = ("confidence", "threshold", "gap", "shortest")
_ON_ITS_WAY = 0.15
"""s that a value of a slider may take; the page sends one every 0.05 s at most."""
_WIDEST = 120.0
"""Longest length on a slider, px of 512: on one up to 512 nearly all of the way would do nothing."""


class _Slider:
    """A slider with its name, its value and its unit."""

    def __init__(
        self,
        finder: Finder,
        name: str,
        help_: str,
        ends: tuple[float, float, float],
        text: Callable[[float], str],
        send: Callable[[float], dict[str, float]],
    ) -> None:
        self._finder, self._name, self._text, self._send = finder, name, text, send
        low, high, step = ends
        with ui.element("div").classes("find-setting"):
            ui.label(name).classes("find-setting-name")
            self._said = ui.label().classes("find-setting-value")
            self._slider = (
                Slider(min=low, max=high, step=step, value=low)
                .props(f'dense aria-label="{name}"')
                .on("change", self._let_go)
            )
            self._moving = Moving(self._slider, self._set)
            ui.tooltip(help_).props("delay=500 max-width=18rem")

    def show(self, value: float) -> None:
        """Show a value that was chosen."""
        self._said.set_text(self._text(value))
        self._moving.show(value)

    async def _set(self, value: float) -> None:
        await self._finder.set(step=self._name, **self._send(value))

    async def _let_go(self) -> None:
        """End the step that is undone as one, once its last value, which may still be on its way, has come."""
        await asyncio.sleep(_ON_ITS_WAY)
        self._finder.history.close_step()


class SettingsView:
    """All sliders."""

    def __init__(self, finder: Finder) -> None:
        self.finder = finder
        parameters = {parameter.name: parameter for parameter in parameters_of(Finding)}
        self._sliders: dict[str, _Slider] = {}
        with ui.element("div").classes("find-settings"):
            for name in _FIRST:
                self._sliders[name] = self._slider(parameters[name])
            self._scale = _Slider(
                finder,
                "scale",
                "How much larger or smaller than usual the network is shown a picture. It knows lines of some "
                "widths: try it where wide or fine lines are missed.",
                (0, len(FACTORS) - 1, 1),
                self._scale_text,
                lambda step: {"factor": FACTORS[round(step)]},
            )
        with (
            ui.expansion("more").props("dense dense-toggle").classes("find-more"),
            ui.element("div").classes("find-settings"),
        ):
            for name, parameter in parameters.items():
                if name not in self._sliders:
                    self._sliders[name] = self._slider(parameter)
        self._usual = ui.button("Usual settings", on_click=finder.reset).props("flat dense no-caps size=sm")

    def _slider(self, parameter: Parameter) -> _Slider:
        low, high = parameter.range.low, parameter.range.high
        length = parameter.unit.startswith("px")
        high = min(high, _WIDEST) if length else high
        decimals = 2 if high <= 1 else 0
        unit = f" {parameter.unit}" if parameter.unit else ""
        return _Slider(
            self.finder,
            parameter.name,
            f"{parameter.help[:1].upper()}{parameter.help[1:]}.",
            (low, high, 10.0**-decimals),
            lambda value: f"{value:.{decimals}f}{unit}",
            lambda value: {parameter.name: value},
        )

    def _scale_text(self, step: float) -> str:
        factor = FACTORS[round(step)]
        return "usual" if factor == 1 else f"{factor:g} × usual"

    def update(self) -> None:
        """Show what is chosen now."""
        settings = self.finder.settings
        for name, slider in self._sliders.items():
            slider.show(getattr(settings.finding, name))
        self._scale.show(FACTORS.index(settings.factor))
        self._usual.set_enabled(settings.finding != self.finder.usual or settings.factor != 1)
