"""Write the README's pictures of the page: its two sides as a browser shows them, with made images only.

``python docs/generate_app_pictures.py`` needs the extras ``train``, ``app`` and ``test``, and a Chromium.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image as PillowImage
from playwright.sync_api import sync_playwright

FOLDER = Path(__file__).parent / "pictures"
WIDTH, HEIGHT, QUALITY = 1280, 800, 85
FRAMES = ("--recipe", "pileups-two-beam", "--seed", "6", "-n", "4", "--size", "640x480")


def main() -> None:
    """Draw both sides."""
    browser_file = shutil.which("chromium") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        run(folder, *FRAMES, "-o", "frames")
        browser = playwright.chromium.launch(executable_path=browser_file, args=["--no-sandbox"])
        with served(folder, "frames/images", "--recipe", "wild") as address:
            page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
            page.goto(address)
            draw_make(page)
            draw_find(page)
        browser.close()


def draw_make(page: Any) -> None:
    """Draw the side on which images are made."""
    page.locator(".q-tab--active", has_text="Make").wait_for()
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(3000)
    keep(page, "app-make")


def draw_find(page: Any) -> None:
    """Draw the side on which lines are found."""
    page.keyboard.press("f")
    page.locator(".find-total", has_text="lines").wait_for(timeout=60_000)
    page.wait_for_timeout(1500)
    keep(page, "app-find")


def keep(page: Any, name: str) -> None:
    """Keep what the page shows."""
    page.mouse.move(WIDTH - 2, HEIGHT - 2)
    picture = PillowImage.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.save(FOLDER / f"{name}.jpg", quality=QUALITY, optimize=True)
    print(FOLDER / f"{name}.jpg")


@contextmanager
def served(folder: Path, *words: str) -> Iterator[str]:
    """Run ``dislo-gen app``; yields its address."""
    command = [sys.executable, "-m", "dislo_gen", "app", "--no-browser", *words]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True, env=environment)
    assert process.stdout is not None
    try:
        yield next(found[0] for line in process.stdout if (found := re.search(r"http://\S+", line)))
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)


def run(folder: Path, *words: str) -> None:
    """Run the command line."""
    subprocess.run([sys.executable, "-m", "dislo_gen", *words], cwd=folder, check=True)


if __name__ == "__main__":
    main()
