"""The results of an evaluation, as ``evaluation.json`` holds them."""

from __future__ import annotations

from pathlib import Path

import attrs
import numpy as np
from numpy.typing import NDArray

from dislo_gen.convert import read_as
from dislo_gen.errors import DatasetError
from dislo_gen.plain import read_json
from dislo_gen.record import check_format

FORMAT = "dislo-gen evaluation"
VERSION = 1
RESULTS = "evaluation.json"


@attrs.frozen
class Result:
    """One network on one set of pictures.

    Attributes:
        model, data: their names.
        key: SHA-256 of everything that decides the numbers.
        images: how many pictures.
        too_many: how many of them have more lines than the network has channels.
        scores: each number's mean over the pictures.
        lines: how many true lines each picture has.
        by_image: each number, picture by picture.
        names: the pictures' names.
    """

    model: str
    data: str
    key: str
    images: int
    too_many: int
    scores: dict[str, float]
    lines: tuple[int, ...]
    by_image: dict[str, tuple[float, ...]]
    names: tuple[str, ...]


@attrs.frozen
class Evaluation:
    """Everything an evaluation found.

    Attributes:
        format, format_version: of the file.
        models, data: names, in the order they were given.
        metrics: the name of each metric's main number.
        results: one for each network and set.
    """

    format: str
    format_version: int
    models: tuple[str, ...]
    data: tuple[str, ...]
    metrics: tuple[str, ...]
    results: tuple[Result, ...]

    def result(self, model: str, data: str) -> Result | None:
        """Return the result of a network on a set, if it is there."""
        return next((r for r in self.results if (r.model, r.data) == (model, data)), None)

    def matrix(self, number: str) -> NDArray[np.float64]:
        """Return a number's means, (models, data) float64; NaN where there is no result."""
        found = [[self.result(model, data) for data in self.data] for model in self.models]
        return np.array([[r.scores.get(number, np.nan) if r else np.nan for r in row] for row in found])


def read_evaluation(folder: str | Path) -> Evaluation:
    """Read the results of an evaluation.

    Raises:
        DatasetError: there are none, or they are damaged.
    """
    path = Path(folder) / RESULTS
    plain = read_json(path)
    check_format(plain, FORMAT, VERSION, str(path))
    return read_as(plain, Evaluation, str(path), DatasetError)
