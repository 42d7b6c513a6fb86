"""Make, by clicks and keys: parts are chosen, pictures follow sliders, and what comes of it is saved and made."""

from __future__ import annotations

import io
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from dislo_gen import Recipe, RecipeError, Sample, make_sample, open_dataset, verify

from .conftest import looking, served
from .kit import drop

_QUIET = 400  # ms
BASE = "small.toml"
RECIPE = """
description = "Small, for tests."
size = [128, 96]
background = {use = "plain", level = 0.6}
renderer = {use = "cairo", contrast = 0.6}

[[geometry]]
use = "pileup"
pileups = 2
dislocations = 3
slip_width = {uniform = [30, 50]}
spacing = 9
angle = 30
start = 0.4
offset = {uniform = [-0.2, 0.2]}
"""
FAULTY = "import no_such_library"
# Rows of which a part reaches over the edge, or two parts lie over each other.
CROWDED = """
() => [...document.querySelectorAll(".app-parameter")].filter((row) => {
    const edge = row.getBoundingClientRect().right + 1;
    const parts = [...row.querySelectorAll(".app-field, .app-slider, .q-checkbox, .app-way, .app-name")];
    const boxes = parts.map((part) => part.getBoundingClientRect());
    const overlap = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
        Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
    return boxes.some((a, n) => a.right > edge || boxes.some((b, m) => m > n && overlap(a, b)));
}).map((row) => row.dataset.about)
"""


# Fields out of whose frame their text reaches.
OUTSIDE = """
() => [...document.querySelectorAll(".q-field__native")].filter((text) => {
    const inner = text.getBoundingClientRect(), outer = text.closest(".q-field__control").getBoundingClientRect();
    return inner.height && (inner.bottom > outer.bottom + 2 || inner.top < outer.top - 2);
}).map((text) => text.textContent)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: Any) -> Path:
    folder = Path(tmp_path_factory.mktemp("make"))
    (folder / BASE).write_text(RECIPE)
    return folder


@pytest.fixture(scope="module")
def address(folder: Path, kit: Any, install_packages: Any, found_in: Any, tmp_path_factory: Any) -> Iterator[str]:
    """The page, beside a third party's package and one that cannot be loaded."""
    installed = install_packages("cracks")
    kit.package(installed, "faulty-pens", {"renderer": {"faulty": "faulty_pens:Pen"}}, {"faulty_pens": FAULTY})
    with found_in(installed), served(folder, "--recipe", BASE, "-o", "out") as found:
        yield found


class Bench:
    """The side Make in a browser, as a person uses it.

    Args:
        page: that is open.
    """

    def __init__(self, page: Any) -> None:
        self.page = page
        page.locator(".make-figure img").first.wait_for()

    def begin(self) -> None:
        """Begin with the small recipe and look at its first sample."""
        page = self.page
        page.locator(".q-notification__actions button").evaluate_all("(all) => all.forEach((one) => one.click())")
        page.keyboard.press("Escape")
        page.locator(".q-dialog").wait_for(state="detached")
        page.locator("body").click(position={"x": 1, "y": 790})
        page.keyboard.press("1")
        page.locator("[data-name=made]").wait_for()
        page.get_by_label("Sample", exact=True).fill("0")
        page.get_by_label("Seed", exact=True).fill("0")
        if page.get_by_role("combobox", name="Recipe").input_value() != BASE:
            self.choose("Recipe", BASE)
        self.settle()  # what was changed above may be drawn still, and controls be built anew
        self.changes(lambda: page.get_by_label("Begin this recipe anew").click())

    def choose(self, label: str, name: str) -> None:
        """Choose something from a list."""
        self.page.get_by_role("combobox", name=label, exact=True).click()
        self.page.get_by_role("option", name=name, exact=True).click()

    def address(self, name: str = "made") -> str:
        return str(self.page.locator(f"[data-name={name}]").get_attribute("src"))

    def changes(self, action: Callable[[], object], name: str = "made") -> None:
        """Do something, and wait until a picture was drawn anew."""
        there = self.page.locator(f"[data-name={name}]")
        before = there.get_attribute("src") if there.count() else ""
        action()
        self.page.wait_for_function(
            """([name, before]) => {
                const image = document.querySelector(`[data-name=${name}]`);
                return image && image.getAttribute("src") !== before && image.complete && image.naturalWidth;
            }""",
            arg=[name, before],
        )

    def settle(self, name: str = "made") -> None:
        """Wait until no further picture comes: one change may be drawn twice, and the first is not the last."""
        before = ""
        while before != (before := self.address(name)):
            self.page.wait_for_timeout(_QUIET)

    def pixels(self, name: str = "made") -> NDArray[np.uint8]:
        """Return a picture as it is shown."""
        self.settle(name)
        answer = self.page.context.request.get(urljoin(self.page.url, self.address(name)))
        return np.asarray(Image.open(io.BytesIO(answer.body())))

    def slider(self, label: str, end: int = 0) -> Any:
        return self.page.get_by_role("slider", name=label, exact=True).locator("[tabindex='0']").nth(end)

    def vary(self, parameter: str, way: str) -> None:
        """Have a parameter vary in another way."""
        self.page.get_by_label(re.compile(f"^{parameter}: .*, change how it varies$")).click()
        self.changes(lambda: self.page.get_by_text(way, exact=True).click())

    def command(self, *end: str) -> list[str]:
        """Return the words of the command, once it ends with these."""
        command = self.page.get_by_label("Command", exact=True)
        command.filter(has_text=re.compile(f"{re.escape(shlex.join(end))}$")).wait_for()
        return shlex.split(command.inner_text())

    def look(self, view: str) -> None:
        self.page.get_by_role("button", name=view, exact=True).click()


@pytest.fixture(scope="module")
def page(address: str, chromium: Any) -> Iterator[Any]:
    """The page, once for all: it takes two seconds to open."""
    with looking(chromium) as open_page:
        yield open_page(address)


@pytest.fixture
def bench(page: Any) -> Bench:
    """The side Make, with the small recipe as it is in its file."""
    bench = Bench(page)
    bench.begin()
    return bench


def grey(recipe: Recipe, seed: int = 0, index: int = 0) -> NDArray[np.uint8]:
    return as_bytes(make_sample(recipe, seed, index))


def as_bytes(sample: Sample) -> NDArray[np.uint8]:
    return np.round(sample.image * np.float32(255)).astype(np.uint8)


def run(folder: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "dislo_gen", *words], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_part_is_chosen(bench: Bench, folder: Path) -> None:
    page = bench.page
    base = Recipe.load(folder / BASE)
    assert np.array_equal(bench.pixels(), grey(base))

    bench.changes(lambda: bench.choose("Background", "perlin"))
    bench.changes(lambda: bench.choose("Add a geometry", "lines"))
    bench.changes(lambda: bench.choose("Add an effect", "shot-noise"))
    bench.changes(lambda: bench.choose("Add an effect", "blur"))
    assert bench.command("--effect", "shot-noise", "--effect", "blur")[:3] == ["dislo-gen", "--recipe", BASE]

    noisy = bench.pixels()
    bench.changes(lambda: page.get_by_label("blur: earlier").click())
    assert page.locator("*:focus").count()  # the keyboard is not lost with what was there before
    assert not np.array_equal(bench.pixels(), noisy)
    bench.changes(lambda: page.get_by_label("shot-noise: on").click())
    bench.changes(lambda: page.get_by_label("blur: remove").click())
    bench.changes(lambda: page.get_by_label("lines: remove").click())
    assert np.array_equal(bench.pixels(), grey(Recipe.from_names(base=folder / BASE, background="perlin")))

    bench.changes(lambda: bench.choose("Renderer", "two-beam"))
    bench.command("--renderer", "two-beam")
    bench.changes(lambda: bench.choose("Recipe", "wild"))
    page.get_by_text("Everything in wide ranges").wait_for()
    assert np.array_equal(bench.pixels(), grey(Recipe.load("wild").evolve(size=256)))


def test_a_slider_is_moved_by_keyboard_and_reset(bench: Bench) -> None:
    page = bench.page
    before = bench.pixels()
    bench.slider("spacing, px").focus()
    bench.changes(lambda: page.keyboard.press("ArrowRight"))
    moved = float(page.get_by_label("spacing exactly, px").input_value())
    assert moved > 9
    assert not np.array_equal(bench.pixels(), before)
    bench.command("--set", f"geometry.spacing={moved}")
    page.get_by_text(
        "spacing: distance between neighbours (equilibrium: their mean) (1 to 2048 px; default:"
    ).wait_for()

    bench.changes(lambda: page.get_by_label("spacing: reset").click())
    assert np.array_equal(bench.pixels(), before)
    assert not page.get_by_label("spacing: reset").is_visible()
    assert page.locator("*:focus").count()


def test_what_is_fixed_varies_and_back(bench: Bench) -> None:
    page = bench.page
    bench.vary("spacing", "anything between two values")
    bench.changes(lambda: page.get_by_label("spacing from, px").fill("5"))
    bench.changes(lambda: page.get_by_label("spacing to, px").fill("14"))
    bench.command("--set", "geometry.spacing={uniform = [5.0, 14.0]}")
    bench.slider("spacing from and to, px", 1).focus()
    for _ in range(3):
        before = float(page.get_by_label("spacing to, px").input_value())
        bench.changes(lambda: page.keyboard.press("ArrowLeft"))
        assert 5 < float(page.get_by_label("spacing to, px").input_value()) < before
    assert page.get_by_label("spacing from, px").input_value() == "5"

    bench.vary("spacing", "normal: around a mean")
    assert page.get_by_label("spacing sd, px").input_value()
    bench.vary("spacing", "one of several values")
    bench.changes(lambda: page.get_by_label("spacing values, px").fill("6, 12"))
    bench.changes(lambda: page.get_by_label("spacing weights, px").fill("3, 1"))
    bench.command("--set", "geometry.spacing={choice = {values = [6, 12], weights = [3, 1]}}")
    bench.vary("spacing", "one value")
    assert page.get_by_label("spacing exactly, px").input_value()


def test_choices_are_ticked_and_weighed(bench: Bench) -> None:
    page = bench.page
    box = page.get_by_role("checkbox", name="hook")
    bench.changes(box.click)
    bench.command("--set", 'geometry.shape={choice = {values = ["straight", "bow", "s"], weights = [1, 4, 3]}}')
    bench.changes(lambda: page.get_by_label("shape weight of straight").fill("2"))
    bench.command("--set", 'geometry.shape={choice = {values = ["straight", "bow", "s"], weights = [2, 4, 3]}}')


def test_a_mistake_gets_the_sentence_of_the_command_line(bench: Bench, folder: Path) -> None:
    page = bench.page
    with pytest.raises(RecipeError) as caught:
        Recipe.from_names(base=folder / BASE, settings=["geometry.spacing=99999"])
    sentence = str(caught.value).split("spacing: ")[-1]
    before = bench.address()
    page.get_by_label("spacing exactly, px").fill("99999")
    page.locator(".app-parameter").get_by_text(sentence).wait_for()
    page.get_by_text(f"Not drawn. geometry.0.spacing: {sentence}").wait_for()
    page.get_by_role("button", name="Save recipe").click()
    page.locator(".q-notification", has_text=sentence).wait_for()
    assert not page.get_by_role("dialog").count()
    assert bench.address() == before
    page.reload()
    page.locator("[data-name=made]").wait_for()  # what was right last
    page.locator(".app-parameter").get_by_text(sentence).wait_for()
    bench.changes(lambda: page.get_by_label("spacing exactly, px").fill("12"))
    assert not page.locator(".app-parameter").get_by_text(sentence).is_visible()


def test_images_of_another_size(bench: Bench, folder: Path) -> None:
    page = bench.page
    page.get_by_label("Width of the images, px").fill("9999")
    page.get_by_text("size: width must be a whole number from 1 to 8192 px, not 9999").first.wait_for()
    bench.changes(lambda: page.get_by_label("Width of the images, px").fill("400"))
    page.get_by_text("shown at 256 × 61 px, made at 400 × 96 px").wait_for()
    bench.changes(lambda: bench.choose("Size of the picture here", "as made"))
    assert np.array_equal(bench.pixels(), grey(Recipe.load(folder / BASE).evolve(size=(400, 96))))
    bench.command("--size", "400x96")


def test_picture_masks_both_and_a_wipe(bench: Bench) -> None:
    page = bench.page
    plain = bench.pixels()
    bench.changes(lambda: bench.look("Masks"), "masks")
    masks = bench.pixels("masks")
    assert masks.ndim == 3
    assert not page.locator("[data-name=made]").count()
    page.get_by_text("6 masks").wait_for()

    bench.changes(lambda: bench.look("Both"))
    assert np.array_equal(bench.pixels(), plain)
    assert np.array_equal(bench.pixels("masks"), masks)
    left, right = (page.locator(f"[data-name={name}]").bounding_box() for name in ("made", "masks"))
    assert left["x"] + left["width"] <= right["x"]
    assert left["y"] == pytest.approx(right["y"])

    bench.changes(lambda: bench.look("Wipe"))
    below, above = (page.locator(f"[data-name={name}]").bounding_box() for name in ("made", "masks"))
    assert below == pytest.approx(above)
    divider = page.locator(".make-divider")
    before = divider.bounding_box()["x"]
    page.get_by_label("Wipe between").press("ArrowRight")
    page.wait_for_function(
        "(x) => document.querySelector('.make-divider').getBoundingClientRect().x > x", arg=before
    )


def test_next_and_previous_sample(bench: Bench, folder: Path) -> None:
    page, base = bench.page, Recipe.load(folder / BASE)
    page.locator("body").click(position={"x": 1, "y": 1})
    bench.changes(lambda: page.keyboard.press("n"))
    assert np.array_equal(bench.pixels(), grey(base, index=1))
    bench.changes(lambda: page.get_by_label("Next sample (N)").click())
    bench.changes(lambda: page.get_by_label("Previous sample (P)").click())
    assert page.get_by_label("Sample", exact=True).input_value() == "1"
    bench.changes(lambda: page.get_by_label("Seed", exact=True).fill("7"))
    assert np.array_equal(bench.pixels(), grey(base, seed=7, index=1))
    bench.command("--seed", "7")


def test_the_same_scene_under_another_renderer(bench: Bench) -> None:
    bench.changes(lambda: bench.look("Renderers"), "renderer-0")
    page = bench.page
    captions = page.locator(".make-figure figcaption").all_inner_texts()
    assert captions == ["cairo (chosen)", "faulty", "two-beam"]
    page.locator(".make-missing", has_text="no_such_library").wait_for()
    drawn = bench.pixels("renderer-0"), bench.pixels("renderer-2")
    assert not np.array_equal(*drawn)

    bench.changes(lambda: bench.look("Masks"), "masks")
    lines = coloured(bench.pixels("masks"))
    bench.changes(lambda: bench.choose("Renderer", "two-beam"), "masks")
    assert np.array_equal(coloured(bench.pixels("masks")), lines)
    assert lines.any()
    bench.changes(lambda: bench.look("Picture"))
    assert np.array_equal(bench.pixels(), drawn[1])


def coloured(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return what of a picture of masks is no grey, which is the image behind them."""
    return np.where(np.ptp(picture, axis=2, keepdims=True) > 0, picture, 0)


def test_four_seeds_at_once(bench: Bench, folder: Path) -> None:
    base = Recipe.load(folder / BASE)
    bench.changes(lambda: bench.look("Four seeds"), "seed-0")
    for seed in range(4):
        assert np.array_equal(bench.pixels(f"seed-{seed}"), grey(base, seed))


def test_a_real_picture_beside_the_made_one(bench: Bench, tmp_path: Path) -> None:
    page = bench.page
    real = np.random.default_rng(0).integers(40, 200, (200, 300)).astype(np.uint8)
    Image.fromarray(real).save(tmp_path / "real.png")
    bench.changes(lambda: drop(page, ".make-drop", tmp_path / "real.png"), "real")
    assert np.array_equal(bench.pixels("real"), real[52:148, 86:214])
    assert page.locator(".make-figure figcaption").all_inner_texts() == ["made", "real.png"]
    page.get_by_role("img", name=re.compile(r"^Histogram of grey values: made, mean 0\.\d+.*; real, mean 0\.4\d+"))
    assert page.locator(".make-bars > *").count() == 2
    log = page.locator(".make-real-line").get_attribute("points")
    page.get_by_label("logarithmic").click()
    assert page.locator(".make-real-line").get_attribute("points") != log

    bench.slider("Part of the real picture, left to right").focus()
    bench.changes(lambda: page.keyboard.press("PageDown"), "real")
    assert np.array_equal(bench.pixels("real"), real[52:148, 69:197])
    (tmp_path / "broken.tif").write_bytes(b"II*\0 and nothing more")
    drop(page, ".make-drop", tmp_path / "broken.tif")
    page.locator(".q-notification", has_text="broken.tif").wait_for()
    page.get_by_role("button", name="Take it away").click()
    page.locator("[data-name=real]").wait_for(state="detached")
    assert page.locator(".make-bars > *").count() == 1


def test_the_command_that_is_copied_makes_what_is_seen(bench: Bench, folder: Path) -> None:
    page = bench.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    bench.vary("spacing", "lognormal: around a median, in ratios")
    bench.changes(lambda: bench.choose("Add an effect", "shot-noise"))
    bench.changes(lambda: page.get_by_label("Next sample (N)").click())
    page.keyboard.press("c")
    page.get_by_text("The command is copied.").wait_for()
    copied = page.wait_for_function("navigator.clipboard.readText()")  # the browser writes it when it has time
    words = shlex.split(copied.json_value())
    assert words == bench.command()
    run(folder, *words[1:], "-n", "2", "-o", "copied")
    assert np.array_equal(as_bytes(open_dataset(folder / "copied")[1]), bench.pixels())


def test_the_recipe_is_saved_and_what_is_there_is_kept(bench: Bench, folder: Path) -> None:
    page = bench.page
    bench.vary("spacing", "anything between two values")
    page.keyboard.press("s")
    name = page.get_by_label("Name of the file")
    assert name.input_value() == "recipe.toml"
    name.press("Enter")
    saved = folder / "out" / "recipe.toml"
    page.get_by_text("dislo-gen --recipe out/recipe.toml").wait_for()
    text = saved.read_text()
    assert "spacing = {uniform = [" in text
    assert "distance between neighbours" in text  # it says what its numbers mean
    assert np.array_equal(grey(Recipe.load(saved)), bench.pixels())

    page.get_by_role("button", name="Save recipe").click()
    assert name.input_value() == "recipe-2.toml"
    name.fill("recipe.toml")
    page.get_by_role("button", name="Save", exact=True).click()
    page.locator(".q-notification", has_text="recipe.toml: is there already and is kept").wait_for()
    assert saved.read_text() == text


def test_many_are_made_with_progress(bench: Bench, folder: Path) -> None:
    page = bench.page
    page.keyboard.press("i")
    page.get_by_label("How many").fill("5")
    page.get_by_label("Name of the folder").press("Enter")
    page.locator(".app-work", has_text="Making dislo-data").wait_for()
    page.get_by_role("dialog").get_by_text("5 images are in").wait_for()
    page.get_by_role("dialog").get_by_text("dislo-gen resume out/dislo-data -n 50").wait_for()
    assert page.get_by_alt_text("The first images beside their masks").evaluate(
        "(e) => e.decode().then(() => true)"
    )
    out = folder / "out" / "dislo-data"
    assert verify(out) == []
    assert len(open_dataset(out)) == 5
    assert np.array_equal(as_bytes(open_dataset(out)[0]), bench.pixels())
    page.get_by_role("button", name="Close").click()

    page.get_by_role("button", name="Make 1,000").click()
    page.get_by_label("Name of the folder").fill("dislo-data")
    page.get_by_role("button", name="Make", exact=True).click()
    page.locator(".q-notification", has_text="is there already and is kept").wait_for()
    assert page.get_by_label("Name of the folder").input_value() == "dislo-data-2"
    assert len(open_dataset(out)) == 5


def test_stopped_in_the_middle_it_says_how_to_go_on(bench: Bench, folder: Path) -> None:
    page = bench.page
    page.keyboard.press("i")
    page.get_by_label("How many").fill("5000")
    page.get_by_label("Name of the folder").fill("stopped")
    page.get_by_role("button", name="Make", exact=True).click()
    page.locator(".app-work", has_text=re.compile(r"[1-9]\d* of 5000, \d+ (s|min) left")).wait_for()
    page.get_by_role("button", name="Stop").click()
    said = page.locator(".q-notification", has_text="To go on: dislo-gen resume").inner_text()
    page.locator(".app-work").wait_for(state="hidden")
    count = len(open_dataset(folder / "out" / "stopped"))
    assert 0 < count < 5000
    assert f"{count} of 5000 images are complete" in said
    words = shlex.split(re.search(r"dislo-gen (resume \S+)", said)[1])
    run(folder, *words, "-n", str(count + 2))
    assert len(open_dataset(folder / "out" / "stopped")) == count + 2
    assert all("missing" in finding.problem for finding in verify(folder / "out" / "stopped"))


def test_ctrl_c_while_images_are_made_says_what_is_kept(look: Any, folder: Path, tmp_path: Path) -> None:
    (tmp_path / BASE).write_text(RECIPE)
    with served(tmp_path, "--recipe", BASE) as address:
        page = look(address)
        page.get_by_role("tab", name="Make").wait_for()
        page.keyboard.press("i")
        page.get_by_label("How many").fill("5000")
        page.get_by_label("Name of the folder").fill("stopped")
        page.get_by_role("button", name="Make", exact=True).click()
        page.locator(".app-work", has_text=re.compile(r"[1-9]\d* of 5000")).wait_for()
        page.close()
    count = len(open_dataset(tmp_path / "stopped"))
    said = (tmp_path / "app.log").read_text()
    assert "What you saved stays" in said
    assert f"Making stopped. Stopped. {count} of 5000 images are complete" in said
    assert said.endswith("To go on: dislo-gen resume stopped\n")


def test_a_third_partys_component_has_its_screen(bench: Bench) -> None:
    page = bench.page
    bench.changes(lambda: bench.choose("Add a geometry", "cracks"))
    card = page.locator(".make-card", has_text="cracks")
    assert card.locator(".app-parameter").count() > 2
    for row in card.locator(".app-parameter").all():
        assert re.search(r"\(.+; default: .+\)", row.get_attribute("data-about"))
    bench.vary("cracks", "one value")
    before = bench.pixels()
    bench.slider("cracks").focus()
    bench.changes(lambda: page.keyboard.press("ArrowRight"))
    assert not np.array_equal(bench.pixels(), before)


def test_a_plugin_that_cannot_be_loaded_is_listed_with_its_reason(bench: Bench) -> None:
    page = bench.page
    before = bench.address()
    bench.choose("Renderer", "faulty (cannot be used)")
    said = page.locator(".q-notification", has_text="faulty-pens")
    said.get_by_text("no_such_library").wait_for()
    assert page.get_by_role("combobox", name="Renderer").input_value() == "cairo"
    assert bench.address() == before


def test_nothing_is_cut_off(bench: Bench) -> None:
    page = bench.page
    bench.changes(lambda: bench.choose("Recipe", "wild"))
    page.get_by_text("Everything in wide ranges").wait_for()
    closed = page.locator(".make-card .q-item[aria-expanded=false]")
    closed.evaluate_all("(all) => all.forEach((one) => one.click())")
    closed.first.wait_for(state="detached")
    bench.changes(lambda: bench.look("Four seeds"), "seed-3")
    for width, scheme in ((1280, "light"), (800, "dark")):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        page.locator(f"body.body--{scheme}").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(CROWDED) == []
        assert page.evaluate(OUTSIDE) == []


def test_a_recipe_with_a_mistake_is_told_before_there_is_a_page(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text(RECIPE.replace("level = 0.6", "level = 6"))
    done = subprocess.run(
        [sys.executable, "-m", "dislo_gen", "app", "--no-browser", "--recipe", "bad.toml"],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 2
    assert "bad.toml: background.level: 6 is above the largest value allowed, 1" in done.stderr
    assert "Traceback" not in done.stderr
