"""The page, begun as a user begins it, and a headless Chromium to look at it with."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ROOT = Path(__file__).parents[2]
Begin = Callable[..., AbstractContextManager[str]]


@contextmanager
def served(folder: Path, *arguments: str, **environment: str) -> Iterator[str]:
    """Run ``dislo-gen app`` in a folder; yields the page's address. Ctrl-C ends it."""
    with (folder / "app.log").open("w+") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "dislo_gen", "app", "--no-browser", *arguments],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **environment},
        )
        assert process.stdout is not None
        try:
            lines: list[str] = []
            for line in process.stdout:
                lines.append(line)
                if found := re.search(r"http://\S+", line):
                    yield found[0]
                    break
            else:
                log.seek(0)
                pytest.fail(f"the page did not begin: {''.join(lines)}{log.read()}")
        finally:
            process.send_signal(signal.SIGINT)
            status = process.wait(timeout=20)
            process.stdout.close()
        log.seek(0)
        said = log.read()
    assert status == 130, said
    assert "Traceback" not in said, said


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A browser without a screen."""
    sync_api = pytest.importorskip("playwright.sync_api")
    if CHROMIUM is None:
        pytest.skip("there is no Chromium here: apt-get install chromium")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def look(chromium: Any) -> Iterator[Callable[..., Any]]:
    """Open addresses; whatever a page complains about, or asks of another machine, fails the test."""
    with looking(chromium) as open_page:
        yield open_page


@contextmanager
def looking(chromium: Any) -> Iterator[Callable[..., Any]]:
    """Open addresses; whatever a page complains about, or asks of another machine, fails the test in the end."""
    contexts: list[Any] = []
    wrong: list[str] = []

    def open_page(address: str, width: int = 1280, height: int = 800, scheme: str = "light") -> Any:
        context = chromium.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(40_000)  # a machine may be busy
        page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
        page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        page.on("request", lambda request: wrong.append(request.url) if _is_elsewhere(request.url) else None)
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not wrong


def _is_elsewhere(address: str) -> bool:
    return not address.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:"))
