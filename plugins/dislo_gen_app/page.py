"""The page: its frame, its two sides, and what is true for both."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

os.environ.setdefault("NICEGUI_STORAGE_PATH", tempfile.gettempdir())  # it would begin a folder here at import

import typer
from fastapi import FastAPI
from nicegui import ui

from dislo_gen import DisloGenError
from dislo_gen_app.finding.side import FindSide
from dislo_gen_app.frame import frame
from dislo_gen_app.making.side import MakeSide
from dislo_gen_app.server import run_server
from dislo_gen_app.session import Session
from dislo_gen_app.threads import is_busy

_PATIENCE = 1.0  # s that threads have to end
_PATIENCE_WITH_WORK = 20.0  # s: a sample, or a step of a training, is brought to its end
_ENDED = "Stopped. What you saved stays; what you did not save is gone.\nTo go on: the same command again"


def serve_page(
    pictures: Sequence[Path], out: Path, recipe: str | None, model: str, port: int, browser: bool
) -> None:
    """Serve the page until Ctrl-C.

    Args:
        pictures: that the page may read and begins with.
        out: folder that it writes into.
        recipe: name or file of the recipe to begin with; by default the usual one.
        model: weights, a file or a name.
        port: 0 takes one that is free.
        browser: whether to open it in a browser.

    Raises:
        DisloGenError: something of that cannot be used.
    """
    application = FastAPI(openapi_url=None)
    ended: KeyboardInterrupt | None = None
    with tempfile.TemporaryDirectory(prefix="dislo-gen-app-") as dropped:
        session = Session(application, Path(dropped), out, pictures, recipe, model)

        @ui.page("/")
        def page() -> None:
            frame(session, {"Make": MakeSide(session).build, "Find": FindSide(session).build})

        # A browser on a busy machine may not answer for a while; the library takes 0.4 of this as the longest.
        ui.run_with(application, title="dislo-gen", dark=None, reconnect_timeout=60, show_welcome_message=False)
        try:
            run_server(application, port, browser, _tell)
        except KeyboardInterrupt as stop:
            session.work.stop()
            ended = stop
    if ended is not None:
        status = 130 if type(ended) is KeyboardInterrupt else 143  # SIGTERM comes as a kind of it
        busy = is_busy(_PATIENCE) and (not session.work.in_hand or is_busy(_PATIENCE_WITH_WORK))
        typer.echo(_ENDED, err=True)
        if session.work.kept:
            typer.echo(session.work.kept, err=True)
        if busy:
            _leave(status)
        raise typer.Exit(status)


def _leave(status: int) -> None:
    """End at once: torch, at work in a thread, would abort the interpreter as that ends."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _tell(address: str) -> None:
    typer.echo(f"The page is at\n\n    {address}\n\nCtrl-C ends it.")


__all__ = ["DisloGenError", "serve_page"]
