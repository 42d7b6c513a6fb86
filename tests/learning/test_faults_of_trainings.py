"""What can go wrong around a training: words, files that were edited, weights that came apart, signals."""

import json
import os
import shutil
import signal
import subprocess
import sys

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load, load_file, save_file

from dislo_gen import DatasetError, LearningError
from dislo_gen.files import Folder
from dislo_gen.learning import Machine, StoppedError, load_weights, read_card, read_history, train
from dislo_gen.learning.folder import read_plan
from dislo_gen.learning.machine import taken
from dislo_gen.learning.network import build_network, predict_channels
from dislo_gen.learning.planning import make_plan

WORDS = (
    "m2",
    "--model",
    "tiny",
    "--size",
    "32",
    "--precision",
    "32-true",
    "--workers",
    "0",
    "--accelerator",
    "cpu",
)
SHORT = ("--epochs", "2", "--images", "4", "--batch", "2", "--set", "held_out.images=2", "--channels", "2")
ON_CPU = Machine(accelerator="cpu", workers=0)


@pytest.fixture(scope="module")
def stopped(third_party, tmp_path_factory):
    """A training that was stopped in its second epoch."""
    out = tmp_path_factory.mktemp("faults") / "run"
    settings = [
        "schedule.epochs=2",
        "schedule.images=4",
        "schedule.batch=2",
        "held_out.images=2",
        "model.channels=2",
    ]
    plan = make_plan(["m2"], model="tiny", size=32, precision="32-true", settings=settings)

    def stop(done, planned, what):
        if done == 3 and what.startswith("loss"):
            signal.raise_signal(signal.SIGTERM)

    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(StoppedError) as caught:
        train(plan, out, machine=ON_CPU, progress=stop)
    assert caught.value.status == 143
    assert signal.getsignal(signal.SIGTERM) is before
    return out


@pytest.fixture
def run(stopped, tmp_path):
    """A copy of it."""
    return shutil.copytree(stopped, tmp_path / "run")


@pytest.fixture
def weights(run):
    return run / "weights.safetensors"


def rewritten(weights, path, change=None, **card):
    """Write weights again with another card, or other tensors."""
    with safe_open(weights, "pt") as file:
        plain = json.loads(file.metadata()["dislo-gen"]) | card
    tensors = load_file(weights)
    save_file(change(tensors) if change else tensors, path, metadata={"dislo-gen": json.dumps(plain)})
    return path


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--accelerator", "foo"], "--accelerator foo: must be one of: auto, gpu, cpu"),
        (["--accelerator", "tpu"], "this machine cannot train so"),
        (["--devices", "0"], "--devices 0: must be how many"),
        (["--devices", "abc"], "--devices abc: must be how many"),
        (["--devices", "0,1"], "this machine cannot train so"),
        (["--devices", "9999"], "cores; at most"),
        (["--strategy", "foo"], "--strategy foo: must be one of: auto, ddp"),
        (["--strategy", "ddp_spawn"], "--strategy ddp_spawn: must be one of"),
        (["--strategy", "fsdp"], "this machine cannot train so"),
    ],
)
def test_words_for_the_machine_are_checked(third_party, dislo_gen, tmp_path, words, sentence):
    assert sentence in dislo_gen("train", *WORDS, *SHORT, *words, "-o", tmp_path / "run", status=2)


def test_a_seed_larger_than_torch_counts_works(third_party, dislo_gen, tmp_path):
    dislo_gen("train", *WORDS, *SHORT, "--epochs", "1", "--seed", 2**64, "-o", tmp_path / "run")
    assert read_plan(tmp_path / "run").seed == 2**64


def test_a_folder_whose_name_is_no_utf_8(third_party, dislo_gen, tmp_path):
    out = tmp_path / os.fsdecode(b"o\xff")
    assert "curves are left out" in dislo_gen("train", *WORDS, *SHORT, "-o", out)
    assert (out / "weights.safetensors").is_file()


def test_stopped_by_sigterm_it_goes_on_and_keeps_a_table_that_somebody_changed(run, dislo_gen):
    (run / "metrics.csv").write_text("epoch;loss\nfoo;bar\n")
    with pytest.raises(DatasetError, match=r"metrics\.csv: this is not as a training writes it"):
        read_history(run)
    said = dislo_gen("resume", run)
    assert "metrics.csv had been changed; it is kept as kept/metrics-1.csv" in " ".join(said.split())
    assert (run / "kept" / "metrics-1.csv").read_text() == "epoch;loss\nfoo;bar\n"
    assert [row["epoch"] for row in read_history(run)] == [1, 2]


def test_the_program_ends_with_143_and_says_how_to_go_on(third_party, tmp_path):
    out = tmp_path / "run"
    words = ["train", *WORDS, *SHORT, "--epochs", "500", "--workers", "1", "-o", str(out)]
    process = subprocess.Popen(
        [sys.executable, "-m", "dislo_gen", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    for line in process.stdout:
        if line.startswith("epoch 1 "):
            break
    os.killpg(process.pid, signal.SIGTERM)  # as a batch system does: its processes that make images, too
    said = process.stdout.read()
    process.stdout.close()
    assert process.wait(60) == 143, said
    assert f"To go on: dislo-gen resume {out}" in " ".join(said.split())
    assert "Traceback" not in said
    with pytest.raises(ProcessLookupError):  # no process is left
        os.killpg(process.pid, 0)


@pytest.mark.parametrize(
    ("part", "value", "sentence"),
    [
        (("precision",), "foo", "plan: precision: must be one of: 32-true"),
        (("seed",), -1, "plan: seed: must not be negative"),
        (("size",), [0, 32], "plan.size"),
        (("schedule", "epochs"), 0, "plan.schedule.epochs: 0 is below the smallest value allowed"),
        (("schedule", "batch"), "two", "plan.schedule.batch: must be a whole number"),
    ],
)
def test_a_plan_that_was_edited_is_read_strictly(run, dislo_gen, part, value, sentence):
    plain = json.loads((run / "run.json").read_text())
    table = plain["plan"]
    for key in part[:-1]:
        table = table[key]
    table[part[-1]] = value
    (run / "run.json").write_text(json.dumps(plain))
    assert sentence in dislo_gen("resume", run, status=2)


def _another_plan(state):
    return state | {"dislo-gen plan": json.dumps(json.loads(state["dislo-gen plan"]) | {"seed": 5})}


def _unsigned(state):
    """As earlier versions wrote it, without a checksum."""
    return {key: value for key, value in state.items() if key != "dislo-gen checksum"}


def _another_network(state):
    return state | {
        "state_dict": {name: t.repeat(2, *[1] * (t.ndim - 1)) for name, t in state["state_dict"].items()}
    }


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda state: {}, "it has no state_dict"),
        (lambda state: torch.zeros(3), "it has no state_dict"),
        (lambda state: state | {"callbacks": 3}, "cannot be read"),
        (lambda state: state | {"loops": {}}, "cannot be read"),
        (lambda state: state | {"optimizer_states": []}, "cannot be read"),
        (_another_plan, "it is that of another training: seed: 5 there, 0 now"),
        (_another_network, "it was changed after it was written"),
        (lambda state: _another_network(_unsigned(state)), "size mismatch"),
        (lambda state: state | {"global_step": 1}, "it was changed after it was written"),
    ],
)
def test_a_state_that_is_none_of_this_training_is_named(run, dislo_gen, change, reason):
    state = run / "state.ckpt"
    torch.save(change(torch.load(state, weights_only=True)), state)
    said = dislo_gen("resume", run, status=2)
    assert f"{state}: this state of a training cannot be read" in said
    assert reason in said


def test_two_runs_do_not_train_into_one_folder(run, dislo_gen):
    with taken(Folder(run)):
        assert "another run is writing into this folder" in dislo_gen("resume", run, status=2)


def test_finished_weights_that_are_damaged_are_learnt_again(run, dislo_gen):
    dislo_gen("resume", run)
    best = run / "weights.safetensors"
    before = load(best.read_bytes())  # not mapped: the file is changed below
    for harm, kept in ((b"", []), (best.read_bytes()[:-100], ["weights-1.safetensors"])):
        best.write_bytes(harm)
        assert "so they are learnt again" in dislo_gen("resume", run)
        after = load(best.read_bytes())
        assert all(torch.allclose(after[name].double(), before[name].double()) for name in before)
        assert sorted(path.name for path in run.glob("kept/*")) == kept
    assert "finished after 2 epochs" in dislo_gen("resume", run)
    run_file = json.loads((run / "run.json").read_text())
    run_file["plan"]["start"] = "0" * 64  # as one that was tuned
    (run / "run.json").write_text(json.dumps(run_file))
    best.write_bytes(b"")
    assert "only the command that began this training" in dislo_gen("resume", run, status=2)


def _not_numbers(tensors):
    return {name: torch.full_like(t, torch.nan) if t.is_floating_point() else t for name, t in tensors.items()}


@pytest.mark.parametrize(
    ("change", "card", "sentence"),
    [
        (_not_numbers, {}, "these weights are not numbers: there is NaN or infinity in"),
        (None, {"size": [10**9, 10**9]}, "size: width must be a whole number from 1 to 8192 px"),
        (None, {"size": [0, 5]}, "size: width must be"),
        (None, {"size": ["a", 5]}, "size.0: must be a whole number"),
        (None, {"line_width": -1}, "line_width: must be a width"),
        (None, {"epochs": -1}, "epochs: must not be negative"),
        (None, {"model": {"channels": 2}}, "model.use: must be the name of a network"),
        (None, {"model": {"use": "tiny", "channels": 64}}, "the weights do not fit the network"),
        (None, {"finding": {"threshold": 7}}, "finding.threshold"),
        (None, {"color": "red"}, "color"),
        (lambda tensors: {name: t.int() for name, t in tensors.items()}, {}, "these are no weights, but numbers"),
    ],
)
def test_weights_that_cannot_be_used_get_one_sentence(weights, tmp_path, dislo_gen, change, card, sentence):
    path = rewritten(weights, tmp_path / "w.safetensors", change, **card)
    with pytest.raises(LearningError) as caught:
        load_weights(path)[1].load_finding(str(path))
    assert sentence in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_network_larger_than_its_file_takes_no_memory(sandbox, weights, tmp_path):
    from dislo_gen import Model, component, register

    @register("model", "huge")
    @component
    class Huge(Model):
        """As large as its parameter says."""

        channels: int = 1
        width: int = 1

        def build(self):
            return torch.nn.Linear(self.width, self.width)

    path = rewritten(
        weights, tmp_path / "w.safetensors", model={"use": "huge", "channels": 1, "width": 10**7}
    )  # 400 TB
    with pytest.raises(LearningError, match="the weights do not fit the network"):
        load_weights(path)


def test_truncated_weights_are_named(weights, tmp_path):
    path = tmp_path / "cut.safetensors"
    path.write_bytes(weights.read_bytes()[:-100])
    with pytest.raises(LearningError, match=r"cut\.safetensors: not a whole safetensors file"):
        load_weights(path)


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (2, 40)])
def test_thin_pictures_are_looked_at(third_party, shape):
    from dislo_gen_plugins.models.oriented_unet import OrientedUNet

    model = OrientedUNet(width=2) if "width" in OrientedUNet.__annotations__ else OrientedUNet()
    network = build_network(model).eval()
    found = predict_channels(network, np.zeros(shape, np.float32), model, mirrored=True)
    assert found.shape[1:] == tuple(side * model.oversampling for side in shape)


@pytest.fixture
def fading(sandbox):
    """A network whose held-out pictures give no numbers from some epoch on."""
    from dislo_gen import Model, component, register

    @register("model", "fading")
    @component
    class Fading(Model):
        """Gives no number for pictures that it is judged by."""

        channels: int = 2
        good: int = 0

        def build(self):
            good = self.good

            class Network(torch.nn.Module):
                def __init__(self):
                    super().__init__()
                    self.layer = torch.nn.Conv2d(1, 2, 3, padding=1)
                    self.register_buffer("seen", torch.zeros((), dtype=torch.int64))

                def forward(self, images):
                    logits = self.layer(images)
                    if self.training:
                        self.seen += 1
                    elif self.seen > good:
                        logits = logits * torch.nan
                    return logits

            return Network()

    return Fading


FADING = (*WORDS, *SHORT, "--model", "fading")


def test_an_epoch_without_a_number_is_never_the_best(fading, dislo_gen, tmp_path):
    out = tmp_path / "run"
    said = dislo_gen("train", *FADING, "--set", "model.good=2", "-o", out)
    assert "note: epoch 2: held-out loss is not a number" in said
    for name in ("weights", "last"):
        assert read_card(out / f"{name}.safetensors").epochs == 1
    first, second = read_history(out)
    assert "held-out loss" in first
    assert "held-out loss" not in second
    assert json.loads((out / "run.json").read_text())["finished"]["best"]["epoch"] == 1


def test_a_training_without_any_number_ends_in_a_sentence(fading, dislo_gen, tmp_path):
    out = tmp_path / "run"
    for words in (("train", *FADING, "-o", out), ("resume", out)):
        assert "after no epoch were the losses numbers" in dislo_gen(*words, status=2)
    assert not list(out.glob("*.safetensors"))
