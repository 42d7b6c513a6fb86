"""Make, by clicks and keys: a recipe is changed, seen, compared with a real picture, copied, saved and made."""

from __future__ import annotations

import base64
import io
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from dislo_gen import Recipe, make_sample, open_dataset

from .conftest import served
from .kit import drop, write_picture

_READ = """
async (address) => {
    const bytes = new Uint8Array(await (await fetch(address)).arrayBuffer());
    return btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), ""));
}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: Any) -> Path:
    return Path(tmp_path_factory.mktemp("make"))


@pytest.fixture(scope="module")
def address(folder: Path, install_packages: Any, found_in: Any) -> Iterator[str]:
    """The page, with a third party's geometry, and a package whose geometry cannot be loaded."""
    installed = install_packages("cracks")
    torn = installed / "torn-1.0.dist-info"
    torn.mkdir()
    (torn / "METADATA").write_text("Metadata-Version: 2.1\nName: torn\nVersion: 1.0\n")
    (torn / "entry_points.txt").write_text("[dislo_gen.geometry]\ntorn = torn_away:Torn\n")
    (folder / "small.toml").write_text(
        'size = 256\nbackground = "plain"\neffect = []\nrenderer = "cairo"\n'
        '[[geometry]]\nuse = "pileup"\npileups = 1\nslip_width = 60\n'
    )
    with found_in(installed), served(folder, "--recipe", "small.toml", "-o", "out") as found:
        yield found


@pytest.fixture
def page(address: str, look: Any) -> Any:
    page = look(address)
    page.locator(".make-figures img").first.wait_for()
    page.get_by_role("button", name="Picture", exact=True).click()
    for recipe in ("clean", "small.toml"):  # whatever a test before has changed
        choose(page, "Recipe", recipe)
        page.locator(".make-command", has_text=re.compile(f"^dislo-gen --recipe {recipe}$")).wait_for()
    page.locator(".make-about", has_text="256").wait_for()
    page.wait_for_timeout(300)
    return page


def choose(page: Any, label: str, option: str) -> None:
    page.locator(f'.q-select:has([aria-label="{label}"])').first.click()
    page.get_by_role("option", name=option, exact=True).click()


def opened(page: Any, part: str) -> None:
    """See that a part's parameters are shown."""
    turner = page.get_by_role("button", name=f"{part}: parameters")
    if turner.get_attribute("aria-expanded") != "true":
        turner.click()
    page.locator(".app-parameter:visible").first.wait_for()


def picture(page: Any, name: str = "made") -> NDArray[np.uint8]:
    """Return the pixels of a picture that the page shows."""
    source = page.locator(f'img[data-name="{name}"]').first.get_attribute("src")
    with Image.open(io.BytesIO(base64.b64decode(page.evaluate(_READ, source)))) as opened:
        return np.asarray(opened)


def changes(page: Any, act: Callable[[], object], name: str = "made") -> NDArray[np.uint8]:
    """Do something that changes a picture, wait for the new one, and return it."""
    before = page.locator(f'img[data-name="{name}"]').first.get_attribute("src")
    act()
    page.wait_for_function(
        f"""document.querySelector('img[data-name="{name}"]')?.getAttribute("src") !== '{before}'"""
    )
    page.wait_for_timeout(150)
    return picture(page, name)


def command(page: Any) -> list[str]:
    return shlex.split(page.get_by_label("Command").inner_text())


def test_a_slider_moved_by_keys_changes_the_picture_and_reset_takes_it_back(page: Any) -> None:
    opened(page, "pileup")
    first = picture(page)
    knob = page.locator('.q-slider[aria-label^="slip width"] .q-slider__track-container')

    def press() -> None:
        knob.focus()
        page.keyboard.press("PageUp")

    assert (changes(page, press) != first).any()
    page.get_by_role("button", name="slip width: reset").click()
    page.wait_for_timeout(500)
    assert (picture(page) == first).all()


def test_a_number_varies_between_two_ends_and_a_mistake_is_said(page: Any) -> None:
    opened(page, "pileup")
    page.get_by_role("button", name=re.compile("slip width: .*change how it varies")).click()
    page.locator(".q-menu .q-item", has_text="anything between two values").first.click()
    page.locator('input[aria-label^="slip width"][aria-label*="from"]').wait_for()
    page.locator('input[aria-label^="slip width"][aria-label*="to"]').last.fill("90")
    page.wait_for_function("document.querySelector('[aria-label=Command]').innerText.includes('slip_width')")
    page.locator('input[aria-label^="slip width from"]').fill("-5")
    page.locator(".app-problem", has_text="-5 is below the smallest value allowed, 2 px").first.wait_for()
    page.reload()
    page.locator('img[data-name="made"]').first.wait_for()  # what was right last
    page.locator(".app-problem", has_text="-5 is below the smallest value allowed, 2 px").first.wait_for()
    page.get_by_role("button", name="slip width: reset").click()
    page.locator(".app-problem", has_text="smallest value").first.wait_for(state="hidden")


def test_parts_are_chosen_added_and_removed(page: Any) -> None:
    first = picture(page)
    assert (changes(page, lambda: choose(page, "Background", "perlin")) != first).any()
    changes(page, lambda: choose(page, "Renderer", "two-beam"))
    changes(page, lambda: choose(page, "Add an effect", "inversion"))
    changes(page, lambda: choose(page, "Add a geometry", "lines"))
    said = " ".join(command(page))
    assert all(name in said for name in ("perlin", "two-beam", "inversion", "lines"))
    changes(page, lambda: page.get_by_role("button", name="inversion: remove").click())


def test_a_third_partys_geometry_has_its_sliders_and_a_broken_one_its_reason(page: Any) -> None:
    changes(page, lambda: choose(page, "Add a geometry", "cracks"))
    card = page.locator(".make-card", has_text="cracks")
    assert card.locator(".app-parameter").count() >= 1
    assert card.locator(".q-slider").count() >= 1
    choose(page, "Add a geometry", "torn (cannot be used)")
    page.get_by_role("alert").get_by_text("torn").wait_for()


def test_masks_are_seen_beside_and_under_a_wipe(page: Any) -> None:
    for view, names in (("Masks", {"masks"}), ("Both", {"made", "masks"}), ("Wipe", {"made", "masks"})):
        page.get_by_role("button", name=view, exact=True).click()
        page.wait_for_function(f"document.querySelectorAll('.make-figures img').length === {len(names)}")
        shown = page.locator(".make-figures img").evaluate_all("all => all.map((one) => one.dataset.name)")
        assert set(shown) == names
    assert picture(page, "masks").ndim == 3  # in colour
    page.get_by_label("Wipe").last.focus()
    page.keyboard.press("ArrowRight")
    page.get_by_role("button", name="Picture", exact=True).click()


def test_samples_seeds_and_renderers_are_gone_through(page: Any) -> None:
    first = picture(page)
    page.locator("body").click(position={"x": 2, "y": 400})
    second = changes(page, lambda: page.keyboard.press("n"))
    assert (second != first).any()
    assert (changes(page, lambda: page.get_by_role("button", name="Previous sample (P)").click()) == first).all()
    page.get_by_role("button", name="Four seeds").click()
    page.wait_for_function("document.querySelectorAll('.make-figures img').length === 4")
    seeds = [picture(page, f"seed-{number}") for number in range(4)]
    assert all((seeds[0] != other).any() for other in seeds[1:])
    page.get_by_role("button", name="Renderers").click()
    page.locator('img[data-name="renderer-1"]').wait_for()
    assert (picture(page, "renderer-0") != picture(page, "renderer-1")).any()
    page.get_by_role("button", name="Picture", exact=True).click()


def test_a_real_picture_stands_beside_it_with_both_histograms(page: Any, tmp_path: Path) -> None:
    drop(page, ".make-drop", write_picture(tmp_path / "mine.png"))
    page.locator('img[data-name="real"]').wait_for()
    assert page.locator(".make-real-text").inner_text().startswith("real: mean")
    assert picture(page, "real").shape == (72, 96)
    assert page.locator(".make-histogram svg, svg[aria-label^=Histogram], img[alt^=Histogram]").count() >= 1
    page.get_by_role("button", name="Take it away").click()
    page.locator('img[data-name="real"]').wait_for(state="detached")


def test_the_command_that_is_copied_makes_what_is_seen(page: Any, folder: Path) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    changes(page, lambda: choose(page, "Background", "perlin"))
    page.get_by_role("button", name="Copy command").click()
    page.get_by_text("The command is copied").wait_for()
    words = shlex.split(page.evaluate("navigator.clipboard.readText()"))
    assert words[0] == "dislo-gen"
    line = [sys.executable, "-m", "dislo_gen", *words[1:], "-n", "1", "-o", "copied"]
    done = subprocess.run(line, cwd=folder, capture_output=True, text=True, check=False, env={**os.environ})
    assert done.returncode == 0, done.stderr
    with Image.open(folder / "copied" / "images" / "000000.png") as made:
        assert (np.asarray(made) == picture(page)).all()


def test_the_recipe_is_saved_and_what_is_there_is_kept(page: Any, folder: Path) -> None:
    changes(page, lambda: choose(page, "Background", "perlin"))
    for said in ("is saved", "is there already and is kept"):
        page.get_by_role("button", name="Save recipe").click()
        page.get_by_role("dialog").get_by_role("textbox").fill("mine.toml")
        page.get_by_role("button", name="Save", exact=True).click()
        page.get_by_role("alert").get_by_text(said).first.wait_for()
    recipe = Recipe.load(folder / "out" / "mine.toml")
    image = np.round(make_sample(recipe, 0, 0).image * 255).astype(np.uint8)
    assert (image == picture(page)).all()


def test_images_are_made_with_progress_and_stopping_keeps_them(page: Any, folder: Path) -> None:
    for count, name in ((3, "three"), (5000, "many")):
        page.get_by_role("button", name="Make 1,000").click()
        page.get_by_role("dialog").get_by_label("How many").fill(str(count))
        page.get_by_role("dialog").get_by_label("Name of the folder").fill(name)
        page.get_by_role("dialog").get_by_role("button", name="Make", exact=True).click()
        if name == "three":
            page.get_by_text("3 images are in").wait_for(timeout=60_000)
            page.get_by_role("button", name="Close").click()
            page.get_by_role("dialog").wait_for(state="detached")
    page.locator(".app-work", has_text=re.compile(r"[1-9]\d* of 5000")).wait_for(timeout=60_000)
    page.get_by_role("button", name="Stop").click()
    page.get_by_text("To go on: dislo-gen resume").wait_for(timeout=60_000)
    assert len(open_dataset(folder / "out" / "three")) == 3
    assert 0 < len(open_dataset(folder / "out" / "many")) < 5000


@pytest.mark.parametrize(("width", "scheme"), [(800, "dark"), (1280, "light")])
def test_nothing_is_cut_off(address: str, look: Any, width: int, scheme: str) -> None:
    page = look(address, width=width, scheme=scheme)
    page.locator(".make-figures img").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
