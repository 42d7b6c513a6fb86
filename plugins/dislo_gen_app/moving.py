"""Sliders that a person moves faster than answers come: what is older than the last move moves none back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import background_tasks, events, ui

# The browser would remember a move as a list of what came with it: no place of a slider, and none of two ends.
_REMEMBER = "(value) => { element.props['model-value'] = value; }"


class Slider(ui.slider):
    """A slider whose own moves are not sent back to it: they would be older than where it is by then."""

    LOOPBACK = False

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.on("update:model-value", js_handler=_REMEMBER)


class RangeSlider(ui.range):
    """The same with two ends."""

    LOOPBACK = False

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.on("update:model-value", js_handler=_REMEMBER)


class Moving:
    """Sends a slider's moves on, and takes values that were chosen elsewhere.

    Args:
        slider: on the page.
        send: called with each value that the person moves it to.
    """

    def __init__(self, slider: ui.slider, send: Callable[[float], Awaitable[object]]) -> None:
        self._slider = slider
        self._send = send
        self._under_way = 0
        slider.on_value_change(self._moved)

    def _moved(self, event: events.ValueChangeEventArguments[Any]) -> None:
        # Not a coroutine: between the slider's new value and its turn an older answer would come.
        if event.value is None:
            return
        self._under_way += 1
        background_tasks.create(self._pass_on(float(event.value)))

    async def _pass_on(self, value: float) -> None:
        sent = asyncio.ensure_future(self._send(value))
        await asyncio.sleep(0)  # by now it is known what is wanted; what follows is only how it looks
        self._under_way -= 1
        await sent

    def show(self, value: float) -> None:
        """Show a value that was chosen, unless the person has moved on already."""
        if not self._under_way and self._slider.value != value:
            self._slider.set_value(value)
