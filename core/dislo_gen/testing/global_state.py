"""The global random generators, which a plugin neither reads nor changes."""

from __future__ import annotations

import pickle
import random

import numpy as np


def global_random_states() -> tuple[bytes, bytes]:
    """Return the states of Python's and of NumPy's global generator, to be compared."""
    state = np.random.get_state()  # noqa: NPY002 - what is checked is that nobody uses it
    return pickle.dumps(random.getstate()), pickle.dumps(state)
