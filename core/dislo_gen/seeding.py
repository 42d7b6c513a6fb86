"""Random generators that depend on seed, sample, purpose and place in the recipe, and on nothing else."""

from __future__ import annotations

import functools
import hashlib
from enum import IntEnum

from numpy.random import PCG64, Generator, SeedSequence


class Purpose(IntEnum):
    """What a generator is for; part of its seed, so that one purpose never disturbs another."""

    PARAMETER = 1
    FIX = 2
    COMPONENT = 3
    HOOK = 4
    AUGMENTATION = 5
    ORDER = 6


@functools.lru_cache(maxsize=4096)
def slot_key(slot: str) -> int:
    """Return a 64-bit number for a slot's path (``geometry.0.spacing``), the same on every machine."""
    return int.from_bytes(hashlib.sha256(slot.encode()).digest()[:8], "big")


def generator(seed: int, index: int, purpose: Purpose, slot: str) -> Generator:
    """Return the generator for one purpose of one slot of one sample.

    The key is the slot, not the plugin in it: swapping a component leaves the draws of all others untouched.
    """
    return Generator(PCG64(SeedSequence(seed, spawn_key=(index, int(purpose), slot_key(slot)))))
