"""What happens around the learning itself: saving, stopping, writing down, telling."""

from __future__ import annotations

import contextlib
import csv
import io
import logging
import math
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import lightning
from lightning.pytorch.callbacks import Callback

from dislo_gen import paths
from dislo_gen.errors import DatasetError
from dislo_gen.files import Folder
from dislo_gen.hooks import broker
from dislo_gen.learning.folder import BEST, HISTORY, LAST, STATE
from dislo_gen.learning.machine import is_first_process
from dislo_gen.learning.module import NotANumberError, Teacher
from dislo_gen.learning.state import TERMINATED, StoppedError
from dislo_gen.learning.weights import is_numbers, save_weights
from dislo_gen.plain import read_text

Scores = Mapping[str, float]
_SECONDS_BETWEEN_STATES = 300.0
_SECONDS_OF_GRACE = 5.0
logger = logging.getLogger("dislo_gen")


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
        """Take the rows up again; ``metrics.csv`` is kept aside if somebody changed it."""
        self.rows = list(state["rows"])
        if not paths.is_file(self.folder.path(HISTORY)) or not is_first_process():
            return
        try:
            there = read_history(self.folder.root)
        except DatasetError:
            there = []
        if there[: len(self.rows)] != [finite(row) for row in self.rows]:
            logger.warning("%s had been changed; it is kept as %s", HISTORY, self.folder.keep_aside(HISTORY))

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
        if not all(map(is_numbers, module.judged.state_dict().values())):
            raise NotANumberError(
                f"after epoch {row['epoch']} the weights are not numbers; a smaller learning rate or "
                f"--precision 32-true may help"
            )
        is_best = self.is_good(row) and all(self._score(row) > self._score(before) for before in self.rows)
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
        if not self.is_good(row):
            self.folder.put(HISTORY, _table(self.rows))
            wrong = ", ".join(name for name in self._decisive(row) if not math.isfinite(row.get(name, math.nan)))
            logger.warning(
                "epoch %d: %s is not a number, so its weights are not kept; if this stays so, begin anew with a "
                "smaller learning rate",
                *(row["epoch"], wrong),
            )
            return
        card = self.card(trainer.current_epoch + 1, finite(row))
        if is_best:
            save_weights(self.folder.path(BEST), module.judged, card)
        save_weights(self.folder.path(LAST), module.judged, card)
        self.folder.put(HISTORY, _table(self.rows))
        self.draw(self.rows, module)

    @property
    def best(self) -> dict[str, float] | None:
        """The row of the best weights, what is no number left out; None if no epoch's losses were numbers."""
        good = [row for row in self.rows if self.is_good(row)]
        return finite(max(good, key=self._score)) if good else None

    def is_good(self, row: Scores) -> bool:
        """Say whether the numbers that tell whether weights are any good, losses among them, are numbers."""
        return all(math.isfinite(row.get(name, math.nan)) for name in self._decisive(row))

    def _decisive(self, row: Scores) -> list[str]:
        losses = [name for name in row if name.endswith("loss")]
        return losses if self.judged_by is None else [*losses, self.judged_by]

    def _score(self, row: Scores) -> float:
        if not self.is_good(row):
            return -math.inf
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
    """Saves the state now and then, and when the training is stopped.

    The first Ctrl-C, or the first SIGTERM of a batch system, lets the step finish and saves the state; a second
    one stops at once.
    """

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self.has_begun = False
        self._wanted = 0
        self._asked = 0.0
        self._saved = time.monotonic()

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        """Listen for Ctrl-C and SIGTERM."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self._stop) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                if handler is not None:
                    signal.signal(number, handler)

    def on_train_start(self, trainer: lightning.Trainer, module: Any) -> None:
        """Listen again: Lightning has put its own listener there, which would end the program with status 0."""
        self.has_begun = True
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, self._stop)

    def _stop(self, number: int, frame: Any) -> None:
        if not self.has_begun:  # there is nothing yet to save that is not saved
            raise StoppedError(128 + number)
        if self._wanted:
            raise KeyboardInterrupt if number == signal.SIGINT else StoppedError(TERMINATED)
        self._wanted, self._asked = 128 + number, time.monotonic()

    def _all_want(self, trainer: lightning.Trainer) -> bool:
        return trainer.strategy.reduce_boolean_decision(bool(self._wanted), all=False)

    def on_validation_batch_end(self, trainer: lightning.Trainer, module: Any, *_: Any) -> None:
        """Stop while held-out images are judged if there is no time left; the state before them is kept."""
        alone = trainer.world_size == 1  # others would wait for this process without end
        if alone and self._wanted == TERMINATED and time.monotonic() - self._asked > _SECONDS_OF_GRACE:
            raise StoppedError(TERMINATED)

    def on_train_batch_end(
        self, trainer: lightning.Trainer, module: Any, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Save if it is time, and stop if that is wanted."""
        if trainer.is_last_batch:
            return  # the epoch's end saves, after the held-out images
        stop = self._all_want(trainer)
        due = trainer.strategy.broadcast(time.monotonic() - self._saved > _SECONDS_BETWEEN_STATES)
        if stop or due:
            trainer.save_checkpoint(self.folder.root / STATE)
            self._saved = time.monotonic()
        if stop:
            raise StoppedError(self._wanted or TERMINATED)

    def on_train_epoch_end(self, trainer: lightning.Trainer, module: Any) -> None:
        """Stop after an epoch; `History`, which comes before, has saved its state."""
        self._saved = time.monotonic()
        if self._all_want(trainer):
            raise StoppedError(self._wanted or TERMINATED)


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
    writer.writerows(map(finite, rows))  # what is no number stays empty
    return text.getvalue().encode()


def finite(row: Scores) -> dict[str, float]:
    """Return a row without what is no number: NaN and infinities, which JSON has not."""
    return {name: value for name, value in row.items() if math.isfinite(value)}


def read_history(folder: str | Path) -> list[dict[str, float]]:
    """Return the rows of a training's ``metrics.csv``, the oldest first; without what was no number.

    Raises:
        DatasetError: somebody changed it, and it is not what a training writes.
    """
    path = Path(folder) / HISTORY
    if not paths.is_file(path):
        return []
    try:
        table = list(csv.reader(io.StringIO(read_text(path)), strict=True))
        names = table[0] if table else []
        rows = [_read_row(names, cells) for cells in table[1:]]
    except (ValueError, csv.Error) as error:
        raise DatasetError(
            f"{path}: this is not as a training writes it ({error}); remove it, or put back what was changed"
        ) from None
    return rows


def _read_row(names: list[str], cells: list[str]) -> dict[str, float]:
    if len(cells) != len(names) or "epoch" not in names:
        raise ValueError(f"a row has {len(cells)} cells, and the first one names {', '.join(names)}")
    return finite({name: float(cell) for name, cell in zip(names, cells, strict=True) if cell})
