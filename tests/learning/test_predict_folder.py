"""The folder of predictions: whose each name is, what a person changed, what is made again."""

import json
import logging
import os
import shutil

import numpy as np
import pytest
from PIL import Image

from dislo_gen import open_predictions, read_labelled, verify_predictions
from dislo_gen.files import Folder
from dislo_gen.learning import read_evaluation
from dislo_gen.learning.prediction_folder import name_sources
from dislo_gen.predictions import NamedSource


def picture(path, *lines, size=(96, 64)):
    """A picture of grey grain with a dark line across at each of these heights."""
    rng = np.random.default_rng(len(lines))
    pixels = np.clip(rng.normal(170, 6, size[::-1]), 0, 255)
    for height in lines:
        pixels[height - 1 : height + 2, 8:-8] = 30
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels.astype(np.uint8)).save(path)
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


def correct(path):
    """Add a line, as a person does in labelme; returns what the file holds now."""
    plain = json.loads(path.read_text())
    plain["shapes"].append({"label": "dislocation", "points": [[5, 5], [50, 60]], "shape_type": "linestrip"})
    path.write_text(json.dumps(plain))
    return path.read_bytes()


def lines(name):
    return len(open_predictions("found").record(name).scene)


def test_corrected_labels_stay_with_their_picture_in_whatever_order_files_are_given(here, predict):
    a, b = picture(here / "a/frame.png", 20), picture(here / "b/frame.png", 15, 45)
    predict(a, b)
    mine = correct(here / "found/labelme/frame.json")
    assert "frame: 1 line" in predict(b, a)
    assert (here / "found/labelme/frame.json").read_bytes() == mine
    assert (lines("frame"), lines("frame-2")) == (1, 2)
    predict(b)
    assert (here / "found/labelme/frame.json").read_bytes() == mine
    assert open_predictions("found").names == ("frame", "frame-2")


def test_a_new_picture_of_an_old_name_gets_a_new_one(here, predict):
    predict(picture(here / "frame.png", 20))
    mine = correct(here / "found/labelme/frame.json")
    picture(here / "frame.png", 10, 30, 50)  # filmed again
    assert "frame-2 (frame.png): 3 lines" in predict("frame.png")
    assert (here / "found/labelme/frame.json").read_bytes() == mine
    assert lines("frame") == 1


def test_a_renamed_picture_keeps_its_name_and_equal_pictures_have_a_name_each(here, predict):
    first = picture(here / "film/one.png", 20)
    predict("film")
    first.rename(here / "film/zero.png")
    assert "one: 1 line" in predict("film")
    shutil.copy(here / "film/zero.png", here / "film/another.png")
    text = predict("film")
    assert text.count(": 1 line") == 2
    assert len(open_predictions("found")) == 2
    assert verify_predictions("found") == []


def test_names_differ_on_every_file_system_and_films_frames_have_theirs():
    wanted = [("A.png", "1", 1), ("a.tif", "2", 1), ("film.tif", "3", 9), ("film-000003.png", "4", 1)]
    found = [source.name for source in name_sources([], wanted)[1]]
    assert found == ["A", "a-2", "film", "film-000003-2"]
    wanted = [("film-000003.png", "4", 1), ("film.tif", "3", 9)]
    assert [source.name for source in name_sources([], wanted)[1]] == ["film-000003", "film-2"]


def test_thousands_of_equal_names():
    _, sources = name_sources([], [("frame.tif", str(number), 1) for number in range(3000)])
    assert len({source.name for source in sources}) == 3000
    assert sources[-1] == NamedSource("frame-3000", "frame.tif", "2999", 1)


@pytest.mark.parametrize("stem", ["2024-05-01T12:30:05", "film 10:30", "a\\b", "x" * 240, "con", "été", "#1 [%]"])
def test_whatever_a_picture_is_called(here, predict, stem):
    picture(here / f"film/{stem}.png", 20)
    assert "1 line" in predict("film")
    (name,) = open_predictions("found").names
    assert (here / "found/overlays" / f"{name}.png").is_file()
    assert open_predictions("found").record(name).source == f"{stem}.png"
    assert "1 line" in predict(here / f"film/{stem}.png")
    assert len(open_predictions("found")) == 1


def test_a_name_that_is_no_utf_8(here, predict):
    picture(here / "a.png", 20)
    (here / "a.png").rename(os.fsdecode(b"fr\xe9me.png"))
    assert "1 line" in predict(".")
    assert verify_predictions("found") == []


@pytest.mark.parametrize(
    "path", ["labelme/a.json", "overlays/a.png", "images/a.png", "masks/a.tif", "records/a.json"]
)
@pytest.mark.parametrize("harm", ["deleted", "emptied", "cut short"])
def test_what_is_deleted_or_damaged_is_made_again(here, predict, path, harm):
    predict(picture(here / "a.png", 20))
    file = here / "found" / path
    before = file.read_bytes()
    if harm == "deleted":
        file.unlink()
    else:
        file.write_bytes(before[: len(before) // 2] if harm == "cut short" else b"")
    if path != "records/a.json":
        assert [p.problem for p in verify_predictions("found")] == [f"{path} is missing or damaged"]
    assert "a: 1 line" in predict("a.png")
    assert file.read_bytes() == before
    assert verify_predictions("found") == []


def test_pictures_of_known_lines_are_made_again_without_the_network(here, predict, monkeypatch):
    predict(picture(here / "a.png", 20))
    shutil.rmtree(here / "found/overlays")
    monkeypatch.setattr("dislo_gen.learning.network.predict_channels", None)
    predict("a.png")
    assert (here / "found/overlays/a.png").is_file()


def test_what_a_person_changed_is_kept_by_overwrite_and_stays_without_it(here, predict):
    predict(picture(here / "a.png", 20), picture(here / "b.png", 30))
    mine = correct(here / "found/labelme/a.json")
    picture(here / "found/overlays/a.png", 5)  # somebody drew on it
    drawn = (here / "found/overlays/a.png").read_bytes()
    (here / "found/images/a.png").unlink()
    predict("a.png")
    assert (here / "found/labelme/a.json").read_bytes() == mine
    assert (here / "found/overlays/a.png").read_bytes() == drawn
    assert (here / "found/images/a.png").is_file()

    assert "holds 1 picture more, with other settings" in predict("a.png", "--scale", "3", status=2)
    text = predict("a.png", "--scale", "3", "--overwrite")
    assert "kept/labelme/a-1.json" in text
    assert (here / "found/kept/labelme/a-1.json").read_bytes() == mine
    assert (here / "found/kept/overlays/a-1.png").read_bytes() == drawn
    assert open_predictions("found").names == ("a",)  # those with the other scale are gone
    assert open_predictions("found").record("a").scale == 3
    assert verify_predictions("found") == []

    (here / "found/labelme/a.json").write_text('{"shapes": [half a correc')
    predict("a.png", "--scale", "3", "--overwrite")
    assert (here / "found/kept/labelme/a-2.json").read_text() == '{"shapes": [half a correc'
    predict("b.png", "--scale", "3")
    assert open_predictions("found").names == ("a", "b")


def test_labels_without_a_record_are_somebodys_work(here, predict):
    predict(picture(here / "a.png", 20))
    mine = correct(here / "found/labelme/a.json")
    (here / "found/records/a.json").unlink()
    assert "stays as it is" in predict("a.png")
    assert (here / "found/labelme/a.json").read_bytes() == mine
    corrected = [p for p in verify_predictions("found") if p.corrected]
    assert [p.problem for p in corrected] == ["labelme/a.json was corrected (SHA-256 differs)"]


@pytest.mark.parametrize("path", ["records/a.json", "labelme/a.json"])
def test_a_pipe_in_a_files_place_is_not_waited_for(here, predict, path):
    predict(picture(here / "a.png", 20))
    (here / "found" / path).unlink()
    os.mkfifo(here / "found" / path)
    assert verify_predictions("found") != []
    predict("a.png")
    assert verify_predictions("found") == []


def test_an_edited_record_is_noticed_and_kept(here, predict):
    predict(picture(here / "a.png", 20))
    path = here / "found/records/a.json"
    path.write_text(path.read_text().replace('"confidence": [', '"confidence": [0.5, ', 1))
    assert "confidence, channels: there must be one for each" in verify_predictions("found")[0].problem
    edited = path.read_bytes()
    predict("a.png")
    assert (here / "found/kept/records/a-1.json").read_bytes() == edited
    assert verify_predictions("found") == []


def test_a_broken_file_does_not_stop_the_others_and_the_same_command_does_the_rest(here, predict):
    picture(here / "film/f1.png", 20)
    (here / "film/f2.png").write_bytes(b"half a pictu")
    (here / "film/f3.tif").write_bytes(b"II*\0nothing")
    picture(here / "film/f4.png", 20, 40)
    text = predict("film", status=1)
    assert "f1: 1 line" in text
    assert "f4: 2 lines" in text
    assert "error: 2 of 4 could not be read" in text
    assert "f2.png: " in text
    assert "f3.tif: " in text
    picture(here / "film/f2.png", 10, 30, 50)
    (here / "film/f3.tif").unlink()
    text = predict("film")
    assert [line.strip() for line in text.splitlines()[:3]] == ["f1: 1 line", "f4: 2 lines", "f2: 3 lines"] or (
        "f2: 3 lines" in text
    )


def test_what_was_found_is_not_looked_at_as_more_pictures(here, predict):
    picture(here / "a.png", 20)
    text = predict(".")
    assert predict(".") == text
    assert len(open_predictions("found")) == 1


def test_where_nothing_can_be_read_the_status_is_2(here, predict):
    (here / "a.png").write_bytes(b"no")
    (here / "b.png").write_bytes(b"no")
    text = predict("a.png", "b.png", "missing.tif", "letter.txt", status=2)
    assert "4 of 4 could not be read" in text
    assert "missing.tif: there is no such file" in text
    assert not (here / "found").exists()


def test_the_command_verifies_predictions(here, predict, dislo_gen):
    predict(picture(here / "a.png", 20), picture(here / "b.png", 30))
    assert "The predictions of all 2 pictures are as recorded." in dislo_gen("verify", "found")
    correct(here / "found/labelme/a.json")
    text = dislo_gen("verify", "found")
    assert "a: labelme/a.json was corrected" in text
    assert "as recorded; labels of 1 were corrected." in text
    (here / "found/masks/b.tif").unlink()
    text = dislo_gen("verify", "found", status=1)
    assert "b: masks/b.tif is missing or damaged" in text
    assert "1 of 2 pictures differs; labels of 1 were corrected." in text
    assert "these are predictions" in dislo_gen("verify", "found", "--repair", status=2)
    predict("a.png", "b.png")
    dislo_gen("verify", "found")
    (here / "found/records/b.json").unlink()
    assert "b: is missing" in dislo_gen("verify", "found", status=1)


def test_a_folder_is_taken_by_one_run_at_a_time(here, predict):
    picture(here / "a.png", 20)
    with Folder("found").taken():
        assert "another run is writing into this folder" in predict("a.png", status=2)
    predict("a.png")
    assert sorted(p.name for p in (here / "found").iterdir()) == [
        "dataset.json", "images", "labelme", "masks", "overlays", "records",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("key", "value", "path"),
    [("names", 5, "names"), ("sources", [{"name": 1}], "sources.0"), ("weights", None, "weights")],
)
def test_a_manifest_edited_by_hand(here, predict, key, value, path):
    predict(picture(here / "a.png", 20))
    manifest = here / "found/dataset.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), key: value}))
    assert f"dataset.json: {path}" in predict("a.png", status=2)


def test_it_is_said_which_labels_somebody_corrected(here, predict, caplog):
    predict(picture(here / "a.png", 20), picture(here / "b.png", 30))
    logging.getLogger("dislo_gen").propagate = True
    read_labelled("found")
    assert "of 2 pictures all are what a network found; what is wrong in these is taken for true" in caplog.text
    correct(here / "found/labelme/a.json")
    read_labelled("found")
    assert "1 was corrected by somebody, and 1 is what a network found" in caplog.text


def test_what_was_found_is_right_where_it_is_judged_by_itself(here, predict, dislo_gen, dark_weights):
    grab = np.zeros((80, 96), np.uint8)  # a title bar as dark as lines
    grab[68:76, 10:40] = 255
    grab[:64] = np.asarray(Image.open(picture(here / "b.png", 20, 45)))
    Image.fromarray(grab).save(here / "a.png")
    assert "a: 2 lines" in predict("a.png")
    words = ("--on", "found", "--metric", "instances", "--metric", "centreline", "-o", "judged")
    dislo_gen("evaluate", dark_weights, *words)
    (result,) = read_evaluation(here / "judged").results
    assert result.scores["instances_f1"] == pytest.approx(1)
    assert result.scores["centreline_f1"] > 0.95


def test_a_folder_of_an_earlier_version_goes_on(here, predict):
    predict(picture(here / "a.png", 20))
    manifest, record = here / "found/dataset.json", here / "found/records/a.json"
    plain = json.loads(manifest.read_text())
    del plain["sources"]
    manifest.write_text(json.dumps(plain))
    plain = json.loads(record.read_text())
    for key in ("frame", "frames", "time", "pixel_size", "instrument", "checksum"):
        del plain[key]
    record.write_text(json.dumps(plain))
    mine = correct(here / "found/labelme/a.json")
    predict(picture(here / "b/a.png", 15, 45), "a.png")
    assert (here / "found/labelme/a.json").read_bytes() == mine
    assert (lines("a"), lines("a-2")) == (1, 2)
