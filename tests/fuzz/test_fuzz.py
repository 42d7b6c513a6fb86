"""A short fuzz with every run of the tests: changed files of every kind are read, or refused in a clear sentence.

``release.py`` beside this file feeds ten thousand of them.
"""

from __future__ import annotations

import secrets
import sys
from collections.abc import Iterator

import numpy as np
import pytest
from fuzzing.corpus import kept, smaller
from fuzzing.farm import Farm, Fed
from fuzzing.mutate_bytes import mutate_bytes
from fuzzing.pictures import png
from fuzzing.targets import TARGETS, available
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

FIXED, RANDOM = 10, 48
HERE = [target.name for target in available()]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory is measured as Linux does")


@pytest.fixture(scope="module")
def farm() -> Iterator[Farm]:
    with Farm() as begun:
        yield begun


def check(fed: Fed, how: str) -> None:
    verdict = fed.verdict
    assert not verdict.is_finding, (
        f"{fed.target}, made from its {fed.seed}: {verdict.kind}: {verdict.told}\n"
        f"To see it again: Farm().feed({fed.target!r}, {how}); once mended, it belongs into tests/fuzz/corpus"
    )


@pytest.mark.parametrize("target", HERE)
def test_what_was_found_once_is_mended(farm, target):
    for name, seed, path in kept():
        if name == target:
            check(farm.feed(target, seed=seed, data=path.read_bytes()), f"seed={seed!r}, data=of {path.name}")


@pytest.mark.parametrize("target", HERE)
def test_valid_files_are_read(farm, target):
    for name, seed in TARGETS[target].seeds.items() if target in ("png", "tiff", "mrc", "dm", "labelme") else ():
        fed = farm.feed(target, seed=name, data=seed.files[seed.changed])
        assert fed.verdict.kind == "right", fed.verdict.told


@pytest.mark.parametrize("target", HERE)
def test_changed_files_the_same_ones_each_time(farm, target):
    @settings(
        derandomize=True,
        max_examples=FIXED,
        deadline=None,
        database=None,
        phases=[Phase.generate],
    )
    @given(number=st.integers(0, 2**62))
    def feed(number: int) -> None:
        check(farm.feed(target, number=number), f"number={number}")

    feed()


def test_changed_files_others_each_time(farm):
    seed = secrets.randbelow(2**32)
    rng = np.random.default_rng(seed)
    for _ in range(RANDOM):
        target, number = str(rng.choice(HERE)), int(rng.integers(2**62))
        check(farm.feed(target, number=number), f"number={number}")


def test_a_number_stands_for_the_same_change_each_time():
    seeds = png()
    first, second = (seeds[0].mutated(5, seeds) for _ in range(2))
    assert first == second
    assert len({seeds[0].mutated(number, seeds) for number in range(50)}) > 40
    assert mutate_bytes(b"", np.random.default_rng(0)) is not None


def test_what_is_found_is_made_smaller():
    data = bytes(5000) + b"needle" + bytes(7000)
    found = smaller(data, lambda candidate: b"needle" in candidate)
    assert b"needle" in found
    assert len(found) < 300
