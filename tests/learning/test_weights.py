"""Weights files: what is saved is loaded, and what is not whole or not ours is refused in one sentence."""

import attrs
import pytest
import torch
from safetensors.torch import save_file

from dislo_gen import LearningError, component_class
from dislo_gen.learning import build_network, load_weights, predict_channels, read_card, save_weights
from dislo_gen.learning.weights import model_entries

MODEL = component_class("model", "unetpp")(encoder="resnet18", depth=3, width=4, channels=3)


def card(network=MODEL, **changes):
    plain = {
        **model_entries(network),
        "size": [64, 48],
        "line_width": 3.0,
        "recipes": [],
        "data": ["frames"],
        "epochs": 2,
        "images": 20,
        "scores": {"length": 0.25},
        "training": {},
        "versions": {"torch": torch.__version__},
    }
    return {**plain, **changes}


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    path = tmp_path_factory.mktemp("weights") / "w.safetensors"
    network = build_network(MODEL, seed=5).eval()
    save_weights(path, network, card())
    return path, network


def test_what_is_saved_is_loaded(saved, rng_picture):
    path, network = saved
    again, found = load_weights(path)
    assert (predict_channels(again, rng_picture) == predict_channels(network, rng_picture)).all()
    assert found.load_model("here") == MODEL
    assert found == read_card(path)
    assert (found.size, found.epochs, found.scores) == ((64, 48), 2, {"length": 0.25})


def test_a_seed_gives_the_same_weights_and_leaves_torch_alone():
    before = torch.get_rng_state()
    one, other, third = (build_network(MODEL, seed).state_dict() for seed in (1, 1, 2))
    assert torch.equal(before, torch.get_rng_state())
    assert all(torch.equal(one[name], other[name]) for name in one)
    assert not all(torch.equal(one[name], third[name]) for name in one)


def says(path, *words):
    with pytest.raises(LearningError) as caught:
        load_weights(path)
    assert all(word in str(caught.value) for word in (str(path), *words)), str(caught.value)


def test_missing_truncated_and_foreign_files(saved, tmp_path):
    path, network = saved
    data = path.read_bytes()
    says(tmp_path / "no.safetensors", "no such file")
    for count in (0, 5, 1000, len(data) - 1):
        (tmp_path / "cut.safetensors").write_bytes(data[:count])
        says(tmp_path / "cut.safetensors", "not a whole safetensors file")
    (tmp_path / "text.safetensors").write_text("these are not weights")
    says(tmp_path / "text.safetensors", "not a whole safetensors file")
    save_file({"a": torch.zeros(3)}, tmp_path / "foreign.safetensors")
    says(tmp_path / "foreign.safetensors", "not of dislo-gen")
    says(path.parent, "this is a folder", path.name)
    torch.save(network.state_dict(), tmp_path / "pickle.safetensors")
    says(tmp_path / "pickle.safetensors", "not a whole safetensors file")


def test_weights_of_another_network_are_refused(saved, tmp_path):
    _, network = saved
    other = attrs.evolve(MODEL, channels=5)
    save_weights(tmp_path / "w.safetensors", network, card(other))
    says(tmp_path / "w.safetensors", "do not fit", "(3,", "(5,")
    save_weights(tmp_path / "v.safetensors", network, card(attrs.evolve(MODEL, depth=4)))
    says(tmp_path / "v.safetensors", "do not fit", "is missing in the file")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"model": {"use": "unetqq"}}, ["model", "unetqq", "made with the model of dislo-gen"]),
        ({"model": {"use": "unetpp", "channels": 0}}, ["model.channels"]),
        ({"format_version": 99}, ["a newer dislo-gen"]),
        ({"format": "something"}, ["format"]),
        ({"size": [64]}, ["size", "a list of 2"]),
        ({"scores": {"length": "high"}}, ["scores.length", "must be a number"]),
    ],
)
def test_a_card_that_is_wrong_somewhere_says_where(saved, tmp_path, changes, words):
    _, network = saved
    save_weights(tmp_path / "w.safetensors", network, card(**changes))
    says(tmp_path / "w.safetensors", *words)


def test_layers_that_share_weights_are_saved_once(tmp_path):
    class Tied(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.first = torch.nn.Conv2d(1, 1, 3, padding=1)
            self.second = torch.nn.Conv2d(1, 1, 3, padding=1)
            self.second.weight = self.first.weight

        def forward(self, images):
            return self.second(self.first(images))

    network, other = Tied(), Tied()
    save_weights(tmp_path / "w.safetensors", network, card())
    load_weights(tmp_path / "w.safetensors", into=other)
    images = torch.rand(1, 1, 8, 8)
    assert torch.equal(network(images), other(images))
    assert other.first.weight is other.second.weight


@pytest.mark.parametrize("shape", [(16, 16), (33, 47), (70, 64), (1, 1)])
def test_any_size_of_picture(shape):
    network = build_network(MODEL).eval()
    images = torch.rand(2, 1, *shape)
    assert network(images).shape == (2, 3, *shape)
    network.train()(images[:1]).mean().backward()


def test_an_encoder_that_is_not_there_suggests_the_nearest():
    with pytest.raises(LearningError, match=r"no encoder 'resnet19'; did you mean 'resnet1"):
        build_network(attrs.evolve(MODEL, encoder="resnet19"))
    with pytest.raises(LearningError, match=r"no encoder 'tu-resnetv9'"):
        build_network(attrs.evolve(MODEL, encoder="tu-resnetv9"))
