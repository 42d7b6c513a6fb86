"""Hooks that alter samples: a class, and an object."""

from __future__ import annotations

import attrs
import numpy as np
from numpy.random import Generator

from dislo_gen import Sample, hookimpl


class Brighten:
    """Make pictures brighter, each as much as chance has it."""

    @hookimpl
    def alter_sample(self, sample: Sample, rng: Generator) -> Sample:
        """Return the brighter sample."""
        return attrs.evolve(sample, image=np.sqrt(sample.image) * np.float32(rng.uniform(0.8, 1)))


class Darken:
    """Make pictures darker."""

    @hookimpl
    def alter_sample(self, sample: Sample) -> Sample:
        """Return the darker sample."""
        return attrs.evolve(sample, image=sample.image**2)


DARKEN = Darken()
