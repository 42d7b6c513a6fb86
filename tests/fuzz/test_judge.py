"""The judge of the fuzz: it sees what it is there to see."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

import numpy as np
import pytest
from fuzzing import judge as judging
from fuzzing.farm import Farm
from fuzzing.judge import judge

from dislo_gen import DatasetError

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory is measured as Linux does")


def raising(error: BaseException) -> Callable[[], int]:
    def feed() -> int:
        raise error

    return feed


def test_results_and_clear_sentences_are_right():
    assert judge(lambda: 0, 0).kind == "right"
    assert judge(raising(DatasetError("a.png: is no picture")), 0).kind == "refused"


@pytest.mark.parametrize(
    "error", [ValueError("x"), OSError("x"), RecursionError(), KeyboardInterrupt(), SystemExit(3)], ids=repr
)
def test_any_other_exception_is_found(error):
    verdict = judge(raising(error), 0)
    assert verdict.kind == "exception"
    assert "test_judge.py" in verdict.told


@pytest.mark.parametrize(
    "text", ["", "  ", "Traceback (most recent call last)", "is <a.B object at 0x7f>", "x\n" * 99, "<class 'int'>"]
)
def test_a_message_that_helps_nobody_is_found(text):
    assert judge(raising(DatasetError(text)), 0).kind == "message"


def test_taking_long_is_found(monkeypatch):
    monkeypatch.setattr(judging, "SECONDS", 0.05)

    def feed() -> int:
        while True:
            pass

    assert judge(feed, 0).kind == "hang"


def test_waiting_long_is_found(monkeypatch):
    monkeypatch.setattr(judging, "WAITED", 0.05)
    reading, _ = os.pipe()
    assert judge(lambda: len(os.read(reading, 1)), 0).kind == "hang"


def test_memory_beyond_the_honest_size_is_found(monkeypatch):
    monkeypatch.setattr(judging, "SPARE", 100_000_000)

    def feed() -> int:
        return int(np.ones(200_000_000, np.uint8)[0]) - 1

    assert judge(feed, 1000).kind == "memory"
    assert judge(feed, 150_000_000).kind == "right"


def test_memory_that_was_refused_is_found():
    def feed() -> int:
        try:
            np.ones(1 << 35, np.uint8)
        except MemoryError as error:
            raise DatasetError("there is not enough memory for this picture") from error
        return 0

    assert judge(feed, 0).kind == "memory"


CRASHING = """
import ctypes
from fuzzing import worker
from fuzzing.targets import TARGETS, Target

def feed(folder, changed):
    return ctypes.string_at(0) if (folder / changed).read_bytes() == b"crash" else 0

TARGETS["crash"] = Target("crash", TARGETS["png"].make_seeds, feed)
worker.main()
"""


def test_the_end_of_the_process_is_found_and_the_next_input_is_fed(monkeypatch, tmp_path):
    (tmp_path / "crashing.py").write_text(CRASHING)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    with Farm("crashing") as farm:
        verdict = farm.feed("crash", seed="grey", data=b"crash").verdict
        assert (verdict.kind, verdict.signature) == ("death", "death SIGSEGV")
        assert "crashing.py" in verdict.told
        assert farm.feed("crash", seed="grey", data=b"fine").verdict.kind == "right"
