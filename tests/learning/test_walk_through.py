"""The walk through learning, at its small size: it fails by itself where a promise is not kept."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

SCRIPT = Path(__file__).parents[2] / "examples" / "learning" / "walk_through.py"


@pytest.mark.long
def test_from_nothing_to_lines_in_pictures(tmp_path):
    done = subprocess.run(
        [sys.executable, SCRIPT, "--small", "--out", tmp_path / "walk"],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("kept: ") == 3
    assert "Going on after epoch 1" in done.stderr + done.stdout
    for name in ("trained/curves.png", "evaluation/matrix-length.png", "evaluation/by-lines-length.png",
                 "found/overlays/500.png"):  # fmt: skip
        with Image.open(tmp_path / "walk" / name) as picture:
            assert np.asarray(picture).std() > 5, name
