"""Training from the command line: what it leaves, how it goes on, what it says when it cannot."""

import contextlib
import csv
import io
import json
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import jsonschema
import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

import dislo_gen_schemas
from dislo_gen import Model, Recipe, component, generate, register
from dislo_gen.cli import main
from dislo_gen.learning import Machine, StoppedError, load_weights, read_card, read_history, train
from dislo_gen.learning.plan import TrainingFile

TINY = ("--model", "tiny", "--size", "48", "--precision", "32-true", "--workers", "0", "--accelerator", "cpu")
SHORT = ("--epochs", "3", "--images", "12", "--batch", "4", "--set", "held_out.images=4", "--channels", "6")


@pytest.fixture(scope="module")
def finished(third_party, tmp_path_factory):
    """A training of three short epochs, and what it printed."""
    out = tmp_path_factory.mktemp("trained") / "run"
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(io.StringIO()) as text:
        patch.setenv("COLUMNS", "200")
        main_ok("train", "m2", *TINY, *SHORT, "-o", out)
    return out, text.getvalue()


def main_ok(*words):
    code = 0
    try:
        main(list(map(str, words)))
    except SystemExit as ended:
        code = ended.code
    assert not code


def rows_of(out):
    with (out / "metrics.csv").open(newline="") as file:
        return [{k: v for k, v in row.items() if k != "seconds"} for row in csv.DictReader(file)]


def test_what_a_training_leaves(finished):
    out, _ = finished
    assert {path.name for path in out.iterdir()} == {
        "run.json", "weights.safetensors", "last.safetensors", "metrics.csv", "curves.png", "predictions.png",
        "tensorboard",
    }  # fmt: skip
    rows = rows_of(out)
    assert [row["epoch"] for row in rows] == ["1", "2", "3"]
    assert [row["step"] for row in rows] == ["3", "6", "9"]
    assert {"loss", "held-out loss", "length", "learning rate"} <= rows[0].keys()
    for name in ("curves.png", "predictions.png"):
        with Image.open(out / name) as picture:
            assert np.asarray(picture).std() > 10
    plain = json.loads((out / "run.json").read_text())
    jsonschema.validate(plain, dislo_gen_schemas.load("training"))
    assert plain["finished"]["steps"] == 9
    assert TrainingFile.from_dict(plain).plan.schedule.epochs == 3


def test_every_epoch_is_told(finished):
    _, text = finished
    assert all(f"epoch {epoch} of 3: loss" in text for epoch in (1, 2, 3))
    assert "the best so far" in text
    assert "dislo-gen predict IMAGES --model" in text


def test_tensorboard_reads_the_same_numbers(finished):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    out, _ = finished
    events = EventAccumulator(str(out / "tensorboard"))
    events.Reload()
    found = [(event.step, event.value) for event in events.Scalars("loss")]
    expected = [(int(row["step"]), float(row["loss"])) for row in rows_of(out)]
    assert [step for step, _ in found] == [step for step, _ in expected]
    np.testing.assert_allclose([v for _, v in found], [v for _, v in expected], rtol=1e-5)


def test_the_best_weights_are_kept_with_all_that_is_known_of_them(finished):
    out, _ = finished
    card, last = read_card(out / "weights.safetensors"), read_card(out / "last.safetensors")
    best = max(read_history(out), key=lambda row: row["length"])
    assert card.epochs == best["epoch"]
    assert card.scores["length"] == best["length"]
    assert last.epochs == 3
    assert card.size == (48, 48)
    assert card.model == {"use": "tiny", "channels": 6}
    assert (card.plugin.package, card.plugin.version) == ("dislo-gen-test-good", "1.0.0")
    assert Recipe.from_dict(card.recipes[0]).size.xy == (48, 48)
    assert card.versions["torch"] == torch.__version__
    network, _ = load_weights(out / "weights.safetensors")
    assert not network.training


def test_hooks_follow_a_training(third_party, dislo_gen, tmp_path):
    from dislo_gen_test_good import diary

    before = len(diary.ENTRIES)
    dislo_gen("train", "m2", *TINY, *SHORT, "--epochs", "1", "-o", tmp_path / "run")
    entries = [entry for entry in diary.ENTRIES[before:] if not entry.startswith("sample")]
    assert entries[0] == "training: 1 epochs"
    assert entries[1].startswith("epoch 1: step, loss")


def test_a_finished_training_is_not_repeated(finished, dislo_gen):
    out, _ = finished
    stamp = (out / "weights.safetensors").stat().st_mtime_ns
    assert "Nothing to do" in dislo_gen("train", "m2", *TINY, *SHORT, "-o", out)
    assert "Nothing to do" in dislo_gen("resume", out)
    assert (out / "weights.safetensors").stat().st_mtime_ns == stamp


def test_another_training_does_not_overwrite_it(finished, dislo_gen):
    out, _ = finished
    said = dislo_gen("train", "m2", *TINY, *SHORT, "--epochs", "5", "--seed", "1", "-o", out, status=2)
    assert "holds a different training" in said
    assert "plan.seed: 0 there, 1 now" in said
    assert "plan.schedule.epochs: 3 there, 5 now" in said
    (out.parent / "full").mkdir()
    (out.parent / "full" / "letter.txt").write_text("dear")
    said = dislo_gen("train", "m2", *TINY, *SHORT, "-o", out.parent / "full", status=2)
    assert "not empty" in said


def start(out, *words):
    return subprocess.Popen(
        [sys.executable, "-m", "dislo_gen", "train", "m2", *TINY, *SHORT, *words, "-o", str(out)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "COLUMNS": "200"},
    )


def until_epoch(process, number):
    for line in process.stdout:
        if line.startswith(f"epoch {number} "):
            return
    raise AssertionError("it ended before")


def assert_same_training(one, other):
    assert rows_of(one) == rows_of(other)
    for name in ("weights.safetensors", "last.safetensors"):
        first, second = load_file(one / name), load_file(other / name)
        assert first.keys() == second.keys()
        assert all(torch.equal(first[key], second[key]) for key in first)


def test_killed_and_resumed_it_ends_as_if_nothing_had_happened(finished, third_party, dislo_gen, tmp_path):
    process = start(tmp_path / "run")
    until_epoch(process, 1)
    process.kill()
    process.wait()
    process.stdout.close()
    assert len(rows_of(tmp_path / "run")) < 3
    assert "Going on after epoch" in dislo_gen("train", "m2", *TINY, *SHORT, "-o", tmp_path / "run")
    assert_same_training(finished[0], tmp_path / "run")


def test_ctrl_c_saves_and_says_how_to_go_on(finished, third_party, dislo_gen, tmp_path):
    process = start(tmp_path / "run")
    until_epoch(process, 1)
    process.send_signal(signal.SIGINT)
    said = process.stdout.read()
    process.stdout.close()
    assert process.wait() == 130, said
    assert f"To go on: dislo-gen resume {tmp_path / 'run'}" in said
    assert "Traceback" not in said
    dislo_gen("resume", tmp_path / "run")
    assert_same_training(finished[0], tmp_path / "run")


@pytest.mark.parametrize(("step", "epochs"), [(1, 0), (5, 1)])
def test_stopped_between_two_batches_it_goes_on_just_so(finished, third_party, dislo_gen, tmp_path, step, epochs):
    def stop(done, planned, what):
        if done == step and what.startswith("loss"):
            signal.raise_signal(signal.SIGINT)

    plan = TrainingFile.from_dict(json.loads((finished[0] / "run.json").read_text())).plan
    with pytest.raises(StoppedError):
        train(plan, tmp_path / "run", machine=Machine(accelerator="cpu", workers=0), progress=stop)
    assert (len(rows_of(tmp_path / "run")) if (tmp_path / "run/metrics.csv").exists() else 0) == epochs
    dislo_gen("resume", tmp_path / "run")
    assert_same_training(finished[0], tmp_path / "run")


def test_a_damaged_state_is_named(third_party, dislo_gen, tmp_path):
    process = start(tmp_path / "run")
    until_epoch(process, 1)
    process.kill()
    process.wait()
    process.stdout.close()
    state = tmp_path / "run" / "state.ckpt"
    state.write_bytes(state.read_bytes()[:1000])
    said = dislo_gen("resume", tmp_path / "run", status=2)
    assert f"{state}: this state of a training cannot be read" in said


def test_a_state_that_holds_code_is_not_run(finished, third_party, dislo_gen, tmp_path):
    class Evil:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "pwned",))

    process = start(tmp_path / "run")
    until_epoch(process, 1)
    process.kill()
    process.wait()
    process.stdout.close()
    torch.save({"state_dict": Evil()}, tmp_path / "run" / "state.ckpt")
    assert "cannot be read" in dislo_gen("resume", tmp_path / "run", status=2)
    assert not (tmp_path / "pwned").exists()


@pytest.fixture
def poisoned(sandbox):
    """Networks that break: one gives what is no number, one asks for more memory than there is."""
    seen = {"images": 0}

    @register("model", "poisoned")
    @component
    class Poisoned(Model):
        """Breaks."""

        channels: int = 2
        how: str = "nan"
        after: int = 18  # four of them are seen while the time is estimated

        def build(self):
            how, after = self.how, self.after

            class Network(torch.nn.Module):
                def __init__(self):
                    super().__init__()
                    self.layer = torch.nn.Conv2d(1, 2, 3, padding=1)

                def forward(self, images):
                    seen["images"] += len(images) * self.training
                    if how == "memory" and self.training:
                        raise RuntimeError(
                            "[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried …"
                        )
                    logits = self.layer(images)
                    if seen["images"] > after:
                        logits[1] = torch.nan
                    return logits

            return Network()

    return Poisoned


def test_a_loss_that_is_no_number_stops_and_keeps_the_last_good_weights(poisoned, dislo_gen, tmp_path):
    words = ("train", "m2", *TINY, *SHORT, "--model", "poisoned", "--channels", "2", "-o", tmp_path / "run")
    said = dislo_gen(*words, status=2)
    assert "the loss is not a number at sample 13, seed 0" in said
    assert "smaller learning rate" in said
    assert str(tmp_path / "run" / "weights.safetensors") in said
    assert all(t.isfinite().all() for t in load_file(tmp_path / "run" / "weights.safetensors").values())
    assert read_card(tmp_path / "run" / "weights.safetensors").epochs == 1


def test_too_little_memory_says_what_to_change(poisoned, dislo_gen, tmp_path):
    words = ("train", "m2", *TINY, *SHORT, "--model", "poisoned", "--set", "model.how=memory", "--channels", "2")
    said = dislo_gen(*words, "-o", tmp_path / "run", status=2)
    assert "not enough memory for batches of 4 images of 48 x 48" in said
    assert "smaller --batch" in said


def test_without_torch_it_says_what_to_install(tmp_path):
    code = """
        import sys
        sys.modules["torch"] = None
        from dislo_gen.cli import main
        for words in (["train", "m2"], ["evaluate", "w", "--on", "m2"], ["predict", "i.png", "--no-cache"]):
            try:
                main(words)
            except SystemExit as ended:
                print(ended.code)
        main(["models"])
    """
    (tmp_path / "w").write_bytes(b"")  # both are looked for first
    Image.fromarray(np.zeros((32, 32), np.uint8)).save(tmp_path / "i.png")
    words = [sys.executable, "-c", textwrap.dedent(code)]
    env = {**os.environ, "COLUMNS": "200"}
    done = subprocess.run(words, capture_output=True, text=True, cwd=tmp_path, timeout=60, env=env)
    assert done.stdout.split("\n")[:3] == ["2", "2", "2"]
    assert done.stderr.count("pip install 'dislo-gen[train]'") == 3
    assert "Traceback" not in done.stderr
    assert "unetpp" in done.stdout


def test_it_learns_from_a_dataset_on_disk_and_holds_some_of_it_out(third_party, dislo_gen, tmp_path):
    generate(Recipe.from_names(base="m2", size=48), count=10, seed=5, out=tmp_path / "data")
    one_channel = ("--channels", "1")  # fewer than the lines of any image
    words = ("--epochs", "1", "-o", tmp_path / "run")
    said = dislo_gen("train", tmp_path / "data", *TINY, *SHORT, *one_channel, *words)
    assert "of the first 10 images have more lines than the network has channels (1; up to " in said
    card = read_card(tmp_path / "run" / "weights.safetensors")
    assert card.data == ("data",)
    assert card.recipes == ()
    assert card.size == (48, 48)


def test_more_memory_of_time_does_not_change_the_weights(third_party, dislo_gen, tmp_path, finished):
    """Workers make the same images as the training itself would."""
    words = [word if word != "0" else "2" for word in TINY]
    dislo_gen("train", "m2", *words, *SHORT, "-o", tmp_path / "run")
    assert_same_training(finished[0], tmp_path / "run")


def test_two_processes_share_the_work(third_party, tmp_path):
    words = [word if word != "4" else "2" for word in SHORT]  # two images on each of two processes
    command = ["train", "m2", *TINY, *words, "--epochs", "1", "--devices", "2", "--strategy", "ddp", "-o", "run"]
    done = subprocess.run(
        [sys.executable, "-m", "dislo_gen", *command], capture_output=True, text=True, cwd=tmp_path, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("epoch 1 of 1") == done.stdout.count("look at ") == 1
    (row,) = rows_of(tmp_path / "run")
    assert row["step"] == "3"  # as many as one process takes with batches of four
    assert read_card(tmp_path / "run" / "weights.safetensors").images == 12


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["wilt"], "there is no recipe 'wilt'; did you mean 'wild'?"),
        (["m2", "--model", "tinny"], "there is no model 'tinny'; did you mean 'tiny'?"),
        (["m2", "--metric", "lenght"], "there is no metric 'lenght'; did you mean 'length'?"),
        (["m2", "--set", "model.chanels=3"], "model.chanels: model 'tiny' has no such parameter; did you mean"),
        (
            ["m2", "--set", "schedule.epoch=3"],
            "schedule.epoch: schedule has no such parameter; did you mean 'epochs'?",
        ),
        (["m2", "--set", "loss.matching=best"], "loss.matching: must be 'in-order' or 'optimal', not 'best'"),
        (["m2", "--precision", "64"], "--precision 64: must be one of"),
        (["m2", "--size", "big"], "--size: a size is one number or two"),
        (["m2", "--from", "missing.safetensors"], "missing.safetensors: there is no such file of weights"),
        (["."], "neither a dataset"),
        (["m2", "--labelled", "m2"], "--labelled takes frames labelled in labelme"),
    ],
)
def test_mistakes_get_one_sentence(third_party, dislo_gen, tmp_path, monkeypatch, words, sentence):
    monkeypatch.chdir(tmp_path)
    assert sentence in dislo_gen("train", *TINY, *words, "-o", "run", status=2)
    assert not (tmp_path / "run").exists()
