"""Tuning the network on frames that are right: the command line does it, and the page follows."""

from __future__ import annotations

import re
from pathlib import Path

import attrs

from dislo_gen_app.program import run_program
from dislo_gen_app.work import Progress

_EPOCH = re.compile(r"^epoch (\d+) of (\d+): .*", re.MULTILINE)
_ESTIMATE = re.compile(r"^This will take about ([^;\n]+)", re.MULTILINE)
WEIGHTS = "weights.safetensors"


@attrs.define
class Tuning:
    """A tuning and how far it is.

    Attributes:
        weights: to begin from.
        labels: folder of the frames to learn from.
        out: folder of the training.
        epochs, images: how long it learns.
        estimate: how long all of it will take, in words, once that is known.
        told: what was said of the last epoch.
        result: what came of it, in words, once it is finished.
    """

    weights: Path
    labels: Path
    out: Path
    epochs: int
    images: int
    estimate: str = ""
    told: str = ""
    result: str = ""

    def run(self, progress: Progress) -> None:
        """Tune to the end.

        Raises:
            DisloGenError: with the command line's sentence.
            StoppedProgramError: it was stopped; it says what is kept.
        """

        def step(text: str) -> None:
            if found := _ESTIMATE.search(text):
                self.estimate = found[1]
            epochs = list(_EPOCH.finditer(text))
            if epochs:
                self.told = epochs[-1][0]
            progress(int(epochs[-1][1]) if epochs else 0, self.epochs)

        words = ["train", "--from", self.weights, "--labelled", self.labels, "-o", self.out]
        text = run_program([*words, "--epochs", self.epochs, "--images", self.images], step)
        _, worth, rest = text.partition("On the labelled frame")
        self.result = (worth + rest).strip()

    @property
    def tuned(self) -> Path:
        """The weights that come of it."""
        return self.out / WEIGHTS
