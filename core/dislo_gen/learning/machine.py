"""What a training runs on: words that are checked here before Lightning sees them."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator

import attrs
from lightning.fabric.utilities.exceptions import MisconfigurationException
from lightning.pytorch.accelerators import AcceleratorRegistry
from lightning.pytorch.strategies import StrategyRegistry
from lightning.pytorch.utilities import rank_zero_only

from dislo_gen.errors import LearningError, did_you_mean
from dislo_gen.files import Folder

_IN_ONE_PROGRAM = ("spawn", "fork", "notebook")
_DEVICES = re.compile(r"auto|-1|[1-9]\d{0,3}|\d{1,4}(,\d{1,4})+|\d{1,4},")
_PROCESSES_ON_A_CORE = 8


@attrs.frozen
class Machine:
    """What a training runs on; it decides how fast weights come, and not which.

    Attributes:
        accelerator: "auto", "cpu", "gpu", ….
        devices: how many, which ("0,2"), or "auto".
        nodes: how many machines.
        strategy: how they share the work, as Lightning calls it.
        workers: processes that make images, on each device; by default one for each core but one, at most 8.
    """

    accelerator: str = "auto"
    devices: str = "auto"
    nodes: int = 1
    strategy: str = "auto"
    workers: int | None = None

    def count_workers(self) -> int:
        """Return how many processes make images."""
        return max(1, min(8, (os.cpu_count() or 2) - 1)) if self.workers is None else self.workers

    @property
    def lightning_devices(self) -> int | str:
        """The devices as Lightning takes them."""
        return int(self.devices) if re.fullmatch(r"-?\d+", self.devices) else self.devices

    def check(self) -> None:
        """Check every word against what there is.

        Raises:
            LearningError: a word is none of those that are offered.
        """
        _one_of("--accelerator", self.accelerator, ["auto", "gpu", *sorted(AcceleratorRegistry)])
        strategies = [word for word in StrategyRegistry if not any(part in word for part in _IN_ONE_PROGRAM)]
        _one_of("--strategy", self.strategy, ["auto", *sorted(strategies)])
        if not _DEVICES.fullmatch(self.devices):
            raise LearningError(
                f"--devices {self.devices}: must be how many (1 or more), which of them (0,2), -1 for all, or auto"
            )
        most = _PROCESSES_ON_A_CORE * (os.cpu_count() or 1)
        if self.accelerator == "cpu" and self.devices.isdecimal() and int(self.devices) > most:
            raise LearningError(
                f"--devices {self.devices}: this machine has {os.cpu_count()} cores; at most {most}"
            )
        if self.nodes < 1:
            raise LearningError(f"--nodes {self.nodes}: must be 1 or more")
        if self.workers is not None and self.workers < 0:
            raise LearningError(f"--workers {self.workers}: must be 0 or more")

    @contextlib.contextmanager
    def explained(self, precision: str) -> Iterator[None]:
        """Turn what Lightning says of words that do not go together, or not here, into one sentence.

        Raises:
            LearningError: it will have none of them.
        """
        try:
            yield
        except (MisconfigurationException, ImportError, ValueError, TypeError, NotImplementedError) as error:
            raise LearningError(
                f"{self._words(precision)}: this machine cannot train so: {_short(error)}"
            ) from error

    def _words(self, precision: str) -> str:
        words = {"accelerator": self.accelerator, "devices": self.devices, "strategy": self.strategy}
        said = [f"--{name} {word}" for name, word in words.items() if word != "auto"]
        return " ".join([*said, f"--precision {precision}"])


def is_first_process() -> bool:
    """Say whether this is the process that speaks for all that train together."""
    return not getattr(rank_zero_only, "rank", 0)


@contextlib.contextmanager
def taken(folder: Folder) -> Iterator[None]:
    """Hold the folder for this training; of processes that train together the first holds it for all.

    Raises:
        DatasetError: another run has it.
    """
    if is_first_process():
        with folder.taken():
            yield
    else:
        yield


def _one_of(option: str, word: str, offered: list[str]) -> None:
    if word not in offered:
        hint = did_you_mean(word, offered)
        raise LearningError(f"{option} {word}: must be one of: {', '.join(offered)}{hint}")


def _short(error: Exception) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= 300 else f"{text[:300]}…"
