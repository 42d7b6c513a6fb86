"""The starter model: what comes with the package, used as somebody who has just installed it would."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from safetensors import safe_open

from dislo_gen import component_class, make_sample, open_predictions
from dislo_gen.defaults import default_weights_file
from dislo_gen.learning import load_weights, predict, read_card
from dislo_gen.ready_weights import find_weights
from dislo_gen.recipe import Recipe

YARDSTICK = Path(__file__).parents[1] / "yardstick"
FRAMES = Path(__file__).parents[3] / "shared" / "data"


@pytest.fixture
def offline(monkeypatch):
    """No connection leaves the process."""

    def refuse(*_: object) -> None:
        raise AssertionError("it reaches for the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.fixture(scope="module")
def pileup(tmp_path_factory):
    """A made frame of a pileup, as a file, and its truth."""
    settings = ["geometry.pileups=1", "geometry.dislocations=6", "geometry.spacing=24", "geometry.growth=1"]
    settings += ["geometry.slip_width=150", "geometry.shape=bow", "geometry.offset=0", "geometry.start=0.2"]
    recipe = Recipe.from_names(base="m2").with_settings(settings)
    sample = make_sample(recipe, 5, 0)
    path = tmp_path_factory.mktemp("frames") / "my_frame.png"
    Image.fromarray((sample.image * 255).astype(np.uint8)).save(path)
    return path, sample


def test_predict_works_right_after_installing(pileup, dislo_gen, tmp_path, monkeypatch, offline):
    path, sample = pileup
    monkeypatch.chdir(tmp_path)
    said = dislo_gen("predict", path)
    found = open_predictions("dislo-found")
    assert f"my_frame: {len(found.record('my_frame').confidence)} lines" in said
    score = component_class("metric", "instances")().score(found[0].masks.astype(np.float32), sample)
    assert score["instances_f1"] > 0.7
    assert Path("dislo-found/overlays/my_frame.png").is_file()


def test_it_is_small_and_learnt_from_made_images_alone():
    path = default_weights_file()
    assert path == find_weights("starter")
    assert path.stat().st_size < 10_000_000
    with safe_open(str(path), "pt") as file:
        kinds = {str(file.get_tensor(name).dtype) for name in file.keys()}  # noqa: SIM118 - not a mapping
    assert kinds <= {"torch.float16", "torch.int64"}
    card = read_card(path)
    assert card.data == ()
    assert card.recipes
    assert "real-blend" not in str(card.recipes)
    assert path.with_suffix(".md").is_file(), "its card is beside it"
    network, _ = load_weights(path)
    assert {str(weight.dtype) for weight in network.parameters()} == {"torch.float32"}


def test_starter_is_a_name_wherever_weights_are_asked_for(dislo_gen, tmp_path, monkeypatch):
    assert "oriented-unet" in dislo_gen("models", "starter")
    assert "starter" in dislo_gen("weights")
    words = ("--on", "m2", "-n", "1", "--metric", "centreline", "--size", "64", "-o", tmp_path / "judged")
    assert "starter" in dislo_gen("evaluate", "starter", *words)
    monkeypatch.chdir(tmp_path)
    said = dislo_gen("predict", "x.png", "--model", "startr", status=2)
    assert "startr: there is no such file of weights" in said
    assert "did you mean 'starter'?" in said
    Path("starter").mkdir()
    Path("x.png").write_bytes(b"")
    assert "this is a folder" in dislo_gen("predict", "x.png", "--model", "starter", status=2), "files come first"


def test_it_finds_the_lines_of_real_frames(tmp_path, monkeypatch):
    """Measured when it was made: see its card. What is asked for here is a little less."""
    if not FRAMES.is_dir():
        pytest.skip(f"there are no frames in {FRAMES}")
    monkeypatch.syspath_prepend(str(YARDSTICK))
    monkeypatch.delitem(sys.modules, "scoring", raising=False)
    from scoring import Score, labelled_frames, score_predictions

    together = {}
    for kind, frames in labelled_frames(FRAMES).items():
        scores = score_predictions(predict(frames, find_weights("starter"), tmp_path / kind))
        assert len(scores) == 3
        together[kind] = sum(scores.values(), Score())
    assert set(together) == {"cemes-tilt", "titanium-sequence"}
    assert together["cemes-tilt"].centreline > 0.8
    assert together["cemes-tilt"].instances > 0.55
    assert together["titanium-sequence"].centreline > 0.25, "one line, several times as wide as in other frames"
