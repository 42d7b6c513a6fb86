"""The frame around the sides: title, tabs, light and dark, keys, what takes long, and mistakes."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from nicegui import events, ui

from dislo_gen_app.keys import keys_of
from dislo_gen_app.session import Session

_STYLE = Path(__file__).with_name("page.css")
KEYS: dict[str, str] = {"m": "Make", "f": "Find"}
_SIGNS = {"ArrowLeft": "←", "ArrowRight": "→", "ArrowUp": "↑", "ArrowDown": "↓", " ": "Space"}


def frame(session: Session, sides: Mapping[str, Callable[[], None]]) -> None:
    """Build the page.

    Args:
        session: of the command.
        sides: what builds each side, by its name.
    """
    ui.add_css(_STYLE.read_text(encoding="utf-8"))
    dark = ui.dark_mode(None)
    with ui.header().classes("app-header"):
        ui.label("dislo-gen").classes("app-title")
        with ui.tabs().props("dense no-caps inline-label") as tabs:
            for name in sides:
                ui.tab(name)
        ui.space()
        _work(session)
        ui.button(icon="contrast", on_click=lambda: _turn(dark)).props(
            'flat round dense color=white aria-label="Light or dark (D)"'
        ).tooltip("Light or dark (D)")
        keys = ui.dialog()
        ui.button(icon="keyboard", on_click=keys.open).props(
            'flat round dense color=white aria-label="Keys (?)"'
        ).tooltip("Keys (?)")
    with ui.tab_panels(tabs, value=next(iter(sides))).props("keep-alive").classes("app-panels"):
        for name, build in sides.items():
            with ui.tab_panel(name).classes("app-panel"):
                build()
    _list_keys(keys, sides)

    async def press(event: events.KeyEventArguments, *, on_button: bool = False) -> None:
        key = _name(event)
        if not event.action.keydown or event.modifiers.alt or (key == "Enter") == on_button:
            return
        if event.action.repeat:
            if not key.startswith("Arrow"):
                return
        elif key == "d":
            _turn(dark)
        elif key == "?":
            keys.open()
        elif key in KEYS:
            tabs.set_value(KEYS[key])
        for one in keys_of(str(tabs.value)):
            if one.name == key:
                done = one.action()
                if inspect.isawaitable(done):
                    await done

    ui.keyboard(on_key=lambda event: press(event, on_button=True), ignore=["input", "select", "textarea"])
    ui.keyboard(on_key=press)  # hears nothing while a button has the focus: Enter is the button's then


def _name(event: events.KeyEventArguments) -> str:
    """Return what a key is called, such as "n", "ArrowLeft" or "Ctrl+Shift+Z"."""
    if not (event.modifiers.ctrl or event.modifiers.meta):
        return event.key.name
    return f"Ctrl+{'Shift+' if event.modifiers.shift else ''}{event.key.name.upper()}"


def _turn(dark: ui.dark_mode) -> None:
    dark.set_value(not dark.value)


def _list_keys(dialog: ui.dialog, sides: Iterable[str]) -> None:
    everywhere = [("M", "Make"), ("F", "Find"), ("D", "light or dark"), ("?", "these keys")]
    with dialog, ui.card():
        ui.label("Keys").classes("text-lg")
        with ui.element("div").classes("app-keys"):
            for name, meaning in everywhere:
                _list_key(name, meaning)
            for side in sides:
                for one in keys_of(side):
                    _list_key(one.name, f"{side}: {one.meaning}")


def _list_key(name: str, meaning: str) -> None:
    ui.label(_SIGNS.get(name, name.upper() if len(name) == 1 else name)).classes("app-key")
    ui.label(meaning)


def _work(session: Session) -> None:
    """Show what takes long, and let it be stopped."""
    work = session.work
    with ui.row().classes("app-work items-center no-wrap") as row:
        title = ui.label()
        bar = ui.linear_progress(0, show_value=False).props("instant-feedback color=white").style("width: 8rem")
        left = ui.label()
        ui.button("Stop", on_click=work.stop).props("flat dense no-caps color=white").mark("stop")

    def update() -> None:
        row.set_visibility(work.runs)
        if not work.runs:
            return
        title.set_text(work.title)
        bar.set_value(work.done / work.total if work.total else 0)
        counted = f"{work.done} of {work.total}" if work.total else ""
        seconds = work.seconds_left
        left.set_text(f"{counted}, {_duration(seconds)} left" if seconds is not None else counted)

    ui.timer(0.25, update)
    update()


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
