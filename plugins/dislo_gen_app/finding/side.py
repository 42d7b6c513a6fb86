"""Find: lines over pictures of a microscope, with sliders that say which."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from nicegui import ui

from dislo_gen_app.finding.drawing import LineList, LinePicture, describe, length_text
from dislo_gen_app.finding.films import Row
from dislo_gen_app.finding.films_view import FilmsView
from dislo_gen_app.finding.finder import Finder
from dislo_gen_app.finding.keeping_view import KeepingView
from dislo_gen_app.finding.lines import count_text
from dislo_gen_app.finding.settings_view import SettingsView
from dislo_gen_app.keys import on_key
from dislo_gen_app.moving import Moving, Slider
from dislo_gen_app.session import Session

SIDE = "Find"
_STYLE = Path(__file__).with_name("find.css")


class FindSide:
    """The side of the page on which lines are found."""

    def __init__(self, session: Session) -> None:
        self.finder = session.state(Finder, lambda: Finder(session))
        self._drawn: tuple[object, ...] = ()
        self._lines: list[dict[str, Any]] = []
        self._beside = False

    def build(self) -> None:
        """Build it."""
        finder = self.finder
        ui.add_css(_STYLE.read_text(encoding="utf-8"))
        with ui.element("div").classes("find"):
            with ui.element("section").classes("find-left"):
                self._films = FilmsView(finder)
                self._settings = SettingsView(finder)
            with ui.element("section").classes("find-middle"):
                self._tools()
                self._picture = LinePicture(self._pick)
                self._pick_frame()
            with ui.element("section").classes("find-right"):
                self._head()
                self._list = LineList(self._pick, finder.keep, finder.switch)
                self._keeping = KeepingView(finder)
        self._take_keys()
        finder.listeners.append(self.update)
        ui.context.client.on_delete(lambda: finder.listeners.remove(self.update))
        finder.begin()
        self.update()

    def _tools(self) -> None:
        with ui.element("div").classes("find-tools"):
            for icon, meaning, factor in (
                ("zoom_in", "Larger (+)", 1.4),
                ("zoom_out", "Smaller (-)", 1 / 1.4),
                ("fit_screen", "All of it (0)", 0),
            ):
                _icon(icon, meaning, functools.partial(self._zoom, factor))
            _icon("splitscreen", "The picture alone beside it (B)", self._turn_beside).classes("find-turned")
            with _icon("contrast", "Brightness and contrast, as it is shown"), ui.menu(), ui.card().classes("p-3"):
                self._light = self._light_slider("brightness")
                self._contrast = self._light_slider("contrast")
            ui.space()
            self._name = ui.label().classes("find-small ellipsis")

    def _zoom(self, factor: float) -> None:
        self._picture.zoom(factor)

    def _light_slider(self, name: str) -> Slider:
        ui.label(name).classes("find-small")
        return (
            Slider(min=0.3, max=3, step=0.05, value=1, on_change=self._lit)
            .props(f'dense aria-label="{name}"')
            .style("width: 12rem")
        )

    def _lit(self) -> None:
        self._picture.look(filter=f"brightness({self._light.value}) contrast({self._contrast.value})")

    def _turn_beside(self) -> None:
        self._beside = not self._beside
        self._picture.look(beside=self._beside)

    def _pick_frame(self) -> None:
        with ui.element("div").classes("find-frames"):
            _icon("chevron_left", "Frame before (← or ,)", self._by(-1))
            self._frames = Slider(min=0, max=1, step=1, value=0).props('dense aria-label="frame"')
            self._moving = Moving(self._frames, self._go)
            _icon("chevron_right", "Next frame (→ or .)", self._by(1))
            self._number = ui.label().classes("find-small find-frame-number")
        self._about = ui.label().classes("find-small find-about")

    async def _go(self, position: float) -> None:
        if self.finder.row is not None:
            await self.finder.go(int(position))

    def _by(self, frames: int) -> Callable[[], Awaitable[None]]:
        return lambda: self.finder.go(self.finder.position + frames)

    def _head(self) -> None:
        finder = self.finder
        with ui.element("div").classes("find-head"):
            self._total = ui.label().classes("find-total")
            ui.space()
            self._undo = _icon("undo", "Undo (Ctrl+Z)", finder.undo)
            self._redo = _icon("redo", "Do again (Ctrl+Shift+Z)", finder.redo)
        self._right = (
            ui.checkbox("This frame is right", on_change=lambda event: finder.confirm(bool(event.value)))
            .props("dense")
            .classes("find-is-right")
            .tooltip(
                "All its lines are there, and no others (Enter). Later settings leave it as it is, and a network "
                "can be tuned on it."
            )
        )
        self._problem = ui.label().classes("find-problem").props('role="alert"')
        self._stop = ui.button("Stop", on_click=finder.stop).props("flat dense no-caps size=sm")

    def _take_keys(self) -> None:
        finder = self.finder
        for name, meaning, action in (
            ("ArrowRight", "next frame", self._by(1)),
            (".", "next frame", self._by(1)),
            ("ArrowLeft", "frame before", self._by(-1)),
            (",", "frame before", self._by(-1)),
            ("ArrowDown", "next line", lambda: self._select_next(1)),
            ("ArrowUp", "line before", lambda: self._select_next(-1)),
            ("x", "this is no line: off, or on again", lambda: self._of_selected(finder.switch)),
            ("k", "keep this line whatever the sliders say", lambda: self._of_selected(finder.keep)),
            ("Enter", "this frame is right", finder.confirm),
            ("s", "save", self._keeping.ask_save),
            ("t", "tune", self._keeping.ask_tune),
            ("Ctrl+Z", "undo", finder.undo),
            ("Ctrl+Shift+Z", "do again", finder.redo),
            (" ", "hold: the picture without lines", lambda: None),  # the picture's script listens
            ("b", "the picture alone beside it", self._turn_beside),
            ("+", "larger", lambda: self._picture.zoom(1.4)),
            ("-", "smaller", lambda: self._picture.zoom(1 / 1.4)),
            ("0", "all of the picture", lambda: self._picture.zoom(0)),
        ):
            on_key(SIDE, name, meaning, action)

    def _pick(self, number: int) -> None:
        self.finder.select(number if number >= 0 else None)

    def _select_next(self, step: int) -> None:
        selected, count = self.finder.selected, len(self.finder.shown)
        if count:
            first = 0 if step > 0 else count - 1
            self.finder.select(first if selected is None else (selected + step) % count)

    async def _of_selected(self, act: Callable[[int], Awaitable[None]]) -> None:
        if self.finder.selected is not None:
            await act(self.finder.selected)

    def update(self) -> None:
        """Show everything as it is now."""
        finder, looked = self.finder, self.finder.looked
        self._films.update()
        self._settings.update()
        self._keeping.update()
        drawn = (finder.shown, looked)
        if drawn != self._drawn:
            self._drawn = drawn
            self._lines = describe(finder.shown, looked.picture.pixel_size if looked else None)
        self._picture.show(looked, self._lines, finder.selected, self._said())
        self._list.show(self._lines, finder.selected)
        self._update_frame()
        self._update_head()

    def _said(self) -> str:
        finder = self.finder
        if finder.row is None:
            return "" if finder.rows else "Drop pictures or a film on the left"
        if finder.looking:
            return "Looking …" if not finder.part else f"Looking … {finder.part:.0%}"
        return ""

    def _update_frame(self) -> None:
        finder, looked = self.finder, self.finder.looked
        count = len(finder.row.frames) if finder.row else 0
        self._frames.props(f"max={max(1, count - 1)}")
        self._frames.set_enabled(count > 1)
        self._moving.show(max(0, finder.position))
        self._number.set_text(_which(finder.row, finder.position) if finder.row else "")
        self._name.set_text(finder.frame.file.name if finder.frame else "")
        self._about.set_text(_about(looked.picture) if looked else "")

    def _update_head(self) -> None:
        finder = self.finder
        on = [each.line for each in finder.shown if each.state != "off"]
        pixel = finder.looked.picture.pixel_size if finder.looked else None
        lengths = [line.length_nm(pixel) for line in on]
        nanometres = (
            sum(length for length in lengths if length is not None) if on and None not in lengths else None
        )
        known = finder.frame is not None and finder.frame in finder.seen and not finder.looking
        total = length_text(sum(line.length for line in on), nanometres)
        self._total.set_text(f"{count_text(len(on))}, {total}" if known and on else count_text(0) if known else "")
        self._undo.set_enabled(finder.history.can_undo)
        self._redo.set_enabled(finder.history.can_redo)
        self._right.set_enabled(known)
        self._right.set_value(finder.is_right)
        self._problem.set_text("Stopped." if finder.stopped else finder.problem)
        self._problem.set_visibility(bool(finder.problem) or finder.stopped)
        self._stop.set_visibility(finder.looking)


def _which(row: Row, position: int) -> str:
    """Return which picture of a row it is; a film's frames have the numbers that overlays and file names have."""
    count = len(row.frames)
    if not count:
        return ""
    if len(row.files) == 1 and count > 1:
        return f"frame {row.frames[position].number} of {count}"
    return f"{position + 1} of {count}"


def _about(picture: Any) -> str:
    height, width = picture.image.shape
    parts = [f"{width} × {height} px"]
    if picture.pixel_size is not None:
        parts.append(f"{picture.pixel_size.x:.3g} {picture.pixel_size.unit} a pixel")
    if picture.time is not None:
        parts.append(f"{picture.time:.3f} s")
    return " · ".join(parts)


def _icon(icon: str, meaning: str, act: Callable[[], Any] | None = None) -> ui.button:
    return (
        ui.button(icon=icon, on_click=act)
        .props(f'flat round dense size=sm aria-label="{meaning}"')
        .tooltip(meaning)
    )
