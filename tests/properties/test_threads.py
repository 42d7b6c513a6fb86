"""The bytes of a sample do not depend on how many threads the mathematical libraries use."""

from __future__ import annotations

import os
import subprocess
import sys

PROGRAM = """
import hashlib
from dislo_gen import Recipe, make_sample
for base, renderer in (("wild", "cairo"), ("m2", "two-beam")):
    recipe = Recipe.from_names(base=base, renderer=renderer, size=300)
    for index in range(3):
        sample = make_sample(recipe, 0, index)
        print(hashlib.sha256(sample.image.tobytes() + sample.masks.tobytes()).hexdigest())
"""


def test_one_thread_or_three():
    found = set()
    for threads in "13":
        variables = {f"{name}_NUM_THREADS": threads for name in ("OMP", "OPENBLAS", "MKL")}
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM], env=os.environ | variables, check=True, capture_output=True, text=True
        )
        found.add(done.stdout)
    assert len(found) == 1
    assert len(set(found.pop().split())) == 6
