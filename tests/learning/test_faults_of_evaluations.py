"""What can go wrong around an evaluation: names, files that were edited, sets that are broken."""

import json
import shutil

import pytest
from PIL import Image

from dislo_gen import Recipe, component_class, generate
from dislo_gen.files import Folder

FAST = ("--metric", "length", "--count", "2", "--once")


@pytest.fixture(scope="module")
def trained(third_party, tmp_path_factory):
    """Weights of a tiny network."""
    from dislo_gen.learning import Machine, train
    from dislo_gen.learning.planning import make_plan

    short = ["schedule.epochs=1", "schedule.images=2", "schedule.batch=2", "held_out.images=2", "model.channels=2"]
    plan = make_plan(["m2"], model="tiny", size=32, precision="32-true", settings=short)
    return train(plan, tmp_path_factory.mktemp("judged") / "run", machine=Machine(accelerator="cpu", workers=0))


@pytest.fixture(scope="module")
def made(trained, tmp_path_factory):
    """A small dataset."""
    out = tmp_path_factory.mktemp("made") / "data"
    generate(Recipe.from_names(base="m2", size=32), count=2, seed=5, out=out)
    return out


@pytest.fixture
def judged(trained, dislo_gen, tmp_path):
    """An evaluation's folder, and the command that made it."""
    out = tmp_path / "found"
    command = ("evaluate", trained, "--on", "dislo-gen:m2", *FAST, "-o", out)
    dislo_gen(*command)
    return out, command


def test_a_set_named_with_its_package_is_judged(judged):
    out, _ = judged
    assert (out / "worst" / "run-on-dislo-gen_m2.png").is_file()
    assert json.loads((out / "evaluation.json").read_text())["data"] == ["dislo-gen:m2"]


@pytest.mark.parametrize("name", ["a:b*c?", "$x_{", "L" * 240, "ü" * 100, "ends "])
def test_weights_and_sets_of_any_name_are_judged(trained, made, dislo_gen, tmp_path, name):
    weights = shutil.copy(trained, tmp_path / f"{name[:230]}.safetensors")
    data = shutil.copytree(made, tmp_path / name)
    out = tmp_path / "out"
    dislo_gen("evaluate", weights, "--on", data, "--on", data, *FAST, "-o", out)
    assert len(list((out / "worst").glob("*.png"))) == 2
    assert len(json.loads((out / "evaluation.json").read_text())["results"]) == 2


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda result: result | {"scores": {}}, "by_image: must be of the same numbers as scores"),
        (lambda result: result | {"images": 0}, "lines: must be of 0 pictures, not of 2"),
        (lambda result: result | {"lines": [1]}, "lines: must be of 2 pictures, not of 1"),
        (lambda result: result | {"by_image": {}}, "by_image"),
        (lambda result: result | {"scores": {"length": float("nan")}}, "NaN is not a JSON number"),
    ],
)
def test_results_that_were_edited_are_read_strictly(judged, dislo_gen, change, sentence):
    out, command = judged
    plain = json.loads((out / "evaluation.json").read_text())
    plain["results"][0] = change(plain["results"][0])
    (out / "evaluation.json").write_text(json.dumps(plain))
    said = dislo_gen(*command, status=2)
    assert str(out / "evaluation.json") in said
    assert sentence in said


def test_drawings_that_somebody_changed_are_kept(judged, dislo_gen):
    out, command = judged
    for name in ("worst/run-on-dislo-gen_m2.png", "matrix-length.png"):
        Image.new("L", (8, 8)).save(out / name)
    mine = (out / "matrix-length.png").read_bytes()
    said = dislo_gen(*command)
    assert "had been changed; it is kept as kept/matrix-length-1.png" in said
    assert (out / "kept" / "matrix-length-1.png").read_bytes() == mine
    assert (out / "worst" / "run-on-dislo-gen_m2.png").read_bytes() == mine  # nothing new was judged
    dislo_gen(*command, "--seed", "7")
    assert (out / "kept" / "worst" / "run-on-dislo-gen_m2-1.png").read_bytes() == mine


@pytest.mark.parametrize("harm", [b"", b"half a pictu"])
def test_drawings_that_are_damaged_are_made_again(judged, dislo_gen, harm):
    out, command = judged
    names = ("worst/run-on-dislo-gen_m2.png", "matrix-length.png")
    before = [(out / name).read_bytes() for name in names]
    for name in names:
        (out / name).write_bytes(harm)
    dislo_gen(*command)
    assert [(out / name).read_bytes() for name in names] == before
    assert (out / "kept").exists() == bool(harm)


def test_a_broken_set_does_not_stop_the_others(trained, made, dislo_gen, tmp_path):
    broken = shutil.copytree(made, tmp_path / "broken")
    for image in (broken / "images").iterdir():
        image.write_bytes(image.read_bytes()[:60])
    command = ("evaluate", trained, "--on", broken, "--on", made, *FAST, "-o", tmp_path / "out")
    said = dislo_gen(*command, status=1)
    assert "error: run on broken: " in " ".join(said.split())
    assert [r["data"] for r in json.loads((tmp_path / "out" / "evaluation.json").read_text())["results"]] == [
        "data"
    ]
    dislo_gen("evaluate", trained, "--on", broken, *FAST, "-o", tmp_path / "none", status=2)


def test_two_evaluations_do_not_write_into_one_folder(judged, dislo_gen):
    out, command = judged
    with Folder(out).taken():
        assert "another run is writing into this folder" in dislo_gen(*command, status=2)


def test_stopped_it_says_what_is_kept_and_goes_on(trained, made, dislo_gen, tmp_path, monkeypatch):
    """Ctrl-C while the second set is judged: the first is kept, and is not judged again."""
    metric = component_class("metric", "length")
    score, calls = metric.score, []

    def count(self, predicted, truth):
        if truth.image.any():  # not the empty one that tells a metric's numbers
            calls.append(truth)
        if stops and len(calls) == 3:
            raise KeyboardInterrupt
        return score(self, predicted, truth)

    monkeypatch.setattr(metric, "score", count)
    command = ("evaluate", trained, "--on", "m2", "--on", made, *FAST, "-o", tmp_path / "out")
    stops = True
    said = dislo_gen(*command, status=130)
    assert f"Stopped. 1 of 2 judgements are in {tmp_path / 'out'}." in said
    assert "To go on: the same command again" in said
    stops = False
    calls.clear()
    dislo_gen(*command)
    assert len(calls) == 2
    assert len(json.loads((tmp_path / "out/evaluation.json").read_text())["results"]) == 2
