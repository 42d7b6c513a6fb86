"""Killed at random moments, and run again: what there is in the end is what an undisturbed run makes."""

import json
import os
import secrets
import shutil

import pytest
from safetensors.torch import load_file

from dislo_gen import verify_predictions

TIMES = 4


@pytest.fixture
def seed():
    """Another one at each run of the suite, which a failure shows; DISLO_GEN_FAULTS_SEED repeats it."""
    return int(os.environ.get("DISLO_GEN_FAULTS_SEED", secrets.randbits(31)))


def test_generate(kit, dataset, killed, tmp_path, seed):
    folder = tmp_path / "d"
    killed(seed, TIMES, *kit.SMALL, "-n", 4, "-j", 1, "-o", folder)
    assert kit.tree(folder) == kit.tree(dataset)


def test_predict(kit, dislo_gen, killed, pictures, dark_weights, tmp_path, seed):
    words = ("predict", pictures, "--model", dark_weights, "-o")
    dislo_gen(*words, tmp_path / "undisturbed")
    found = tmp_path / "found"
    done = killed(seed, TIMES, *words, found)
    assert done.stdout.count(": 1 line") == 12
    assert kit.tree(found) == kit.tree(tmp_path / "undisturbed")

    labels = found / "labelme/f3.json"
    labels.write_text(json.dumps({**json.loads(labels.read_text()), "flags": {"mine": True}}))
    expected = {**kit.tree(tmp_path / "undisturbed"), "labelme/f3.json": labels.read_bytes()}
    shutil.rmtree(found / "overlays")
    killed(seed, 2, *words, found)
    assert kit.tree(found) == expected
    assert [problem.name for problem in verify_predictions(found)] == ["f3"]


def test_train(dislo_gen, killed, third_party, tmp_path, seed):
    words = (
        "train", "clean", "--model", "tiny", "--channels", "2", "--size", "32", "--precision", "32-true",
        "--workers", "0", "--accelerator", "cpu", "--batch", "2", "--set", "held_out.images=2", "--epochs", "3",
        "--images", "6", "-o",
    )  # fmt: skip
    dislo_gen(*words, tmp_path / "undisturbed")
    killed(seed, TIMES, *words, tmp_path / "run")
    weights, others = (load_file(tmp_path / run / "weights.safetensors") for run in ("undisturbed", "run"))
    assert weights.keys() == others.keys()
    assert all(weights[name].equal(others[name]) for name in weights)
    rows = [(tmp_path / run / "metrics.csv").read_text().splitlines() for run in ("undisturbed", "run")]
    assert [row.rpartition(",")[0] for row in rows[0]] == [
        row.rpartition(",")[0] for row in rows[1]
    ]  # not seconds
    assert json.loads((tmp_path / "run/run.json").read_text())["finished"]
