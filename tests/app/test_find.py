"""Find, by clicks and keys: frames come in, lines follow sliders, choices are saved and learnt from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from dislo_gen import Scene, open_predictions, read_labelled, verify_predictions

from .conftest import served
from .kit import drop, frame, write_film, write_picture

pytest.importorskip("torch")
ROWS = ".find-row"


@pytest.fixture(scope="module")
def dark(install_packages: Any, found_in: Any, write_dark_weights: Any, tmp_path_factory: Any) -> Iterator[Path]:
    """Weights of a network that finds what is dark at once."""
    with found_in(install_packages("good")):
        yield write_dark_weights(tmp_path_factory.mktemp("dark") / "dark.safetensors")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: Any) -> Path:
    return Path(tmp_path_factory.mktemp("find"))


@pytest.fixture(scope="module")
def address(dark: Path, folder: Path) -> Iterator[str]:
    write_film(folder / "film.tif", 3)
    with served(folder, "film.tif", "--model", str(dark), "-o", "out") as found:
        yield found


@pytest.fixture
def page(address: str, look: Any) -> Any:
    """The side of Find, looking at the film's first frame with the usual settings."""
    page = look(address)
    page.get_by_role("tab", name="Make").wait_for()
    page.keyboard.press("f")
    page.locator(".find-film", has_text="film.tif").locator(".find-film-name").click()
    undo_all(page)
    go_to(page, 1)
    return page


def undo_all(page: Any) -> None:
    undo = page.get_by_role("button", name="Undo (Ctrl+Z)")
    page.locator(".find-total", has_text="line").wait_for()
    while undo.is_enabled():
        undo.click()
        page.wait_for_timeout(100)


def go_to(page: Any, number: int) -> None:
    """Show the frame of the film that has so many lines; frames count from 0."""
    label = page.locator(".find-frame-number")
    while (now := int(label.inner_text().split()[1]) + 1) != number:
        step = 1 if number > now else -1
        page.get_by_role("button", name="Next frame" if step > 0 else "Frame before").click()
        page.locator(".find-frame-number", has_text=f"frame {now + step - 1} of").wait_for()
    has_lines(page, number)


def has_lines(page: Any, count: int) -> None:
    """Wait until so many lines are in the list and over the picture."""
    page.wait_for_function(f"document.querySelectorAll('{ROWS}').length === {count}")
    page.wait_for_function(f"document.querySelector('[data-testid=lines]').dataset.count === '{count}'")


def move(page: Any, name: str, key: str, times: int = 1) -> None:
    """Move a slider by its keys: arrows are a step, the page keys ten."""
    page.locator(f'.q-slider[aria-label="{name}"] .q-slider__track-container').first.focus()
    for _ in range(times):
        page.keyboard.press(key)


def total(page: Any) -> str:
    return str(page.locator(".find-total").inner_text())


def is_coloured(overlay: Image.Image, scene: Scene) -> list[bool]:
    """Say for each line of a scene whether the overlay, the right half of a picture, shows it."""
    pixels = np.asarray(overlay.convert("RGB"), dtype=int)
    spread = np.ptp(pixels, axis=2)
    width = frame([]).shape[1]
    scale = overlay.width // (2 * width)  # small pictures are shown several times as large
    left = overlay.width - scale * width
    places = [line.shape.points[len(line.shape.points) // 2] * scale for line in scene]
    return [bool(spread[int(y), left + int(x)] > 20) for x, y in places]


def test_a_film_has_a_slider_over_its_frames_and_a_list_of_lines(page: Any) -> None:
    assert page.locator(".find-frame-number").inner_text() == "frame 0 of 3"
    assert total(page).startswith("1 line, ")
    go_to(page, 3)
    first = page.locator(ROWS).first
    assert first.locator(".find-length").inner_text().endswith("px")
    assert 0 < float(first.locator(".find-certain").inner_text()) <= 1
    move(page, "frame", "ArrowLeft")
    has_lines(page, 2)


def test_sliders_say_at_once_which_lines_there_are(page: Any, folder: Path) -> None:
    go_to(page, 3)
    for name, times, left in (("shortest", 10, 0), ("confidence", 9, 2), ("threshold", 4, 2)):
        move(page, name, "PageUp", times)
        has_lines(page, left)
        page.get_by_role("button", name="Usual settings").click()
        has_lines(page, 3)
    move(page, "gap", "PageDown", 2)
    page.locator(".find-setting", has_text="gap").get_by_text("4 px of 512").wait_for()
    has_lines(page, 3)
    move(page, "scale", "ArrowRight")
    page.locator(".find-setting-value", has_text="1.4 × usual").wait_for()
    has_lines(page, 3)


def test_a_line_is_switched_off_kept_undone_and_done_again_by_clicks(page: Any) -> None:
    go_to(page, 2)
    page.get_by_role("button", name="Switch line 0 off").click()
    page.locator(".find-row-off").wait_for()
    assert total(page).startswith("1 line, ")
    page.get_by_role("button", name="Undo (Ctrl+Z)").click()
    page.wait_for_function("document.querySelectorAll('.find-row-off').length === 0")
    page.get_by_role("button", name="Do again (Ctrl+Shift+Z)").click()
    page.locator(".find-row-off").wait_for()
    page.get_by_role("button", name="Keep line 1").click()
    page.locator(".find-row-kept").wait_for()
    move(page, "shortest", "PageUp", 10)  # what is kept stays, whatever the sliders say
    has_lines(page, 1)


def test_all_of_it_goes_by_keyboard(page: Any) -> None:
    page.locator(".find-panes").focus()
    page.keyboard.press("ArrowRight")
    has_lines(page, 2)
    page.keyboard.press("ArrowDown")
    page.locator(".find-row-selected").wait_for()
    page.keyboard.press("x")
    page.locator(".find-row-off").wait_for()
    page.keyboard.press("Control+z")
    page.wait_for_function("document.querySelectorAll('.find-row-off').length === 0")
    page.keyboard.press("k")
    page.locator(".find-row-kept").wait_for()
    page.keyboard.press("Enter")
    page.locator('.find-is-right[aria-checked="true"]').wait_for()
    page.keyboard.press("b")
    page.wait_for_function("document.querySelectorAll('.find-pane').length === 2")
    page.keyboard.press("b")


def test_frames_are_dropped_and_what_cannot_be_read_says_why(page: Any, tmp_path: Path) -> None:
    write_picture(tmp_path / "mine.png", 2)
    (tmp_path / "letter.tif").write_text("Dear Sir, this is no picture")
    drop(page, ".find-drop", tmp_path / "mine.png", tmp_path / "letter.tif")
    page.locator(".find-film", has_text="mine.png").wait_for()
    said = page.locator(".find-broken").inner_text()
    assert said.removeprefix("error_outline").strip().startswith("letter.tif: ")
    assert "/" not in said.partition(":")[0]  # of the folder for drops a person knows nothing
    has_lines(page, 2)
    for name in ("mine.png", "letter.tif"):
        page.get_by_role("button", name=f"Take {name} off the list").click()
    page.locator(".find-film", has_text="mine.png").wait_for(state="detached")


def test_a_folder_is_chosen(page: Any, tmp_path: Path) -> None:
    (tmp_path / "frames").mkdir()
    for name in ("a.png", "b.png"):
        write_picture(tmp_path / "frames" / name, 1)
    with page.expect_file_chooser() as choosing:
        page.locator(".find-drop .app-drop-folder").click()
    choosing.value.set_files(tmp_path / "frames")
    page.locator(".find-film", has_text="2 frames").wait_for()
    has_lines(page, 1)
    page.locator(".find-film", has_text="2 frames").get_by_role("button", name="off the list").click()


def test_what_was_chosen_is_saved_as_predictions_and_as_labels(page: Any, folder: Path) -> None:
    go_to(page, 3)
    page.get_by_role("button", name="Switch line 1 off").click()
    page.locator(".find-row-off").wait_for()
    page.get_by_role("checkbox", name="This frame is right").click()
    page.locator('.find-is-right[aria-checked="true"]').wait_for()
    has_lines(page, 3)  # what is off stays on the list, and can come back
    page.keyboard.press("s")
    page.get_by_role("dialog").get_by_label("Name of the folder", exact=True).fill("saved")
    page.get_by_role("dialog").get_by_label("Name of the folder of labels").fill("labels")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("as you corrected them").wait_for()
    predictions = open_predictions(folder / "out" / "saved")
    assert predictions.names == ("film-000000", "film-000001", "film-000002")
    assert not [
        problem for problem in verify_predictions(predictions.folder.root) if "correct" not in str(problem)
    ]
    saved = predictions.folder.root
    assert len(read_labelled(saved / "labelme")[2].scene) == 2
    numbers = [
        shape["group_id"] for shape in json.loads((saved / "labelme/film-000002.json").read_text())["shapes"]
    ]
    assert numbers == [0, 2]  # as the list has them
    with Image.open(saved / "overlays/film-000002.png") as overlay:
        assert is_coloured(overlay, predictions.record("film-000002").scene) == [True, False, True]
    (right,) = read_labelled(folder / "out" / "labels")
    assert len(right.scene) == 2
    assert right.image.shape == frame([]).shape
    assert page.get_by_role("dialog").get_by_text("dislo-gen train --from").count() == 1
    page.get_by_role("button", name="Close").click()
    page.get_by_role("dialog").wait_for(state="detached")
    page.keyboard.press("s")  # what is there is kept
    page.get_by_role("dialog").get_by_label("Name of the folder", exact=True).fill("saved")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("is there already and is kept").wait_for()


def test_the_network_is_tuned_on_what_is_right_and_looks_again(page: Any, folder: Path) -> None:
    page.keyboard.press("t")
    page.get_by_text("Say of one frame or more that it is right").wait_for()
    page.get_by_role("alert").get_by_role("button", name="Close").click()
    for number in (2, 3):
        go_to(page, number)
        page.get_by_role("checkbox", name="This frame is right").click()
    page.keyboard.press("t")
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("One of them is kept aside").wait_for()
    dialog.get_by_label("Name of the folder of labels").fill("right")
    dialog.get_by_label("Name of the folder of the tuned network").fill("tuned")
    dialog.get_by_text("How long").first.click()
    dialog.get_by_label("Epochs").fill("1")
    dialog.get_by_label("Images in each").fill("4")
    dialog.get_by_role("button", name="Tune").click()
    page.get_by_text("This will take about").wait_for(timeout=60_000)
    page.get_by_text("before,").wait_for(timeout=60_000)
    assert (folder / "out" / "tuned" / "weights.safetensors").is_file()
    page.get_by_role("button", name="Look with it").click()
    page.get_by_role("dialog").wait_for(state="detached")


def test_without_torch_it_says_what_to_install_and_the_rest_works(look: Any, tmp_path: Path) -> None:
    (tmp_path / "without").mkdir()
    (tmp_path / "without" / "sitecustomize.py").write_text("import sys\nsys.modules['torch'] = None\n")
    write_film(tmp_path / "film.tif", 2)
    with served(tmp_path, "film.tif", PYTHONPATH=str(tmp_path / "without")) as address:
        page = look(address)
        page.get_by_role("tab", name="Find").click()
        page.locator(".find-problem", has_text="pip install 'dislo-gen[train]'").wait_for()
        assert page.locator(".find-panes img").count() == 1  # the frame is shown all the same
        page.get_by_role("tab", name="Make").click()
        page.locator("[data-name=made]").wait_for()
        page.close()  # before its server ends, of which it would complain


@pytest.mark.parametrize(("width", "scheme"), [(800, "dark"), (1280, "light")])
def test_nothing_is_cut_off(address: str, look: Any, width: int, scheme: str) -> None:
    page = look(address, width=width, scheme=scheme)
    page.get_by_role("tab", name="Find").click()
    page.locator(".find-total", has_text="line").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
