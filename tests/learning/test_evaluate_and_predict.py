"""Evaluating, predicting and tuning from the command line, with a network of a third party's."""

import contextlib
import io
import json
import re
import shutil
from pathlib import Path

import attrs
import jsonschema
import numpy as np
import pytest
import tifffile
from PIL import Image

import dislo_gen_schemas
from dislo_gen import (
    DISLOCATION,
    Defect,
    OpenCurve,
    Recipe,
    Scene,
    Size,
    encode_png,
    generate,
    make_sample,
    open_predictions,
    write_labelme,
)
from dislo_gen.cli import main
from dislo_gen.errors import LearningError
from dislo_gen.learning import (
    HeldOut,
    Machine,
    Schedule,
    estimate_training,
    make_plan,
    read_card,
    read_evaluation,
    train,
)
from dislo_gen.rasterize import rasterize
from dislo_gen.registry import name_of

DATA = Path(__file__).parents[2].parent / "shared" / "data"
LEARN = (
    "--model", "tiny", "--channels", "4", "--size", "64", "--precision", "32-true", "--workers", "0",
    "--accelerator", "cpu", "--batch", "4", "--set", "held_out.images=4",
)  # fmt: skip


def run(*words):
    with contextlib.redirect_stdout(io.StringIO()) as text:
        try:
            main(list(map(str, words)))
        except SystemExit as ended:
            code = ended.code or 0
        else:
            code = 0
    if code:
        raise AssertionError(text.getvalue())
    return text.getvalue()


@pytest.fixture(scope="module")
def weights(third_party, tmp_path_factory):
    """Weights of a network that sees dark pixels: it was taught with easy images for some seconds.

    With a tenth of them it finds lines by luck, or not, as threads add up.
    """
    out = tmp_path_factory.mktemp("runs") / "run"
    easy = ("--set", "augmentation.share=0", "--set", "augmentation.invert=0", "--learning-rate", "0.05")
    run("train", "clean", *LEARN, *easy, "--epochs", "2", "--images", "300", "-o", out)
    return out / "weights.safetensors"


def write_frames(folder, count, size=(90, 70)):
    """Frames with a dark line or two each, labelled as a person would."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0)
    for number in range(count):
        ends = rng.uniform(0.1, 0.9, (1 + number % 2, 2, 2)) * size
        scene = Scene(Defect(DISLOCATION, OpenCurve(points), group=n) for n, points in enumerate(ends))
        dark = rasterize(scene, Size(*size), 3.0).any(axis=0)
        grain = rng.normal(0, 0.02, size[::-1])
        pixels = np.clip(np.where(dark, 0.2, 0.7) + grain, 0, 1)
        (folder / f"frame-{number}.png").write_bytes(encode_png((pixels * 255).astype(np.uint8)))
        write_labelme(folder / f"frame-{number}.json", scene, f"frame-{number}.png", Size(*size))
    return folder


@pytest.fixture(scope="module")
def frames(tmp_path_factory):
    return write_frames(tmp_path_factory.mktemp("labelled") / "frames", 3)


@pytest.fixture(scope="module")
def evaluated(weights, frames, tmp_path_factory):
    """Two networks judged on a recipe, a dataset and labelled frames."""
    folder = tmp_path_factory.mktemp("evaluated")
    generate(Recipe.from_names(base="m2", size=64), count=5, seed=9, out=folder / "m2-data")
    other = folder / "other.safetensors"
    shutil.copy(weights.with_name("last.safetensors"), other)
    words = ("evaluate", weights, other, "--on", "clean", "--on", folder / "m2-data", "--on", frames, "-n", "6")
    return folder / "out", words, run(*words, "-o", folder / "out")


def test_every_network_is_judged_on_every_set(evaluated):
    out, _, text = evaluated
    evaluation = read_evaluation(out)
    assert evaluation.models == ("run", "other")
    assert evaluation.data == ("clean", "m2-data", "frames")
    assert evaluation.metrics[0] == "length"
    assert {"instances_f1", "centreline_f1", "dice", "overlap"} <= set(evaluation.metrics)
    assert [result.images for result in evaluation.results] == [6, 5, 3] * 2
    assert evaluation.matrix("dice").shape == (2, 3)
    for result in evaluation.results:
        for name, values in result.by_image.items():
            assert len(values) == result.images
            assert np.mean(values) == pytest.approx(result.scores[name], abs=1e-5)
    assert [line.split()[:3] for line in text.splitlines() if line.startswith("other")] == [
        ["other", "clean", "6"], ["other", "m2-data", "5"], ["other", "frames", "3"],
    ]  # fmt: skip


def test_files_are_what_their_schemas_say(evaluated, found):
    for path, name in [
        (evaluated[0] / "evaluation.json", "evaluation"),
        (found[0] / "dataset.json", "predictions"),
        (found[0] / "records" / "a.json", "prediction"),
    ]:
        jsonschema.validate(json.loads(path.read_text()), dislo_gen_schemas.load(name))


def test_plots_and_the_worst_images_are_drawn(evaluated):
    out, _, _ = evaluated
    names = {path.relative_to(out).as_posix() for path in out.rglob("*.png")}
    assert {
        "matrix-length.png",
        "by-lines-length.png",
        "worst/run-on-clean.png",
        "worst/other-on-frames.png",
    } <= names
    for name in names:
        with Image.open(out / name) as picture:
            assert np.asarray(picture).std() > 5, name


def test_what_was_judged_is_not_judged_again(evaluated, monkeypatch):
    out, words, text = evaluated
    monkeypatch.setattr("dislo_gen.learning.evaluation.predict_channels", None)  # it would fail if it were called
    assert run(*words, "-o", out) == text


def test_a_result_is_the_metric_of_what_the_network_says(evaluated, weights):
    from dislo_gen import component_class
    from dislo_gen.learning import load_weights, predict_channels

    out, _, _ = evaluated
    network, _ = load_weights(weights)
    sample = make_sample(Recipe.from_names(base="clean", size=64), 1, 3)
    score = component_class("metric", "length")().score(predict_channels(network, sample.image), sample)
    result = read_evaluation(out).result("run", "clean")
    assert result.by_image["length"][3] == pytest.approx(score["length"], abs=1e-5)
    assert result.lines[3] == len(sample.masks)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """Pictures of several kinds: 8 and 16 bit, colour, with a title bar, in a folder, twice of one name."""
    folder = tmp_path_factory.mktemp("pictures")
    rng = np.random.default_rng(1)
    grain = np.clip(rng.normal(0.7, 0.05, (80, 120)), 0, 1)
    scene = Scene([Defect(DISLOCATION, OpenCurve(np.array([(10.0, 60.0), (60.0, 45.0), (110.0, 62.0)])))])
    grain[rasterize(scene, Size(120, 80), 4.0)[0]] = 0.15
    Image.fromarray((grain * 255).astype(np.uint8)).save(folder / "a.png")
    tifffile.imwrite(folder / "b.tif", (grain * 60000).astype(np.uint16))
    grab = np.zeros((100, 120, 3), np.uint8)
    grab[20:] = (grain * 255).astype(np.uint8)[..., None]
    Image.fromarray(grab).save(folder / "c.bmp")
    (folder / "more").mkdir()
    Image.fromarray((grain[:, ::-1] * 255).astype(np.uint8)).save(folder / "more" / "a.jpg")
    return folder


@pytest.fixture(scope="module")
def found(weights, pictures, tmp_path_factory):
    out = tmp_path_factory.mktemp("found") / "out"
    return out, run("predict", pictures, "--model", weights, "-o", out)


def test_predictions_are_a_folder_to_look_at_to_load_and_to_correct(found):
    out, text = found
    predictions = open_predictions(out)
    assert sorted(predictions.names) == ["a", "a-2", "b", "c"]
    assert all(f"  {name}: " in text or f"  {name} (a." in text for name in predictions.names)
    for name, sample in zip(predictions.names, predictions, strict=True):
        record = predictions.record(name)
        assert sample.image.shape == (100 if name == "c" else 80, 120)
        assert len(sample.masks) == len(sample.scene.labelled) == len(record.confidence)
        assert len(sample.masks) == 0 or sample.masks.any(axis=(1, 2)).all()
        with Image.open(out / "overlays" / f"{name}.png") as overlay:
            height, width = sample.image.shape
            assert overlay.size[0] == 2 * 3 * width + 6  # small ones are enlarged
            pixels = np.asarray(overlay.convert("L"))[: 3 * height, : 3 * width]
            assert np.abs(pixels[::3, ::3] - 255 * sample.image).max() < 1  # the picture itself, untouched
        for path in record.files:
            assert (out / path).is_file()


def test_the_line_is_found_where_it_is_in_every_kind_of_file(found):
    predictions = open_predictions(found[0])
    for name, sample in zip(predictions.names, predictions, strict=True):
        assert len(sample.masks), name
        dark = sample.image < 0.35
        if name == "c":
            dark[:20] = False
            assert predictions.record(name).box[1] in range(18, 23)
        longest = max(sample.scene, key=lambda defect: defect.shape.length).shape.points
        assert np.ptp(longest[:, 0]) > 60
        inside = dark[longest[:, 1].astype(int).clip(0, dark.shape[0] - 1), longest[:, 0].astype(int).clip(0, 119)]
        assert inside.mean() > 0.6


def test_labels_of_predictions_can_be_read_as_labelled_frames(found):
    from dislo_gen import read_labelled

    out, _ = found
    predictions = open_predictions(out)
    labelled = {sample.stored_record["name"]: sample for sample in read_labelled(out / "labelme")}
    assert set(labelled) >= {"a", "b"} or len(labelled) == 4
    of_a = next(sample for name, sample in labelled.items() if Path(name).stem == "a")
    assert len(of_a.scene) == len(predictions[predictions.names.index("a")].scene)


def test_predicting_again_goes_on(found, weights, pictures, monkeypatch):
    out, text = found
    monkeypatch.setattr("dislo_gen.learning.network.predict_channels", None)
    assert run("predict", pictures, "--model", weights, "-o", out) == text


def test_other_settings_find_lines_anew_and_corrections_are_kept(found, weights, pictures, dislo_gen, tmp_path):
    out = shutil.copytree(found[0], tmp_path / "out")
    labels = out / "labelme" / "a.json"
    mine = labels.read_text().replace("dislocation", "my dislocation")
    labels.write_text(mine)
    said = dislo_gen("predict", pictures, "--model", weights, "--set", "confidence=1", "-o", out)
    assert "lines are found anew, with confidence: " in said
    assert open_predictions(out).manifest.finding.confidence == 1
    assert sorted(open_predictions(out).names) == ["a", "a-2", "b", "c"]
    assert [path.read_text() for path in (out / "kept").rglob("a*.json")] == [mine]
    assert json.loads(labels.read_text())["shapes"] == []
    assert "kept/labelme" in said


def test_what_nobody_asks_to_find_anew_is_not_removed(found, weights, pictures, dislo_gen, tmp_path):
    out = shutil.copytree(found[0], tmp_path / "out")
    words = ("predict", pictures / "a.png", "--model", weights, "--scale", "2", "-o", out)
    said = dislo_gen(*words, status=2)
    assert "holds 3 pictures more, with other settings" in said
    assert "scale" in said
    assert sorted(open_predictions(out).names) == ["a", "a-2", "b", "c"]
    dislo_gen(*words, "--overwrite")
    assert open_predictions(out).names == ("a",)


def test_scale_and_finding_change_what_is_found(weights, pictures, tmp_path):
    run("predict", pictures / "a.png", "--model", weights, "--scale", "1", "-o", tmp_path / "one")
    predictions = open_predictions(tmp_path / "one")
    assert predictions.record("a").scale == 1
    words = ("--set", "shortest=400", "-o", tmp_path / "long")
    run("predict", pictures / "a.png", "--model", weights, *words)
    predictions = open_predictions(tmp_path / "long")
    assert predictions.manifest.finding.shortest == 400
    assert all(defect.shape.length >= 400 * 120 / 512 - 2 for defect in predictions[0].scene)


def test_tuning_on_labelled_frames(weights, frames, tmp_path):
    words = (
        "--labelled",
        frames,
        "--from",
        weights,
        "--workers",
        "0",
        "--epochs",
        "2",
        "--images",
        "12",
        "--batch",
        "4",
    )
    more = ("--set", "held_out.images=4", "--set", "held_out.labelled=1", "--precision", "32-true")
    text = run("train", *words, *more, "-o", tmp_path / "tuned")
    assert text.startswith("This will take about ")
    assert "labelled centreline_f1" in text
    assert text.splitlines()[-4].startswith("On the labelled frame that was held out")
    assert re.fullmatch(r"  centreline_f1 \d\.\d\d before, \d\.\d\d after", text.splitlines()[-3])
    card = read_card(tmp_path / "tuned" / "weights.safetensors")
    assert card.data == ("frames",)
    assert card.recipes == read_card(weights).recipes  # what was learnt before is not forgotten
    assert card.size == (64, 64)
    assert card.finding == read_card(weights).finding  # lines are put together as they were chosen by
    plain = json.loads((tmp_path / "tuned" / "run.json").read_text())
    assert len(plain["plan"]["start"]) == 64
    assert plain["before"].keys() < plain["finished"]["best"].keys()


def test_what_tuning_takes_where_nobody_says_otherwise(weights, frames, tmp_path):
    plan = make_plan(labelled=[frames], start=weights)
    assert (plan.schedule.epochs, plan.schedule.images, plan.schedule.batch) == (6, 80, 4)
    assert plan.held_out.labelled == 1
    assert name_of(type(plan.metric)) == "centreline"
    own = make_plan(labelled=[frames], start=weights, settings=["schedule.epochs=3", "held_out.labelled=2"])
    assert (own.schedule.epochs, own.schedule.images, own.held_out.labelled) == (3, 80, 2)
    alone = make_plan(labelled=[write_frames(tmp_path / "one", 1)], start=weights)
    assert alone.held_out.labelled == 0  # there is nothing else to learn from
    for usual in (make_plan(["clean"], start=weights), make_plan(["clean"], labelled=[frames])):
        assert (usual.schedule, usual.held_out) == (Schedule(), HeldOut())
        assert name_of(type(usual.metric)) == "length"


def test_a_metric_goes_by_its_main_number_too():
    assert name_of(type(make_plan(["clean"], metric="instances_f1").metric)) == "instances"
    with pytest.raises(LearningError, match="choose by the main number of that metric, centreline_f1"):
        make_plan(["clean"], metric="centreline_recall")
    with pytest.raises(LearningError, match="did you mean 'instances'"):
        make_plan(["clean"], metric="instance")


def test_an_estimate_changes_nothing_that_is_learnt(third_party, tmp_path):
    settings = ["schedule.epochs=1", "schedule.images=6", "schedule.batch=3", "held_out.images=2"]
    plan = make_plan(["clean"], model="tiny", size=48, precision="32-true", settings=settings)
    machine = Machine(accelerator="cpu", workers=0)
    seconds: list[float] = []
    told = train(plan, tmp_path / "told", machine=machine, estimated=seconds.append)
    untold = train(plan, tmp_path / "untold", machine=machine)
    assert told.read_bytes() == untold.read_bytes()
    more = attrs.evolve(plan, schedule=attrs.evolve(plan.schedule, images=60_000))
    assert estimate_training(more, machine=machine) > 20 * seconds[0] > 0  # it has 10,000 times the images
    train(plan, tmp_path / "told", machine=machine, estimated=seconds.append)
    assert len(seconds) == 1  # there was nothing left to do


def test_models_lists_and_explains(weights, dislo_gen):
    text = dislo_gen("models")
    assert "unetpp" in text
    assert "'dislo-gen train' takes oriented-unet unless" in text
    assert "tiny" in text
    assert "dislo-gen-test-good 1.0.0" in text
    text = dislo_gen("models", weights)
    assert "tiny of dislo-gen-test-good 1.0.0: channels 4" in text
    assert "pictures scaled to about 64 x 64 px" in text
    assert "length" in text


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["evaluate", "WEIGHTS"], "--on"),
        (["evaluate", "WEIGHTS", "--on", "wilde"], "did you mean 'wild'?"),
        (
            ["evaluate", "missing.safetensors", "--on", "m2"],
            "missing.safetensors: there is no such file of weights",
        ),
        (["evaluate", "WEIGHTS", "--on", "m2", "--metric", "lenth"], "there is no metric 'lenth'; did you mean"),
        (
            ["evaluate", "WEIGHTS", "--on", "m2", "--set", "length.tresh=1"],
            "length.tresh: metric 'length' has no such",
        ),
        (["predict", "nothing.png", "--model", "WEIGHTS"], "nothing.png: there is no such file"),
        (["predict", "letter.txt", "--model", "WEIGHTS"], "letter.txt: files of this kind are not read"),
        (["predict", "letter.txt", "--model", "letter.txt"], "letter.txt"),
        (["predict", "PICTURES", "--model", "WEIGHTS", "--set", "gab=3"], "gab: finding has no such parameter"),
        (["predict", "PICTURES", "--model", "WEIGHTS", "--scale", "900"], "would be longer than 8192 px"),
        (["train", "--from", "WEIGHTS", "--channels", "7"], "of a network with channels = 4"),
        (
            ["train", "--from", "WEIGHTS", "--model", "unetpp"],
            "the weights to begin from are of the network 'tiny'",
        ),
        (
            ["train", "--from", "WEIGHTS", "--labelled", "FRAMES", "--set", "held_out.labelled=3"],
            "cannot be held out",
        ),
        (["models", "letter.txt"], "not a whole safetensors file"),
    ],
)
def test_mistakes_get_one_sentence(weights, pictures, frames, dislo_gen, tmp_path, monkeypatch, words, sentence):
    monkeypatch.chdir(tmp_path)
    Path("letter.txt").write_text("dear")
    known = {"WEIGHTS": str(weights), "PICTURES": str(pictures), "FRAMES": str(frames)}
    assert sentence in dislo_gen(*(known.get(word, word) for word in words), status=2)


@pytest.mark.skipif(not DATA.is_dir(), reason="no ../shared/data beside the repository")
def test_real_micrographs_of_every_kind_are_read(weights, tmp_path):
    files = [
        DATA / "cemes-tilt" / "img-18.9.bmp",
        DATA / "titanium" / "frame-1743.jpg",
        DATA / "steel-316l" / "1.png",
    ]
    run("predict", *files, "--model", weights, "-o", tmp_path / "found")
    predictions = open_predictions(tmp_path / "found")
    assert [sample.image.shape for sample in predictions] == [(576, 720), (2048, 2048), (512, 512)]
    assert predictions.record("img-18.9").box[1] > 5  # the title bar was left out
