"""What surrounds a training: libraries kept quiet, and their errors turned into sentences."""

from __future__ import annotations

import contextlib
import logging
import warnings
from collections.abc import Iterator

import torch
from lightning.pytorch.utilities import rank_zero_only

from dislo_gen.errors import DisloGenError, LearningError
from dislo_gen.files import Folder
from dislo_gen.learning.callbacks import StoppedError
from dislo_gen.learning.folder import BEST
from dislo_gen.learning.module import NotANumberError
from dislo_gen.learning.plan import Plan


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
        best = folder.root / BEST
        kept = f"the last good weights are in {best}" if best.is_file() else "no weights had been written yet"
        raise LearningError(f"{error}; {kept}") from error
    except (DisloGenError, StoppedError):
        raise
    except (MemoryError, RuntimeError) as error:
        text = str(error)
        if isinstance(error, (MemoryError, torch.OutOfMemoryError)) or any(w in text for w in _OUT_OF_MEMORY):
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
        raise


def is_first_process() -> bool:
    """Say whether this is the process that speaks for all that train together."""
    return not getattr(rank_zero_only, "rank", 0)


_OUT_OF_MEMORY = ("out of memory", "can't allocate memory", "not enough memory", "killed by signal: Killed")
