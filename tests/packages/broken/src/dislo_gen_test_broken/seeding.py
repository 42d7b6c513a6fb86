"""A module that seeds NumPy's global generator as soon as it is imported."""

from __future__ import annotations

import numpy as np
from dislo_gen_test_good.background import Grain

from dislo_gen import component

np.random.seed(12)  # noqa: NPY002


@component
class Seeding(Grain):
    """A sound background otherwise."""
