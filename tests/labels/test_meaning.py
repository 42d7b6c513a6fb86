"""Which labels are to be found, which are not, and that it is said."""

from __future__ import annotations

import contextlib
import io
import json

import numpy as np
import pytest
from PIL import Image

from dislo_gen import DISLOCATION, SLIP_TRACE, DatasetError, LearningError, read_labelled
from dislo_gen.cli import main

SIZE = (64, 48)
LINE = [[5, 5], [30, 20], [60, 40]]


def picture(path, grey=200):
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(0).integers(grey - 20, grey + 20, SIZE[::-1]).astype(np.uint8)
    Image.fromarray(pixels).save(path)


def write(folder, *names, file="frame.json", **more):
    folder.mkdir(parents=True, exist_ok=True)
    shapes = [{"label": name, "points": LINE, "shape_type": "linestrip"} for name in names]
    plain = {"shapes": shapes, "imagePath": "frame.png", "imageWidth": SIZE[0], "imageHeight": SIZE[1], **more}
    (folder / file).write_text(json.dumps(plain))
    return folder


@pytest.fixture
def labelled(tmp_path):
    """Make a folder with a picture and a labelme file with these labels."""
    picture(tmp_path / "frames" / "frame.png")
    return lambda *names, **more: write(tmp_path / "frames", *names, **more)


def run(*words):
    said = io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
        try:
            main(list(map(str, words)))
        except SystemExit as ended:
            return int(ended.code or 0), said.getvalue()
    return 0, said.getvalue()


@pytest.mark.parametrize(
    "name",
    [
        *("__ignore__", "_background_", "__IGNORE__", "Background", "unclear", "text", "legend", "Label"),
        *("scale bar", "Scale_Bar_2", "scalebar", "scale bar 200 nm", "ScaleBar: 0.5 µm", "200 nm", "0.5 µm"),
        *("ignore region", "Unclear?", "don't care", "bg", "title bar", "texts", "Info_Bar", "timestamp"),
    ],
)
def test_names_of_no_defects_are_left_out(labelled, name):
    [sample] = frames = read_labelled(labelled("dislocation", name))
    assert [defect.kind for defect in sample.scene] == [DISLOCATION]
    assert len(sample.masks) == 1
    assert "to be found: dislocation (1); left out: " in frames.summary()


def test_an_impossible_shape_that_is_left_out_does_no_harm(labelled):
    folder = labelled("dislocation")
    plain = json.loads((folder / "frame.json").read_text())
    plain["shapes"].append({"label": "__ignore__", "points": [[1, 1]], "shape_type": "rectangle"})
    (folder / "frame.json").write_text(json.dumps(plain))
    assert len(read_labelled(folder)[0].scene) == 1


def test_labels_that_are_chosen_are_found_and_no_others(labelled):
    folder = labelled("Dislocation_1", "screw", "screw 2", "loop", "slip trace", "ignore")
    everything = read_labelled(folder)
    assert len(everything[0].masks) == 4
    assert everything.summary() == (
        "to be found: dislocation (1), loop (1), screw (2); not to be found: slip trace (1); left out: ignore (1)"
    )
    for labels in ("screw,Slip_Trace", ["screw", "slip trace"], ["SCREW, slip-traces"]):
        some = read_labelled(folder, labels=labels)
        assert [d.kind for d in some[0].scene.labelled] == ["screw", "screw", SLIP_TRACE]
        assert len(some[0].masks) == 3
        assert len(some[0].scene) == 5
        assert some.summary() == (
            "to be found: screw (2), slip trace (1); not to be found: dislocation (1), loop (1); "
            "left out: ignore (1)"
        )
    assert some.fingerprint != everything.fingerprint
    assert len(read_labelled(folder, labels="ignore")[0].masks) == 1


def test_a_label_that_is_nowhere_is_named_with_the_nearest(labelled):
    with pytest.raises(
        DatasetError, match=r"no frame has a label 'scrw'; did you mean 'screw'\?; there are: dis"
    ) as e:
        read_labelled(labelled("dislocation", "screw"), labels="dislocation,scrw")
    assert "\n" not in str(e.value)
    with pytest.raises(DatasetError, match="names no label"):
        read_labelled(labelled("dislocation"), labels=" , ")


def test_what_cannot_be_printed_and_what_is_very_long_is_said_shortly(labelled):
    text = read_labelled(
        labelled("\x1b[31mred", "x" * 5000, *(f"k{'abcdefghij'[n % 10]}{n}z" for n in range(40)))
    ).summary()
    assert "\x1b" not in text
    assert len(text) < 600
    assert "22 more names (22)" in text


def test_train_and_evaluate_say_it_and_a_plan_holds_it(labelled, tmp_path):
    pytest.importorskip("torch")
    from dislo_gen.learning import make_plan
    from dislo_gen.learning.material import gather
    from dislo_gen.learning.plan import TrainingFile

    folder = labelled("dislocation", "screw", "scale bar")
    plan = make_plan(["clean"], labelled=[folder], labels="screw", size=64, precision="32-true")
    assert plan.labels == ("screw",)
    plain = TrainingFile.of(plan).to_dict()
    assert TrainingFile.from_dict(plain).plan.labels == ("screw",)
    del plain["plan"]["labels"]  # as versions before this one wrote it
    assert TrainingFile.from_dict(plain).plan.labels == ()
    frames = gather(plan).held_out["labelled"]
    assert [defect.kind for defect in frames[0].scene.labelled] == ["screw"]

    code, said = run("train", "clean", "--labelled", folder, "--labels", "scew", "-o", tmp_path / "run")
    assert code == 2
    assert (
        "--labels: no frame has a label 'scew'; did you mean 'screw'?; there are: dislocation, scale bar, scr"
        in (" ".join(said.split()))
    )
    code, said = run("train", "clean", "--labels", "screw", "-o", tmp_path / "run")
    assert code == 2
    assert "--labels: there are no labelled frames" in said


def test_every_folder_is_read_with_the_same_labels(tmp_path):
    """A name that is in one of two folders only is no mistake."""
    pytest.importorskip("torch")
    from dislo_gen.learning import make_plan

    for name, label in (("a", "dislocation"), ("b", "screw")):
        picture(tmp_path / name / "frame.png")
        write(tmp_path / name, label)
    folders = [tmp_path / "a", tmp_path / "b"]
    assert make_plan(["clean"], labelled=folders, labels=["screw"], size=64).labels == ("screw",)
    with pytest.raises(DatasetError, match="there are: dislocation, screw"):
        make_plan(["clean"], labelled=folders, labels=["edge"], size=64)
    with pytest.raises(LearningError, match="nowhere: there is no such folder or file of labelled frames"):
        make_plan(["clean"], labelled=["nowhere"], size=64)
