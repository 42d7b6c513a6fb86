"""What happens around the learning itself: saving, stopping, writing down, telling."""

from __future__ import annotations

import csv
import io
import signal
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import lightning
from lightning.pytorch.callbacks import Callback

from dislo_gen.files import Folder
from dislo_gen.hooks import broker
from dislo_gen.learning.folder import BEST, HISTORY, LAST, STATE
from dislo_gen.learning.module import Teacher
from dislo_gen.learning.weights import save_weights

Scores = Mapping[str, float]
_SECONDS_BETWEEN_STATES = 300.0


class StoppedError(Exception):
    """The user stopped the training; its state is saved."""


class History(Callback):
    """Writes ``metrics.csv``, one row an epoch, and keeps the best and the last weights.

    Args:
        folder: the training's folder.
        card: makes a weights file's card of what is true after an epoch.
        judged_by: name of the number that the best weights are chosen by; without one the last are the best.
        higher_is_better: whether more of it is better.
        draw: called after each epoch, to draw curves and predictions.
        tell: called with each epoch's row and whether it is the best so far.
    """

    def __init__(
        self,
        folder: Folder,
        card: Callable[[int, Scores], Mapping[str, Any]],
        judged_by: str | None,
        higher_is_better: bool,
        draw: Callable[[list[dict[str, float]], Teacher], None],
        tell: Callable[[dict[str, float], bool], object],
    ) -> None:
        self.folder = folder
        self.card = card
        self.judged_by = judged_by
        self.sign = 1 if higher_is_better else -1
        self.draw = draw
        self.tell = tell
        self.rows: list[dict[str, float]] = []
        self._began = time.monotonic()

    def state_dict(self) -> dict[str, Any]:
        """Return the rows so far."""
        return {"rows": self.rows}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take the rows up again."""
        self.rows = list(state["rows"])

    def on_train_epoch_start(self, trainer: lightning.Trainer, module: Any) -> None:
        """Begin the epoch's clock."""
        self._began = time.monotonic()

    def on_train_epoch_end(self, trainer: lightning.Trainer, module: Any) -> None:
        """Write everything down, then save the state from which the next epoch goes on."""
        row: dict[str, float] = {
            "epoch": trainer.current_epoch + 1,
            "step": trainer.global_step,
            "loss": module.mean_loss(),
            **module.scores,
            "learning rate": trainer.optimizers[0].param_groups[0]["lr"],
            "seconds": round(time.monotonic() - self._began, 2),
        }
        module.epoch_loss.total = module.epoch_loss.count = 0.0
        is_best = all(self._score(row) > self._score(before) for before in self.rows)
        self.rows.append(row)
        if trainer.logger is not None:
            trainer.logger.log_metrics(
                {k: v for k, v in row.items() if k not in ("epoch", "step")}, trainer.global_step
            )
        if trainer.is_global_zero:
            self._write(trainer, module, row, is_best)
        trainer.save_checkpoint(self.folder.root / STATE)
        if trainer.is_global_zero:
            self.tell(row, is_best)
            scores = {name: value for name, value in row.items() if name != "epoch"}
            broker().observe("epoch_ended", folder=self.folder.root, epoch=int(row["epoch"]), scores=scores)

    def _write(self, trainer: lightning.Trainer, module: Teacher, row: dict[str, float], is_best: bool) -> None:
        card = self.card(trainer.current_epoch + 1, row)
        if is_best:
            save_weights(self.folder.path(BEST), module.judged, card)
        save_weights(self.folder.path(LAST), module.judged, card)
        self.folder.put(HISTORY, _table(self.rows))
        self.draw(self.rows, module)

    @property
    def best(self) -> dict[str, float]:
        """The row of the best weights."""
        return max(self.rows, key=self._score)

    def _score(self, row: Scores) -> float:
        return row["epoch"] if self.judged_by is None else self.sign * row[self.judged_by]


class Averaging(Callback):
    """Keeps the running mean of the weights.

    It must come before whatever saves a state: Lightning calls the callbacks in their order and the module's own
    hook after all of them, and a state saved between a step and its mean would resume without that step in it.
    """

    def on_train_batch_end(
        self, trainer: lightning.Trainer, module: Any, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Take the step's weights in."""
        module.take_into_average()


class Progress(Callback):
    """Tells how many batches are done, of all that are planned."""

    def __init__(self, progress: Callable[[int, int, str], object], steps: int) -> None:
        self.progress = progress
        self.steps = steps

    def on_train_start(self, trainer: lightning.Trainer, module: Any) -> None:
        """Show where the training stands."""
        self.progress(trainer.global_step, self.steps, "learning")

    def on_train_batch_end(
        self, trainer: lightning.Trainer, module: Any, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Show one batch more."""
        self.progress(trainer.global_step, self.steps, f"loss {module.epoch_loss.mean:.3f}")

    def on_validation_start(self, trainer: lightning.Trainer, module: Any) -> None:
        """Say that held-out images are being judged."""
        self.progress(trainer.global_step, self.steps, "judging held-out images")


class StateKeeper(Callback):
    """Saves the state now and then, and when the user stops the training.

    The first Ctrl-C lets the step finish and saves the state; a second one stops at once.
    """

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self._wanted = False
        self._saved = time.monotonic()
        self._before: Any = None

    def on_fit_start(self, trainer: lightning.Trainer, module: Any) -> None:
        """Listen for Ctrl-C."""
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._stop)

    def teardown(self, trainer: lightning.Trainer, module: Any, stage: str) -> None:
        """Listen no longer."""
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)
            self._before = None

    def _stop(self, number: int, frame: Any) -> None:
        if self._wanted:
            raise KeyboardInterrupt
        self._wanted = True

    def on_train_batch_end(
        self, trainer: lightning.Trainer, module: Any, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Save if it is time, and stop if that is wanted."""
        if trainer.is_last_batch:
            return  # the epoch's end saves, after the held-out images
        stop = trainer.strategy.reduce_boolean_decision(self._wanted, all=False)
        due = trainer.strategy.broadcast(time.monotonic() - self._saved > _SECONDS_BETWEEN_STATES)
        if stop or due:
            trainer.save_checkpoint(self.folder.root / STATE)
            self._saved = time.monotonic()
        if stop:
            raise StoppedError

    def on_train_epoch_end(self, trainer: lightning.Trainer, module: Any) -> None:
        """Stop after an epoch; `History`, which comes before, has saved its state."""
        self._saved = time.monotonic()
        if trainer.strategy.reduce_boolean_decision(self._wanted, all=False):
            raise StoppedError


class EpochKeeper(Callback):
    """Tells the loader which epoch it is, which Lightning does for loaders of its own kind only."""

    def on_train_start(self, trainer: lightning.Trainer, module: Any) -> None:
        """Before the first batch, of a resumed epoch, too."""
        self._set(trainer)

    def on_train_epoch_start(self, trainer: lightning.Trainer, module: Any) -> None:
        """Before an epoch's first batch."""
        self._set(trainer)

    @staticmethod
    def _set(trainer: lightning.Trainer) -> None:
        loader: Any = trainer.train_dataloader
        loader.epochs.set_epoch(trainer.current_epoch)


def _table(rows: list[dict[str, float]]) -> bytes:
    text = io.StringIO()
    names = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def read_history(folder: Path) -> list[dict[str, float]]:
    """Return the rows of a training's ``metrics.csv``, the oldest first."""
    path = folder / HISTORY
    if not path.is_file():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return [{name: float(value) for name, value in row.items() if value} for row in csv.DictReader(file)]
