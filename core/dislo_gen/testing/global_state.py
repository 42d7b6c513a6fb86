"""The global random generators, which a plugin neither reads nor changes."""

from __future__ import annotations

import contextlib
import pickle
import random
from collections.abc import Iterator

import numpy as np


def global_random_states() -> tuple[bytes, bytes]:
    """Return the states of Python's and of NumPy's global generator, to be compared."""
    state = np.random.get_state()  # noqa: NPY002 - what is checked is that nobody uses it
    return pickle.dumps(random.getstate()), pickle.dumps(state)


@contextlib.contextmanager
def seeded_globally(seed: int) -> Iterator[None]:
    """Seed both generators, and leave them afterwards as they were."""
    kept = random.getstate(), np.random.get_state()  # noqa: NPY002
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002
    try:
        yield
    finally:
        random.setstate(kept[0])
        np.random.set_state(kept[1])  # noqa: NPY002
