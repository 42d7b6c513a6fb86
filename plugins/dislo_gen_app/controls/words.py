"""Controls of words: one of a few, several of them, yes or no, a text, a file."""

from __future__ import annotations

from typing import Any

from nicegui import events, ui

from dislo_gen_app.controls.held import Held
from dislo_gen_app.controls.spread import content, written

_SIDE_BY_SIDE = 3  # choices that there is room for


def one(held: Held, value: Any) -> None:
    """Build the choice of one word."""
    choices = list(held.parameter.choices or ())
    names = {choice: str(choice) for choice in choices}
    control: ui.toggle | ui.select
    if len(choices) <= _SIDE_BY_SIDE:
        control = ui.toggle(names, value=value).props("dense no-caps unelevated toggle-color=primary")
    else:
        control = (
            ui.select(names, value=value).props("dense options-dense borderless").classes("app-field app-line")
        )
    control.props["aria-label"] = held.described()

    async def chosen(event: events.ValueChangeEventArguments[Any]) -> None:
        if event.value is not None:
            await held.take(event.value)

    control.on_value_change(chosen)


def several(held: Held, value: Any) -> None:
    """Build a box for each word that may be drawn, and a line for how likely each of them is."""
    choices = list(held.parameter.choices or ((False, True) if held.parameter.type is bool else ()))
    found = content(value)
    weights = dict(zip(found["values"], found.get("weights") or [1] * len(found["values"]), strict=True))
    fields: dict[Any, ui.number] = {}

    async def take() -> None:
        kept = [choice for choice in choices if choice in weights]
        numbers = [weights[choice] for choice in kept]
        alike = len(set(numbers)) <= 1
        await held.take(written("choice", {"values": kept, "weights": None if alike else numbers}))

    with ui.element("div").classes("app-boxes"):
        for choice in choices:
            with ui.element("div").classes("app-box"):
                name = str(choice).lower() if isinstance(choice, bool) else str(choice)
                box = ui.checkbox(name, value=choice in weights).props("dense size=sm")
                field = ui.number(value=weights.get(choice, 0), min=0, step=1, format="%.7g")
                field.props("dense borderless debounce=300").classes("app-field app-weight")
                field.props["aria-label"] = held.described(f"weight of {name}")
                field.props["title"] = "How likely it is, relative to the others"
                fields[choice] = field

            async def ticked(event: events.ValueChangeEventArguments[Any], choice: Any = choice) -> None:
                if bool(event.value) == (choice in weights):
                    return
                if event.value:
                    weights[choice] = 1
                else:
                    del weights[choice]
                fields[choice].set_value(weights.get(choice, 0))
                await take()

            async def weighed(
                event: events.ValueChangeEventArguments[Any], choice: Any = choice, box: ui.checkbox = box
            ) -> None:
                if event.value is None or event.value == weights.get(choice, 0):
                    return
                if event.value:
                    weight = float(event.value)
                    weights[choice] = int(weight) if weight.is_integer() else weight
                else:
                    weights.pop(choice, None)
                box.set_value(choice in weights)
                await take()

            box.on_value_change(ticked)
            field.on_value_change(weighed)


def switch(held: Held, value: Any) -> None:
    """Build a switch."""
    control = ui.switch(value=bool(value)).props("dense")
    control.props["aria-label"] = held.described()

    async def turned(event: events.ValueChangeEventArguments[Any]) -> None:
        await held.take(bool(event.value))

    control.on_value_change(turned)


def text(held: Held, value: Any) -> None:
    """Build a line for a text."""
    control = ui.input(value=value or "").props("dense borderless debounce=400").classes("app-field app-line")
    control.props["aria-label"] = held.described()

    async def typed(event: events.ValueChangeEventArguments[Any]) -> None:
        wanted = str(event.value or "")
        empty = not wanted and held.parameter.default is None
        await held.take(None if empty else wanted)

    control.on_value_change(typed)


def file(held: Held, value: Any) -> None:
    """Build the choice of a file or folder, of those that the page may read."""
    names: dict[Any, str] = {"": "none"} if held.parameter.default is None else {}
    if value is not None and str(value):
        names[str(value)] = str(value)
    names |= {str(path): path.name or str(path) for path in held.files()}
    control = ui.select(names, value=str(value or "") if str(value or "") in names else None)
    control.props("dense options-dense borderless").classes("app-field app-line")
    control.props["aria-label"] = held.described()
    control.props["title"] = "Files and folders that were named to the command or dropped on the page"

    async def chosen(event: events.ValueChangeEventArguments[Any]) -> None:
        if event.value is not None:
            await held.take(event.value or None)

    control.on_value_change(chosen)
