"""A part of the recipe on the page: its head, and below it its parameters, once they are asked for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from nicegui import ui

from dislo_gen import DisloGenError, Parameter
from dislo_gen_app.controls import Control, Held
from dislo_gen_app.making.parts import Part


class Card:
    """A part of the recipe, built where it is made.

    Args:
        part: what it shows.
        opened: parts whose parameters are shown; it adds and removes its own.
        head: builds what stands in its head.
        changed: awaited after each change.
        files: returns the files and folders that a parameter may name.
    """

    def __init__(
        self,
        part: Part,
        opened: set[Part],
        head: Callable[[], object],
        changed: Callable[[], Awaitable[object]],
        files: Callable[[], Sequence[Path]],
    ) -> None:
        self.part = part
        self._opened, self._changed, self._files = opened, changed, files
        self._controls: list[Control] = []
        with ui.element("div").classes("make-card") as self.element:
            with ui.element("div").classes("make-head"):
                self._turner = ui.button(icon="chevron_right", on_click=self.turn).props(
                    "flat round dense size=sm"
                )
                head()
            self._problem = ui.label().classes("app-problem").props("role=alert")
            self._body = ui.element("div").classes("make-parameters")
        self._show()
        self.update()

    def turn(self) -> None:
        """Show the parameters, or hide them."""
        if self.part in self._opened:
            self._opened.remove(self.part)
        else:
            self._opened.add(self.part)
        self._show()

    def update(self) -> None:
        """Show what is wrong, and what was changed."""
        for control in self._controls:
            control.update()
        shown = {control.held.parameter.name for control in self._controls}
        others = [
            f"{name}: {sentence}" if name else sentence
            for name, sentence in self.part.problems.items()
            if name not in shown
        ]
        self._problem.set_text("\n".join(others))
        self._problem.set_visibility(bool(others))

    def _show(self) -> None:
        is_open = self.part in self._opened
        if is_open and not self._controls:
            self._build()
        elif not is_open:  # with all of them kept, the browser would have much to go through at each change
            self._body.clear()
            self._controls = []
        self._body.set_visibility(is_open)
        self._turner.props(f"icon={'expand_more' if is_open else 'chevron_right'} aria-expanded={is_open}".lower())
        name = self.part.name or self.part.kind
        self._turner.props["aria-label"] = f"{name}: parameters"

    def _build(self) -> None:
        try:
            parameters = self.part.parameters()
        except DisloGenError as error:
            self.part.problems.setdefault("", str(error))
            return
        with self._body:
            self._controls = [Control(self._held(parameter)) for parameter in parameters]
            if not parameters:
                ui.label("It has no parameters.").classes("app-quiet")

    def _held(self, parameter: Parameter) -> Held:
        part = self.part
        return Held(
            parameter,
            get=lambda: part.value(parameter),
            set=lambda value: part.set(parameter.name, value),
            before=lambda: part.before(parameter),
            is_changed=lambda: part.is_changed(parameter),
            reset=lambda: part.reset(parameter),
            problem=lambda: part.problems.get(parameter.name, ""),
            changed=self._changed,
            files=self._files,
        )
