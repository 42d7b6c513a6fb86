"""What dialogs of the page share: opening them, their buttons, and the name of something new."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from nicegui import Client, ui

from dislo_gen_app.notices import say_mistake
from dislo_gen_app.saving import free_name

T = TypeVar("T")


@contextmanager
def opened(client: Client, title: str, style: str) -> Iterator[ui.dialog]:
    """Open a dialog on a page, and fill it; closed, it is gone.

    Args:
        client: of the page: what began the work may be gone by now.
        title: its first line.
        style: class of its card.
    """
    with client.layout, ui.dialog(value=True) as dialog, ui.card().classes(style):
        ui.label(title).classes("text-lg")
        yield dialog
    dialog.on("hide", dialog.delete)


def buttons(dialog: ui.dialog, text: str, action: Callable[[], object]) -> None:
    """Build the buttons of a dialog: Cancel, and the one that does it."""
    with ui.row().classes("w-full justify-end"):
        ui.button("Cancel", on_click=dialog.close).props("flat no-caps")
        ui.button(text, on_click=action).props("unelevated no-caps color=primary")


def name_field(label: str, out: Path, name: str) -> ui.input:
    """Build a field for the name of something new in a folder, with one that is free."""
    field = ui.input(label, value=free_name(out, name)).classes("w-full")
    ui.label(f"in {out.absolute()}").classes("app-quiet")
    return field


def new_folder(field: ui.input, out: Path, usual: str) -> Path | None:
    """Return the folder that is named; None, and a sentence, where it cannot be a new one."""
    wanted = str(field.value or "").strip()
    free = free_name(out, wanted or usual)
    if wanted == free:
        return out / wanted
    say_mistake(f"{out / wanted}: is there already and is kept, or no name; {free} is free")
    field.set_value(free)
    return None


def say_on(client: Client, say: Callable[[T], object], what: T) -> None:
    """Say something on a page whose dialog that began the work is gone; nothing if the page is gone, too."""
    if not client.is_deleted:
        with client.layout:
            say(what)
