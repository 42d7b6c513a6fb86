"""What the tests of faults share: a network, pictures, and one command tried many times."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

TRIALS = Path(__file__).with_name("trials.py")


def _of_learning(name: str) -> Any:
    """Return a fixture of the tests of learning, which have the network that finds what is dark."""
    path = Path(__file__).parents[1] / "learning" / "conftest.py"
    spec = importlib.util.spec_from_file_location("dislo_gen_tests_learning", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return getattr(module, name)


good_package = _of_learning("good_package")
third_party = _of_learning("third_party")
dark_weights = _of_learning("dark_weights")
dislo_gen = _of_learning("dislo_gen")


@pytest.fixture
def killed(kit: Any) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a command that is killed at random moments, as ``trials.py`` says; it must come to its end."""

    def run(seed: int, times: int, *words: object) -> subprocess.CompletedProcess[str]:
        folders = [Path(folder) for folder in os.environ.get("PYTHONPATH", "").split(os.pathsep) if folder]
        done = subprocess.run(
            [sys.executable, TRIALS, str(seed), str(times), "--", *map(str, words)],
            capture_output=True, text=True, check=False, timeout=240, env=kit.environment(*folders),
        )  # fmt: skip
        assert "Traceback" not in done.stderr, done.stderr
        assert done.returncode == 0, done.stderr + done.stdout
        return done

    return run


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A folder of grainy pictures with a dark line each."""
    folder = tmp_path / "film"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for number in range(12):
        pixels = np.clip(rng.normal(170, 6, (64, 96)), 0, 255).astype(np.uint8)
        pixels[10 + 3 * number : 13 + 3 * number, 8:-8] = 30
        Image.fromarray(pixels).save(folder / f"f{number}.png")
    return folder
