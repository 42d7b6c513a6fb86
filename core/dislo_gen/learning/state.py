"""The state of a training on disk: everything that going on exactly takes."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import torch
from lightning.pytorch.plugins.io import TorchCheckpointIO

from dislo_gen.errors import LearningError
from dislo_gen.files import Folder


class WholeCheckpoints(TorchCheckpointIO):
    """Lightning's checkpoints, written whole or not at all, and read as tensors and plain data only.

    PyTorch's format can hold code, which ``weights_only`` refuses to run.
    """

    def save_checkpoint(self, checkpoint: dict[str, Any], path: Any, storage_options: Any = None) -> None:
        """Write a checkpoint."""
        buffer = io.BytesIO()
        torch.save(checkpoint, buffer)
        target = Path(path)
        Folder(target.parent).put(target.name, buffer.getvalue())

    def load_checkpoint(self, path: Any, map_location: Any = None, weights_only: bool | None = None) -> Any:
        """Read a checkpoint.

        Raises:
            LearningError: it is damaged, or holds more than tensors and plain data.
        """
        del weights_only
        try:
            return torch.load(path, map_location=map_location or "cpu", weights_only=True)
        except Exception as error:  # a broken file fails in as many ways as its format has parts
            raise LearningError(
                f"{path}: this state of a training cannot be read ({type(error).__name__}); remove it, and the "
                f"training begins anew"
            ) from None
