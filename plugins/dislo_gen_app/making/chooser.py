"""What the recipe is made of: its base, and a card for each part."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from nicegui import events, ui

from dislo_gen_app.controls import focus
from dislo_gen_app.making.base import Base
from dislo_gen_app.making.bench import Bench
from dislo_gen_app.making.card import Card
from dislo_gen_app.making.parts import Offer, Part, offers
from dislo_gen_app.notices import say_mistake

_TITLES = {
    "background": "Background",
    "geometry": "Geometry",
    "renderer": "Renderer",
    "effect": "Effects",
    "labels": "Masks",
}


class Chooser:
    """Builds it, and keeps its cards up to date.

    Args:
        bench: what is changed.
        changed: awaited after each change.
    """

    def __init__(self, bench: Bench, changed: Callable[[], Awaitable[object]]) -> None:
        self._bench, self._changed = bench, changed
        self._cards: dict[str, list[Card]] = {}
        self._offers = {kind: offers(kind) for kind in ("background", "geometry", "renderer", "effect")}
        self._base = Base(bench, self._begun, changed)
        self._sections = {}
        for kind, title in _TITLES.items():
            ui.label(title).classes("make-title").props("role=heading aria-level=2")
            self._sections[kind] = ui.element("div").classes("make-section")
            self._fill(kind)

    def update(self) -> None:
        """Show mistakes, and what was changed."""
        self._base.update()
        for cards in self._cards.values():
            for card in cards:
                card.update()

    async def _begun(self) -> None:
        for kind in _TITLES:
            self._fill(kind)
        await self._changed()

    def _fill(self, kind: str) -> None:
        making = self._bench.making
        section = self._sections[kind]
        section.clear()
        with section:
            if kind in ("geometry", "effect"):
                self._cards[kind] = [self._card(part, partial(self._head, part)) for part in making.several(kind)]
                self._adder(kind)
            elif kind == "labels":
                self._cards[kind] = [self._card(making.labels, lambda: _name("how masks are drawn"))]
            else:
                part = getattr(making, kind)
                self._cards[kind] = [self._card(part, lambda: self._swapper(kind, part))]

    def _card(self, part: Part, head: Callable[[], object]) -> Card:
        return Card(part, self._bench.opened, head, self._changed, lambda: self._bench.files)

    def _swapper(self, kind: str, part: Part) -> None:
        choice = ui.select(self._names(kind, part.name), value=part.name).props("dense options-dense borderless")
        choice.classes("make-choice")
        choice.props["aria-label"] = _TITLES[kind]
        choice.props["title"] = self._about(kind, part.name)

        async def chosen(event: events.ValueChangeEventArguments[Any]) -> None:
            if event.value == part.name or not event.value:
                return
            if reason := self._reason(kind, event.value):
                say_mistake(reason)
                choice.set_value(part.name)
                return
            if part in self._bench.opened:  # what was open stays open
                self._bench.opened.discard(part)
                self._bench.making.swap(kind, event.value)
                self._bench.opened.add(getattr(self._bench.making, kind))
            else:
                self._bench.making.swap(kind, event.value)
            await self._again(kind, getattr(self._bench.making, kind))

        choice.on_value_change(chosen)

    def _head(self, part: Part) -> None:
        making = self._bench.making
        parts = making.several(part.kind)
        if part.kind == "effect":
            switch = ui.switch(value=part.is_on).props("dense size=sm")
            switch.props["aria-label"] = f"{part.name}: on"

            async def turned(event: events.ValueChangeEventArguments[Any]) -> None:
                part.is_on = bool(event.value)
                await self._changed()

            switch.on_value_change(turned)
        _name(part.name).props["title"] = self._about(part.kind, part.name)
        at = parts.index(part)
        self._button("arrow_upward", f"{part.name}: earlier", lambda: self._move(part, -1)).set_enabled(at > 0)
        later = self._button("arrow_downward", f"{part.name}: later", lambda: self._move(part, 1))
        later.set_enabled(at < len(parts) - 1)
        remove = self._button("close", f"{part.name}: remove", lambda: self._remove(part))
        remove.set_enabled(part.kind == "effect" or len(parts) > 1)

    def _button(self, icon: str, label: str, action: Callable[[], Any]) -> ui.button:
        button = ui.button(icon=icon, on_click=action).props("flat round dense size=sm").classes("make-tool")
        button.props["aria-label"] = button.props["title"] = label
        return button

    async def _move(self, part: Part, step: int) -> None:
        self._bench.making.move(part, step)
        await self._again(part.kind, part)

    async def _remove(self, part: Part) -> None:
        parts = self._bench.making.several(part.kind)
        at = parts.index(part)
        self._bench.making.remove(part)
        await self._again(part.kind, parts[min(at, len(parts) - 1)] if parts else None)

    async def _again(self, kind: str, part: Part | None) -> None:
        """Build a section anew, and leave the keyboard at one of its parts."""
        self._fill(kind)
        focus(next((card.element for card in self._cards[kind] if card.part is part), self._sections[kind]))
        await self._changed()

    def _adder(self, kind: str) -> None:
        what = "a geometry" if kind == "geometry" else "an effect"
        choice = ui.select(self._names(kind), label=f"Add {what}").props("dense options-dense borderless")
        choice.classes("make-add")
        choice.props["aria-label"] = f"Add {what}"

        async def chosen(event: events.ValueChangeEventArguments[Any]) -> None:
            if not event.value:
                return
            if reason := self._reason(kind, event.value):
                say_mistake(reason)
                choice.set_value(None)
                return
            part = self._bench.making.add(kind, event.value)
            self._bench.opened.add(part)
            await self._again(kind, part)

        choice.on_value_change(chosen)

    def _names(self, kind: str, present: str = "") -> dict[str, str]:
        names = {
            one.name: f"{one.name} (cannot be used)" if one.reason else one.name for one in self._offers[kind]
        }
        return names | ({present: present} if present and present not in names else {})

    def _offer(self, kind: str, name: str) -> Offer:
        return next((one for one in self._offers[kind] if one.name == name), Offer(name, ""))

    def _about(self, kind: str, name: str) -> str:
        return self._offer(kind, name).about

    def _reason(self, kind: str, name: str) -> str:
        return self._offer(kind, name).reason


def _name(text: str) -> ui.label:
    return ui.label(text).classes("make-name")
