"""Weights for an encoder to begin with: only when asked for, from wherever the hub's client is pointed to."""

import hashlib
import http.server
import os
import subprocess
import sys
import textwrap
import threading
from functools import partial

import pytest
import torch
from safetensors.torch import save_file

ENCODER, REPOSITORY = "mobileone_s0", "smp-hub/mobileone_s0.imagenet"


class Hub(http.server.BaseHTTPRequestHandler):
    """Serves two files the way the hub does, and remembers what was asked for."""

    def __init__(self, files, asked, *args):
        self.files, self.asked = files, asked
        super().__init__(*args)

    def _answer(self):
        self.asked.append(self.path)
        data = self.files.get(self.path.rpartition("/")[2]) if REPOSITORY in self.path else None
        self.send_response(200 if data else 404)
        if data:
            self.send_header("X-Repo-Commit", "0" * 40)
            self.send_header("ETag", f'"{hashlib.sha256(data).hexdigest()}"')
        self.send_header("Content-Length", str(len(data or b"")))
        self.end_headers()
        return data

    def do_HEAD(self):
        self._answer()

    def do_GET(self):
        data = self._answer()
        if data:
            self.wfile.write(data)

    def log_message(self, *_):
        pass


@pytest.fixture
def hub(tmp_path):
    """A hub on this machine with an encoder all of whose weights are 0.125."""
    from segmentation_models_pytorch.encoders import get_encoder

    state = get_encoder(ENCODER, weights=None).state_dict()
    save_file({k: torch.full_like(v, 0.125 if v.is_floating_point() else 1) for k, v in state.items()},
              tmp_path / "model.safetensors")  # fmt: skip
    asked = []
    files = {"model.safetensors": (tmp_path / "model.safetensors").read_bytes(), "config.json": b"{}"}
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Hub, files, asked))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


def run(code, endpoint, cache):
    extra = {
        "HF_ENDPOINT": endpoint,
        "HF_HOME": str(cache),
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_DISABLE_XET": "1",
    }
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        env={**os.environ, **extra},
        capture_output=True,
        text=True,
        timeout=120,
    )


CODE = f"""
    from dislo_gen import component_class, LearningError
    from dislo_gen.learning import build_network
    options = dict(encoder_weights="imagenet", width=2, channels=2)
    model = component_class("model", "unetpp")(encoder="{ENCODER}", **options)
    network = build_network(model)
    before = next(network.network.encoder.parameters()).flatten()[0].item()
    try:
        model.load_pretrained(network)
    except LearningError as error:
        print(error)
    else:
        weights = list(network.network.encoder.parameters())
        print(before != 0.125, weights[5].flatten()[0].item())
"""


def test_imagenet_weights_are_fetched_when_asked_for(hub, tmp_path):
    endpoint, asked = hub
    done = run(CODE, endpoint, tmp_path / "cache")
    assert done.stdout == "True 0.125\n", done.stdout + done.stderr
    assert any("model.safetensors" in path for path in asked)


def test_weights_that_the_hub_does_not_have_get_one_sentence(hub, tmp_path):
    endpoint, _ = hub
    done = run(CODE.replace(ENCODER, "mobileone_s1"), endpoint, tmp_path / "cache")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") == 1
    assert (
        "model.encoder_weights: the weights 'imagenet' for the encoder 'mobileone_s1' cannot be had" in done.stdout
    )
    assert "without --encoder-weights" in done.stdout


def test_nothing_is_fetched_unless_asked_for(hub, tmp_path):
    endpoint, asked = hub
    done = run(CODE.replace('encoder_weights="imagenet", ', ""), endpoint, tmp_path / "cache")
    assert done.returncode == 0, done.stderr
    assert asked == []
