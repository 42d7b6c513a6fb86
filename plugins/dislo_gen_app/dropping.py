"""Files and folders that are dropped on the page: they go into a folder of the command, as they come."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from nicegui import events, ui
from starlette.requests import ClientDisconnect

from dislo_gen import safe_name

_SCRIPT = Path(__file__).with_name("dropping.js")
_LISTENS = "_dislo_gen_takes_drops"
_LEFT_FREE = 256 * 1024**2  # bytes of the disk that other programs need


class Dropped:
    """Takes dropped files, in a folder for each drop, so that equal names of two drops keep apart.

    Args:
        application: takes them under ``/drop``.
        folder: for all of them.
    """

    def __init__(self, application: FastAPI, folder: Path) -> None:
        self.folder = folder
        application.post("/drop/{drop}")(self._take)

    def path(self, drop: str, name: str) -> Path:
        """Return where a file of a drop lies; no name leads out of its folder."""
        parts = [safe_name(part) for part in name.replace("\\", "/").split("/") if part.strip(". ")]
        return self.folder.joinpath(safe_name(drop), *(parts or ["file"]))

    async def _take(self, drop: str, request: Request) -> JSONResponse:
        path = self.path(drop, unquote(request.headers.get("x-name", "")))
        expected = request.headers.get("content-length", "")
        room = shutil.disk_usage(self.folder).free - _LEFT_FREE
        if not expected.isdecimal() or int(expected) > room:
            return _refused(f"{path.name}: there is no room for it in {self.folder}")
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with path.open("xb") as file:
                async for part in request.stream():
                    file.write(part)
        except ClientDisconnect:  # the browser was closed meanwhile: half a file is none
            path.unlink()
            return _refused(f"{path.name}: it did not come whole")
        except OSError as error:
            return _refused(f"{path.name}: {error.strerror}")
        return JSONResponse({"name": path.name})


def _refused(sentence: str) -> JSONResponse:
    return JSONResponse({"error": sentence}, status_code=507)


def drop_zone(
    dropped: Dropped, text: str, taken: Callable[[Path], object], refused: Callable[[str], object]
) -> ui.element:
    """Put a place on the page on which files and folders can be dropped, or chosen with a click or the keyboard.

    Args:
        dropped: takes them.
        text: on the place.
        taken: called with the folder that holds them, once all are there.
        refused: called with a sentence where that fails.
    """
    if not getattr(ui.context.client, _LISTENS, False):  # once on each page
        setattr(ui.context.client, _LISTENS, True)
        ui.add_head_html(f"<script>{_SCRIPT.read_text(encoding='utf-8')}</script>")
    with ui.element("div").classes("app-drop").props('role="button" tabindex="0"') as zone:
        ui.icon("upload_file")
        ui.label(text)
        ui.button("Folder").props("flat dense no-caps").classes("app-drop-folder")

    def ended(event: events.GenericEventArguments) -> Any:
        drop, error = str(event.args.get("drop", "")), str(event.args.get("error", ""))
        return refused(error) if error else taken(dropped.folder / safe_name(drop))

    # The events come from the script, by way of the element: so they reach the page they were dropped on only.
    zone.on("dropped", ended, js_handler="(event) => emit(event.detail)")
    return zone
