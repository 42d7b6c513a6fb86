"""The state of a training on disk: everything that going on exactly takes."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import signal
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from lightning.pytorch.plugins.io import TorchCheckpointIO

from dislo_gen.errors import LearningError
from dislo_gen.files import Folder
from dislo_gen.plain import ABSENT, differences, parse_json

_PARTS = (
    "state_dict",
    "optimizer_states",
    "lr_schedulers",
    "loops",
    "callbacks",
    "epoch",
    "global_step",
    "epoch_loss",
)
_PLAN = "dislo-gen plan"
_SUM = "dislo-gen checksum"
_BROKEN = (KeyError, IndexError, RuntimeError, TypeError, ValueError, AttributeError, AssertionError)


INTERRUPTED, TERMINATED = 128 + signal.SIGINT, 128 + signal.SIGTERM
"""Exit status after Ctrl-C, and after the signal by which batch systems and containers end a program."""


class StoppedError(Exception):
    """The training was stopped; its state is saved.

    Attributes:
        status: the exit status that says by what: `INTERRUPTED` or `TERMINATED`.
    """

    def __init__(self, status: int = INTERRUPTED) -> None:
        super().__init__("the training was stopped; its state is saved")
        self.status = status


class WholeCheckpoints(TorchCheckpointIO):
    """Lightning's checkpoints, written whole or not at all, and read as tensors and plain data only.

    PyTorch's format can hold code, which ``weights_only`` refuses to run.

    Args:
        plan: of the training, plain; a state says whose it is.
    """

    def __init__(self, plan: dict[str, Any]) -> None:
        super().__init__()
        self.plan = plan
        self.loaded: Path | None = None

    def save_checkpoint(self, checkpoint: dict[str, Any], path: Any, storage_options: Any = None) -> None:
        """Write a checkpoint."""
        buffer = io.BytesIO()
        whole = {**checkpoint, _PLAN: json.dumps(self.plan)}
        torch.save({**whole, _SUM: checksum(whole)}, buffer)
        target = Path(path)
        Folder(target.parent).put(target.name, buffer.getvalue())

    def load_checkpoint(self, path: Any, map_location: Any = None, weights_only: bool | None = None) -> Any:
        """Read a checkpoint.

        Raises:
            LearningError: it is damaged, holds more than tensors and plain data, or is that of another training.
        """
        del weights_only
        try:
            found = torch.load(path, map_location=map_location or "cpu", weights_only=True)
        except StoppedError:
            raise
        except Exception as error:  # a broken file fails in as many ways as its format has parts
            raise _unreadable(path, type(error).__name__) from None
        missing = [name for name in _PARTS if name not in found] if isinstance(found, dict) else list(_PARTS)
        if missing:
            raise _unreadable(path, f"it has no {missing[0]}")
        for name in ("optimizer_states", "lr_schedulers"):  # Lightning would go on without any, and differently
            if not isinstance(found[name], list) or len(found[name]) != 1:
                raise _unreadable(path, f"it has not one of {name}")
        self._compare(found.get(_PLAN), path)
        # Lightning trusts what it wrote: numbers of its loops that somebody changed fail anywhere, or nowhere.
        if _SUM in found and found[_SUM] != checksum({key: found[key] for key in found if key != _SUM}):
            raise _unreadable(path, "it was changed after it was written")
        self.loaded = Path(path)
        return found

    def _compare(self, text: object, path: Any) -> None:
        """Refuse the state of another training; what only one version of this program knows does not count."""
        if text is None:  # of a program that did not write it down
            return
        plan = parse_json(text, path, LearningError) if isinstance(text, str) else text
        known = [line for line in differences(plan, self.plan) if ABSENT not in line]
        if known or not isinstance(plan, dict):
            raise _unreadable(path, f"it is that of another training: {known[0] if known else 'without a plan'}")

    @contextlib.contextmanager
    def restoring(self, has_begun: Callable[[], bool]) -> Iterator[None]:
        """Say what is wrong with a state where it shows only as a network and an optimizer take it up.

        Args:
            has_begun: says whether the training goes on already; what fails then has other reasons.

        Raises:
            LearningError: it is that of another network, or parts of it are something else.
        """
        try:
            yield
        except _BROKEN as error:
            if self.loaded is None or has_begun() or "memory" in str(error):
                raise
            raise _unreadable(self.loaded, " ".join(str(error).split())[:200] or type(error).__name__) from error


def checksum(state: Any) -> str:
    """Return a checksum of tensors and plain data in tables and lists, whatever their order of keys."""
    found = hashlib.blake2b(digest_size=16)
    _add(state, found.update)
    return found.hexdigest()


def _add(part: Any, add: Callable[[Any], object]) -> None:
    if isinstance(part, torch.Tensor):
        add(f"{part.dtype}{tuple(part.shape)}".encode())
        add(part.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy())
    elif isinstance(part, Mapping):
        add(b"{")
        for key in sorted(part, key=repr):
            add(f"{key!r}:".encode("utf-8", "backslashreplace"))
            _add(part[key], add)
        add(b"}")
    elif isinstance(part, (list, tuple)):
        add(b"[")
        for each in part:
            _add(each, add)
            add(b",")
        add(b"]")
    else:
        add(f"{type(part).__name__} {part!r}".encode("utf-8", "backslashreplace"))


def _unreadable(path: Any, reason: str) -> LearningError:
    return LearningError(
        f"{path}: this state of a training cannot be read ({reason}); remove it, and the training begins anew"
    )
