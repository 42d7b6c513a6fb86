"""Controls of numbers: a slider with the exact number beside it, two ends, a bell, a list."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import events, ui

from dislo_gen_app.controls.held import Held
from dislo_gen_app.controls.spans import Span, span_of
from dislo_gen_app.controls.spread import content, turned, written
from dislo_gen_app.moving import RangeSlider, Slider

_FORMAT = "%.7g"
_PARTS = {
    "normal": (("mean", "mean"), ("sd", "sd"), ("low", "from"), ("high", "to")),
    "lognormal": (("median", "median"), ("sigma", "sigma"), ("low", "from"), ("high", "to")),
}
_HELP = {
    "sd": "standard deviation",
    "sigma": "standard deviation of the logarithm",
    "low": "cut off below; empty: not",
    "high": "cut off above; empty: not",
}


def fixed(held: Held, value: Any) -> None:
    """Build a slider and a field for the exact number."""
    span = span_of(held.parameter, value)
    number = value if isinstance(value, (int, float)) else span.low
    with ui.element("div").classes("app-slider"):
        slider = Slider(
            min=span.to_position(span.low),
            max=span.to_position(span.high),
            step=span.step,
            value=span.to_position(number),
        ).props("dense")
    slider.props["aria-label"] = held.described()
    field = _field(held.described("exactly"), value, span)

    async def slid(event: events.ValueChangeEventArguments[Any]) -> None:
        if event.value is None or abs(event.value - span.to_position(_known(held.get(), span))) < span.step / 2:
            return
        moved = span.to_value(event.value)
        field.set_value(moved)
        await held.take(moved)

    async def typed(event: events.ValueChangeEventArguments[Any]) -> None:
        if event.value is None or event.value == held.get():
            return
        await held.take(as_number(event.value, span))
        slider.set_value(span.to_position(event.value))

    slider.on_value_change(slid)
    field.on_value_change(typed)


def ends(held: Held, value: Any) -> None:
    """Build a slider with two ends and a field for each."""
    span = span_of(held.parameter, value)
    found = content(value)
    low, high = found["low"], found["high"]
    first = _field(held.described("from"), low, span)
    with ui.element("div").classes("app-slider"):
        slider = RangeSlider(
            min=span.to_position(span.low),
            max=span.to_position(span.high),
            step=span.step,
            value={"min": span.to_position(low), "max": span.to_position(high)},
        ).props("dense")
    slider.props["aria-label"] = held.described("from and to")
    last = _field(held.described("to"), high, span)

    def now() -> tuple[float, float]:
        there = content(held.get())
        return there["low"], there["high"]

    async def slid(event: events.ValueChangeEventArguments[Any]) -> None:
        if event.value is None:
            return
        moved = []
        for old, position in zip(now(), (event.value["min"], event.value["max"]), strict=True):
            stays = abs(position - span.to_position(old)) < span.step / 2
            moved.append(old if stays else span.to_value(position))
        if tuple(moved) == now():
            return
        first.set_value(moved[0])
        last.set_value(moved[1])
        await held.take(written("uniform", {"low": moved[0], "high": moved[1]}))

    def typed(name: str) -> Callable[[events.ValueChangeEventArguments[Any]], Awaitable[None]]:
        async def take(event: events.ValueChangeEventArguments[Any]) -> None:
            there = dict(zip(("low", "high"), now(), strict=True))
            if event.value is None or event.value == there[name]:
                return
            there[name] = as_number(event.value, span)
            await held.take(written("uniform", there))
            slider.set_value({"min": span.to_position(now()[0]), "max": span.to_position(now()[1])})

        return take

    slider.on_value_change(slid)
    first.on_value_change(typed("low"))
    last.on_value_change(typed("high"))


def bell(held: Held, key: str, value: Any) -> None:
    """Build fields for the numbers of a bell."""
    span = span_of(held.parameter, value)
    found = content(value)
    with ui.element("div").classes("app-several"):
        for name, label in _PARTS[key]:
            field = _field(held.described(label), found.get(name), span, label)
            field.props["title"] = _HELP.get(name, name)

            async def typed(event: events.ValueChangeEventArguments[Any], name: str = name) -> None:
                there = content(held.get())
                number = None if event.value is None else float(event.value)
                if number == there.get(name) or (number is None and name in ("mean", "median", "sd", "sigma")):
                    return
                await held.take(written(key, {**_in_order(key, there), name: number}))

            field.on_value_change(typed)


def _in_order(key: str, there: dict[str, Any]) -> dict[str, Any]:
    return {name: there.get(name) for name, _ in _PARTS[key]}


def listed(held: Held, key: str, value: Any) -> None:
    """Build a line for several numbers, and one for how likely each of them is."""
    found = content(value)
    with ui.element("div").classes("app-lines"):
        for name in ("values", "weights") if key == "choice" else ("values",):
            field = ui.input(value=numbers_text(found.get(name)), placeholder=_PLACEHOLDERS[name])
            field.props("dense borderless debounce=400").classes("app-field app-line")
            field.props["aria-label"] = held.described(name)
            field.props["prefix"] = name

            async def typed(event: events.ValueChangeEventArguments[Any], name: str = name) -> None:
                numbers = read_numbers(str(event.value or ""))
                there = content(held.get())
                if numbers == there.get(name) or (name == "weights" and not numbers and name not in there):
                    return
                await held.take(
                    written(key, {**there, name: None if name == "weights" and not numbers else numbers})
                )

            field.on_value_change(typed)


_PLACEHOLDERS = {"values": "1, 2, 3", "weights": "all alike"}


def optional(held: Held, value: Any) -> None:
    """Build a switch, and a field that is there while it is on."""
    span = span_of(held.parameter, value)
    switch = ui.switch(value=value is not None).props("dense")
    switch.props["aria-label"] = held.described("is given")
    field = _field(held.described(), value, span)
    field.set_visibility(value is not None)

    async def turn(event: events.ValueChangeEventArguments[Any]) -> None:
        field.set_visibility(bool(event.value))
        number = turned(
            span.to_value((span.to_position(span.low) + span.to_position(span.high)) / 2), "fixed", held.parameter
        )
        field.set_value(number if event.value else None)
        await held.take(number if event.value else None)

    async def typed(event: events.ValueChangeEventArguments[Any]) -> None:
        if event.value is not None and event.value != held.get():
            await held.take(as_number(event.value, span))

    switch.on_value_change(turn)
    field.on_value_change(typed)


def numbers_text(values: Any) -> str:
    """Return numbers as a person writes them down."""
    return ", ".join(f"{value:.7g}" if isinstance(value, float) else str(value) for value in values or ())


def read_numbers(text: str) -> list[Any]:
    """Return numbers that a person wrote down; what is none stays a text, which a recipe will not take."""
    return [_number(part) for part in text.replace(";", ",").split(",") if part.strip()]


def _number(text: str) -> Any:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text.strip()


def as_number(value: float, span: Span) -> float:
    """Return a typed number as the recipe wants it: 3.0 is a whole number."""
    return int(value) if span.is_whole and float(value).is_integer() else float(value)


def _known(value: Any, span: Span) -> float:
    return value if isinstance(value, (int, float)) else span.low


def _field(described: str, value: Any, span: Span, label: str = "") -> ui.number:
    step = 1 if span.is_whole or span.in_ratios else span.step
    field = ui.number(value=value, format=_FORMAT, step=step).props("dense borderless debounce=300")
    if label:
        field.props["prefix"] = label
    field.classes("app-field")
    field.props["aria-label"] = described
    return field
