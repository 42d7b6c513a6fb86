"""The script that reads strangers' files: what it counts, and what it ends with."""

from __future__ import annotations

import importlib.util
import os
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PillowImage

SCRIPT = Path(__file__).with_name("strangers.py")


@pytest.fixture
def strangers():
    spec = importlib.util.spec_from_file_location("strangers", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def place(tmp_path):
    folder = tmp_path / "place"
    folder.mkdir()
    PillowImage.fromarray(np.arange(4096, dtype=np.uint8).reshape(64, 64)).save(folder / "a.png")
    (folder / "b.png").write_bytes(b"no picture")
    (folder / "c.txt").write_text("no picture's name")
    with zipfile.ZipFile(folder / "d.zip", "w") as archive:
        archive.writestr("in/e.mrc", struct.pack("<4i", 8, 8, 1, 0).ljust(1024, b"\0") + bytes(range(64)))
    return folder


def test_what_is_read_and_refused_is_counted(strangers, place, capsys):
    assert strangers.main([str(place)]) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()[1:-1]]
    assert rows == [[".mrc", "1", "0", "0"], [".png", "1", "1", "0"], ["all", "2", "1", "0"]]


@pytest.mark.parametrize("error", [KeyError("x"), RecursionError(), TimeoutError("more than 20 s")])
def test_a_traceback_ends_it_with_one(strangers, place, capsys, monkeypatch, error):
    def fail(path):
        raise error

    monkeypatch.setattr(strangers, "open_film", fail)
    assert strangers.main([str(place)]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_nothing_to_read_ends_it_with_one(strangers, tmp_path):
    assert strangers.main([str(tmp_path)]) == 1


@pytest.mark.skipif("DISLO_GEN_STRANGERS" not in os.environ, reason="DISLO_GEN_STRANGERS names no folder of files")
def test_strangers_files_give_no_traceback(strangers):
    assert strangers.main([os.environ["DISLO_GEN_STRANGERS"]]) == 0
