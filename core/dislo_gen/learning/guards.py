"""What surrounds a training: libraries kept quiet, and their errors turned into sentences."""

from __future__ import annotations

import contextlib
import logging
import warnings
from collections.abc import Iterator

import torch
from lightning.fabric.utilities.exceptions import MisconfigurationException

from dislo_gen import paths
from dislo_gen.errors import DisloGenError, LearningError
from dislo_gen.files import Folder
from dislo_gen.learning.folder import BEST, LAST
from dislo_gen.learning.module import NotANumberError
from dislo_gen.learning.plan import Plan
from dislo_gen.learning.state import StoppedError


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep Lightning's remarks about its own settings from the user, who did not make them."""
    loggers = [logging.getLogger(name) for name in ("lightning.pytorch", "lightning.fabric", "lightning")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module=r"lightning\..*|torch\..*|tensorboard.*|google\..*")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


@contextlib.contextmanager
def explained(plan: Plan, folder: Folder) -> Iterator[None]:
    """Turn what goes wrong inside torch into a sentence that says what to do."""
    try:
        yield
    except NotANumberError as error:
        raise LearningError(f"{error}; {good_weights(folder)}") from error
    except (DisloGenError, StoppedError):
        raise
    except MisconfigurationException as error:
        raise LearningError(f"this machine cannot train so: {' '.join(str(error).split())[:300]}") from error
    except (MemoryError, RuntimeError) as error:
        text = str(error)
        if is_out_of_memory(error):
            width, height = plan.size.xy
            raise LearningError(
                f"there is not enough memory for batches of {plan.schedule.batch} images of {width} x {height}; "
                f"try a smaller --batch, a smaller --size, a smaller encoder, or fewer --workers"
            ) from error
        if "parameters that were not used" in text:
            raise LearningError(
                "the network has weights that it does not use, which several processes must be told: add "
                "--strategy ddp_find_unused_parameters_true"
            ) from error
        if any(words in text for words in _NO_SUCH_ARITHMETIC):
            raise LearningError(
                f"--precision {plan.precision}: this machine does not calculate so with this network "
                f"({text.splitlines()[0][:120]}); try --precision 32-true"
            ) from error
        raise


def is_out_of_memory(error: BaseException) -> bool:
    """Say whether an error means that memory was not enough."""
    known = isinstance(error, (MemoryError, torch.OutOfMemoryError))
    return known or any(words in str(error) for words in _OUT_OF_MEMORY)


def good_weights(folder: Folder) -> str:
    """Say where a training's good weights are, if it has any."""
    found = [folder.root / name for name in (BEST, LAST) if paths.is_file(folder.root / name)]
    return f"the last good weights are in {found[0]}" if found else "no weights had been written yet"


_NO_SUCH_ARITHMETIC = (
    "not implemented for",
    "must have the same dtype",
    "expected scalar type",
    "should be the same",
)
_OUT_OF_MEMORY = ("out of memory", "can't allocate memory", "not enough memory", "killed by signal: Killed")
