"""How soon the page answers a key on a slider, in a headless Chromium on this machine.

    python tests/benchmarks/page.py [--presses N]

Make, at 256 px: from the key to two frames after the new picture is there, for several recipes, with those
parameters open that the page begins with (of two-beam its own, too), or all of them (``--all-open``). Find: from
the key to two frames after the side with the lines has changed, on a made frame of 640 x 480 px whose network's
output is at hand.
"""

from __future__ import annotations

import argparse
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
from statistics import median, quantiles
from typing import Any

import rich
from playwright.sync_api import sync_playwright
from rich.table import Table

MAKE = (
    ("default", "max dislocations", ""),
    ("wild", "max dislocations", ""),
    ("pileups", "max dislocations", ""),
    ("pileups-two-beam", "max dislocations", ""),
    ("pileups-two-beam", "thickness", "two-beam"),
)
_WATCH = """
([slider, place, attribute, key]) => new Promise((done) => {
    const knob = document.querySelector(slider);
    knob.focus();
    const seen = document.querySelector(place);
    const end = () => done(performance.now() - began);
    const twoFrames = () => requestAnimationFrame(() => requestAnimationFrame(end));
    const watch = new MutationObserver(() => {
        watch.disconnect();
        clearTimeout(never);
        if (seen.tagName === "IMG" && !seen.complete) seen.onload = () => { seen.onload = null; twoFrames(); };
        else twoFrames();
    });
    const anything = { childList: true, subtree: true, characterData: true };
    watch.observe(seen, attribute ? { attributeFilter: [attribute] } : anything);
    const never = setTimeout(() => { watch.disconnect(); done(null); }, 3000);
    const began = performance.now();
    const keyCode = { ArrowLeft: 37, ArrowRight: 39, PageUp: 33, PageDown: 34 }[key];
    knob.dispatchEvent(new KeyboardEvent("keydown", { key, keyCode, bubbles: true }));
})
"""


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--presses", type=int, default=40)
    parser.add_argument("--all-open", action="store_true")
    options = parser.parse_args()
    presses = options.presses
    table = Table("side", "recipe", "slider", "median, ms", "95 % within, ms", "answers")
    file = shutil.which("chromium") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        words = ["--recipe", "pileups-two-beam", "--seed", "6", "-n", "1", "--size", "640x480", "-o", "frames"]
        subprocess.run(
            [sys.executable, "-m", "dislo_gen", *words], cwd=folder, check=True, stdout=subprocess.DEVNULL
        )
        browser = playwright.chromium.launch(executable_path=file, args=["--no-sandbox"])
        for recipe, slider, card in MAKE:
            with served(folder, "--recipe", recipe) as address:
                page = open_page(browser, address)
                page.locator("[data-name=made]").wait_for()
                closed = '.make-head button[aria-expanded="false"]'
                if not options.all_open:
                    closed += f'[aria-label="{card}: parameters"]'
                page.locator(closed).evaluate_all("(all) => all.forEach((one) => one.click())")
                page.wait_for_timeout(1500)
                table.add_row(
                    "Make",
                    recipe,
                    slider,
                    *measure(page, slider, "[data-name=made]", "src", presses, ("ArrowRight", "ArrowLeft")),
                )
                page.close()
        with served(folder, "frames/images") as address:
            page = open_page(browser, address)
            page.get_by_role("tab", name="Find").click()
            page.locator(".find-row").first.wait_for(timeout=60_000)
            page.wait_for_timeout(15_000)  # the network looks at other scales meanwhile
            for slider in ("confidence", "threshold"):
                table.add_row(
                    "Find", "", slider, *measure(page, slider, ".find-right", "", presses, ("PageUp", "PageDown"))
                )
        browser.close()
    rich.print(table)


def measure(
    page: Any, slider: str, place: str, attribute: str, presses: int, keys: tuple[str, str]
) -> tuple[str, str, str]:
    """Return median, 95th percentile, and how many presses changed something; keys go up and down again."""
    knob = f'.q-slider[aria-label^="{slider}"] [tabindex="0"]'
    times = []
    for number in range(presses):
        key = keys[number // 4 % 2]
        times.append(page.evaluate(_WATCH, [knob, place, attribute, key]))
        page.wait_for_timeout(400)
    found = [time for time in times if time is not None]
    if len(found) < 2:
        return "-", "-", f"{len(found)} of {presses}"
    return f"{median(found):.0f}", f"{quantiles(found, n=20)[-1]:.0f}", f"{len(found)} of {presses}"


def open_page(browser: Any, address: str) -> Any:
    """Open the page as a person at a usual screen sees it."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(address)
    return page


@contextmanager
def served(folder: Path, *words: str) -> Iterator[str]:
    """Run ``dislo-gen app``; yields its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "dislo_gen", "app", "--no-browser", *words],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    try:
        yield next(found[0] for line in process.stdout if (found := re.search(r"http://\S+", line)))
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)


if __name__ == "__main__":
    main()
