"""Processes that make images end with the training they work for, also where they are about to hand on a batch."""

import os
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

PARENT = """
    import time
    from dislo_gen import Recipe, component_class
    from dislo_gen.learning.datasets import InOrder
    from dislo_gen.learning.loading import ordered_loader
    from dislo_gen.learning.sources import Made

    samples = Made(Recipe.from_names(background="plain", geometry="lines", renderer="cairo", size=256), 0, 64)
    loader = ordered_loader(InOrder(samples, component_class("model", "unetpp")()), 4, 1)
    batches = iter(loader)
    next(batches)
    print("begun", flush=True)
    time.sleep(60)  # and takes no other, so that the next one waits in the pipe
"""


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="processes are looked up as Linux shows them")
def test_a_worker_ends_with_a_training_that_is_killed():
    words = [sys.executable, "-c", textwrap.dedent(PARENT)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "begun\n"
        time.sleep(1)
        children = Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text().split()
        assert children
        parent.kill()
    end = time.monotonic() + 15
    while alive := [child for child in children if os.path.exists(f"/proc/{child}")]:  # noqa: PTH110
        if time.monotonic() > end:
            for child in alive:
                os.kill(int(child), 9)
            pytest.fail(f"{alive} outlived the training")
        time.sleep(0.05)
