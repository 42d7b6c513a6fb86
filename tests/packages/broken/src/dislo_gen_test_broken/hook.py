"""Broken hooks. A hook has no parameters in a recipe, so each way to misbehave is an object of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import attrs
import numpy as np
from dislo_gen_test_good.hook import Brighten
from numpy.random import Generator

from dislo_gen import Image, Sample, component, hookimpl
from dislo_gen_test_broken import declarations
from dislo_gen_test_broken.misbehaviour import Misbehaves


@component
class Misbehaving(Misbehaves):
    """Misbehaves as it is told to."""

    @hookimpl
    def alter_sample(self, sample: Sample, rng: Generator) -> Sample:
        factor = np.float32(1 - 0.1 * self.disturbance(sample.image.shape))
        return attrs.evolve(sample, image=sample.image * factor)


COUNTS = Misbehaving(how="counts")
REMEMBERS = Misbehaving(how="remembers")
PROCESS = Misbehaving(how="depends on the process")
SET = Misbehaving(how="depends on a set")
READS = Misbehaving(how="reads the global state")
DRAWS = Misbehaving(how="draws from the global state")
SEEDS = Misbehaving(how="seeds the global state")
ITSELF = Misbehaving(how="changes itself")
DOWNLOADS = Misbehaving(how="downloads")
PIXEL = Misbehaving(how="fails at a single pixel")


class Unpublished(Brighten):
    """No entry point leads to it."""


class Undocumented(Brighten):
    pass


@component
class Unexplained(declarations.Unexplained, Brighten):
    """Has a parameter without Help."""


@component
class Unbounded(declarations.Unbounded, Brighten):
    """Has a number without Range."""


class Misspelt:
    """Marks a hook that there is not."""

    @hookimpl
    def alter_samples(self, sample: Sample) -> None:
        return None


class Unmarked:
    """Marks nothing."""

    def alter_sample(self, sample: Sample) -> None:
        return None


class Nothing:
    """Has nothing to do with hooks."""


class WrongArgument:
    """Asks for an argument that the hook has not."""

    @hookimpl
    def alter_sample(self, picture: Image) -> None:
        return None


class Double:
    """Alters pictures into float64."""

    @hookimpl
    def alter_sample(self, sample: Sample) -> Sample:
        return attrs.evolve(sample, image=sample.image.astype(np.float64))


class TooFew:
    """Drops a mask and keeps its defect."""

    @hookimpl
    def alter_sample(self, sample: Sample) -> Sample:
        return attrs.evolve(sample, masks=sample.masks[1:])


class Fails:
    """Fails when a dataset is finished."""

    @hookimpl
    def dataset_finished(self, folder: Path, count: int) -> None:
        raise OSError(f"the disk with {folder.name} is full")


class Keeps:
    """Keeps the pictures that it returned."""

    kept: ClassVar[dict[bytes, Image]] = {}

    @hookimpl
    def alter_sample(self, sample: Sample) -> Any:
        picture = self.kept.setdefault(sample.image.tobytes(), sample.image.copy())
        return attrs.evolve(sample, image=picture)


class InPlace:
    """Changes the sample that it is given."""

    @hookimpl
    def alter_sample(self, sample: Sample) -> Any:
        sample.image[...] *= 0.5
        return sample


class Scribbles:
    """Changes the sample that it observes."""

    @hookimpl
    def sample_made(self, sample: Sample) -> None:
        sample.masks[...] = False


class Demanding:
    """Wants something that nobody gives it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @hookimpl
    def sample_made(self, sample: Sample) -> None:
        return None
