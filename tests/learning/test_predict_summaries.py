"""What shows many predictions at once: an overview of several pictures, a film of every film."""

import json
import shutil
import sys

import numpy as np
import pytest
import tifffile
from PIL import Image

from dislo_gen import open_predictions, read_labelled, verify_predictions
from dislo_gen.predictions.drawing import draw_record
from dislo_gen.predictions.overview import shown_names

av = pytest.importorskip("av")


def film(path, count=4, size=(97, 64), scale=2.0):
    """A stack of grey grain with a dark line that falls, a frame a second."""
    rng = np.random.default_rng(count)
    pixels = np.clip(rng.normal(170, 6, (count, *size[::-1])), 0, 255)
    for number in range(count):
        pixels[number, 13 + 8 * number : 16 + 8 * number, 8:-8] = 30
    tifffile.imwrite(
        path, pixels.astype(np.uint8), imagej=True, resolution=(1 / scale, 1 / scale),
        metadata={"axes": "TYX", "unit": "nm", "finterval": 1.0},
    )  # fmt: skip
    return path


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def predict(dislo_gen, dark_weights, here):
    def run(*words, status=0):
        return dislo_gen("predict", *words, "--model", dark_weights, "-o", "found", status=status)

    return run


def pictures(path):
    with av.open(str(path)) as container:
        assert container.streams.video[0].codec_context.name == "h264"
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def drawn():
    return [each.path for each in open_predictions("found").manifest.drawn]


def test_a_film_is_shown_on_a_sheet_and_as_a_film(here, predict):
    text = predict(film(here / "film.tif"))
    assert "look at           found/film.mp4" in text
    with Image.open(here / "found/overview.png") as sheet:
        assert sheet.size[0] == 4 * (320 + 8) + 8
    shown = pictures(here / "found/film.mp4")
    assert len(shown) == 4
    assert all(side % 2 == 0 for side in shown[0].shape[:2])
    with Image.open(here / "found/overlays/film-000002.png") as overlay:
        height, width = shown[2].shape[:2]
        still = np.asarray(overlay.convert("L"), dtype=float)
        moved = np.asarray(Image.fromarray(shown[2]).convert("L"), dtype=float)
    assert (height - still.shape[0], width - still.shape[1]) in {(0, 0), (0, 1), (1, 0), (1, 1)}
    half = still.shape[1] // 2 - 5
    assert np.abs(still[:200, :half] - moved[:200, :half]).mean() < 4  # the same picture, twice compressed
    assert verify_predictions("found") == []


def test_one_picture_has_neither_nor_has_one_frame(here, predict):
    predict(film(here / "film.tif"), "--frames", "2")
    assert drawn() == []
    assert not (here / "found/overview.png").exists()
    predict("film.tif", "--frames", ":2")
    assert drawn() == ["overview.png", "film.mp4"]
    assert len(pictures(here / "found/film.mp4")) == 3


def test_what_is_up_to_date_is_not_drawn_again_and_what_is_missing_is(here, predict, monkeypatch):
    predict(film(here / "film.tif"))
    before = {name: (here / "found" / name).read_bytes() for name in ("overview.png", "film.mp4", "dataset.json")}
    with monkeypatch.context() as patched:
        patched.setattr("dislo_gen.predictions.summaries.draw_film", None)
        patched.setattr("dislo_gen.predictions.summaries.draw_overview", None)
        predict("film.tif")
    for name in ("overview.png", "film.mp4"):
        (here / "found" / name).unlink()
    assert verify_predictions("found") == []
    predict("film.tif")
    assert {name: (here / "found" / name).read_bytes() for name in before} == before
    assert not (here / "found/kept").exists()


def test_what_somebody_changed_is_kept(here, predict):
    predict(film(here / "film.tif"))
    for name in ("overview.png", "film.mp4"):
        (here / "found" / name).write_bytes(b"mine")
    text = predict("film.tif")
    assert "found/film.mp4: was not what was written here; it lies in kept/film-1.mp4 now" in text
    assert {p.name for p in (here / "found/kept").iterdir()} == {"overview-1.png", "film-1.mp4"}
    assert (here / "found/kept/film-1.mp4").read_bytes() == b"mine"
    assert len(pictures(here / "found/film.mp4")) == 4


def test_other_settings_are_other_pictures_and_several_films_are_films_of_their_own(here, predict):
    predict(film(here / "one.tif"))
    before = (here / "found/overview.png").read_bytes()
    predict(film(here / "two.tif", 3), "one.tif")
    assert drawn() == ["overview.png", "film-one.mp4", "film-two.mp4"]
    assert not (here / "found/film.mp4").exists()
    assert (here / "found/overview.png").read_bytes() != before
    assert [len(pictures(here / f"found/film-{name}.mp4")) for name in ("one", "two")] == [4, 3]


def test_without_the_extra_it_is_said_and_the_rest_is_there(here, predict, monkeypatch):
    monkeypatch.setitem(sys.modules, "av", None)
    text = predict(film(here / "film.tif"))
    assert text.count("film.mp4: is not made") == 1
    assert "pip install 'dislo-gen[films]'" in text
    assert drawn() == ["overview.png"]


def test_a_film_that_cannot_be_finished_leaves_nothing_and_is_made_by_the_next_run(here, predict, monkeypatch):
    path = film(here / "film.tif")
    with monkeypatch.context() as patched:

        def stop(record, *images, **how):
            if record.frame == 2:
                raise KeyboardInterrupt
            return draw_record(record, *images, **how)

        patched.setattr("dislo_gen.predictions.film.draw_record", stop)
        predict(path, status=130)
    assert not [p for p in (here / "found").rglob("*") if "film.mp4" in p.name]
    assert len(open_predictions("found")) == 4
    predict(path)
    assert len(pictures(here / "found/film.mp4")) == 4


def test_an_overview_shows_at_most_two_dozens_evenly_spaced():
    assert shown_names([str(n) for n in range(5)]) == list("01234")
    shown = [int(name) for name in shown_names([str(n) for n in range(1000)])]
    assert len(shown) == 24
    assert (shown[0], shown[-1]) == (0, 999)
    assert set(np.diff(shown)) <= {43, 44}


def test_what_was_drawn_is_neither_read_as_pictures_nor_in_the_way_of_labels(here, predict):
    film(here / "film.tif")
    predict(".")
    assert len(open_predictions("found")) == 4
    assert predict(".").count(": 1 line") == 4
    assert len(read_labelled("found")) == 4


def test_a_folder_of_an_earlier_version_is_read_and_gets_them(here, predict):
    predict(film(here / "film.tif"))
    manifest = here / "found/dataset.json"
    plain = json.loads(manifest.read_text())
    del plain["drawn"]
    manifest.write_text(json.dumps(plain))
    for name in ("overview.png", "film.mp4"):
        (here / "found" / name).unlink()
    shutil.rmtree(here / "found/overlays")
    assert len(verify_predictions("found")) == 4
    predict("film.tif")
    assert drawn() == ["overview.png", "film.mp4"]
    assert verify_predictions("found") == []
