"""The results of an evaluation, as ``evaluation.json`` holds them."""

from __future__ import annotations

import hashlib
import io
import logging
from pathlib import Path
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage

from dislo_gen import paths
from dislo_gen.convert import read_as
from dislo_gen.errors import DatasetError, shown
from dislo_gen.files import Folder, file_sha256
from dislo_gen.learning.windows import check_scale
from dislo_gen.plain import read_json
from dislo_gen.record import check_format
from dislo_gen.size import Size

FORMAT = "dislo-gen evaluation"
VERSION = 1
RESULTS = "evaluation.json"
_MOST_LINES = 10**6  # of one picture
logger = logging.getLogger("dislo_gen")


def _consistent(result: Result, _attribute: object, by_image: dict[str, tuple[float, ...]]) -> None:
    """Check that there is a value for each picture, and that the means are of the same numbers."""
    if result.images < 1:
        raise ValueError(f"images: must be 1 or more, not {result.images}")
    for name, values in by_image.items():
        if len(values) != result.images:
            raise ValueError(f"by_image.{name}: must be of {result.images} pictures, not of {len(values)}")
    if by_image.keys() != result.scores.keys():
        odd = min(by_image.keys() ^ result.scores.keys())
        raise ValueError(f"by_image: must be of the same numbers as scores, and {odd} is in one of them only")


def _as_many(result: Result, attribute: attrs.Attribute[Any], values: tuple[Any, ...]) -> None:
    if len(values) != result.images:
        raise ValueError(f"{attribute.name}: must be of {result.images} pictures, not of {len(values)}")


def _counts(_result: object, attribute: attrs.Attribute[Any], values: tuple[int, ...]) -> None:
    for number, value in enumerate(values):
        if not 0 <= value <= _MOST_LINES:
            raise ValueError(f"{attribute.name}.{number}: must be a number of lines, not {shown(value)}")


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
        sheet: SHA-256 of the drawing of the worst of them, as it was written.
        scale: by which labelled frames were scaled; nothing if each was scaled to the network's size.
    """

    model: str
    data: str
    key: str
    images: int
    too_many: int
    scores: dict[str, float]
    lines: tuple[int, ...] = attrs.field(validator=[_as_many, _counts])
    by_image: dict[str, tuple[float, ...]] = attrs.field(validator=_consistent)
    names: tuple[str, ...] = attrs.field(validator=_as_many)
    sheet: str = ""
    scale: float | None = attrs.field(default=None, validator=attrs.validators.optional(check_scale))


def _names(_evaluation: object, attribute: attrs.Attribute[Any], values: tuple[str, ...]) -> None:
    if not values:
        raise ValueError(f"{attribute.name}: must be one name or more")


def _judged_by(evaluation: Evaluation, _attribute: object, results: tuple[Result, ...]) -> None:
    for number, result in enumerate(results):
        missing = [name for name in evaluation.metrics if name not in result.scores]
        if missing:
            raise ValueError(f"results.{number}: there is no {shown(missing[0])}, which is among the metrics")


@attrs.frozen
class Evaluation:
    """Everything an evaluation found.

    Attributes:
        format, format_version: of the file.
        models, data: names, in the order they were given.
        metrics: the name of each metric's main number.
        results: one for each network and set.
        drawn: path to SHA-256 of every drawing of them all, as it was written.
    """

    format: str
    format_version: int
    models: tuple[str, ...] = attrs.field(validator=_names)
    data: tuple[str, ...] = attrs.field(validator=_names)
    metrics: tuple[str, ...] = attrs.field(validator=_names)
    results: tuple[Result, ...] = attrs.field(validator=_judged_by)
    drawn: dict[str, str] = attrs.field(factory=dict)

    def result(self, model: str, data: str) -> Result | None:
        """Return the result of a network on a set, if it is there."""
        return next((r for r in self.results if (r.model, r.data) == (model, data)), None)

    def matrix(self, number: str) -> NDArray[np.float64]:
        """Return a number's means, (models, data) float64; NaN where there is no result."""
        found = [[self.result(model, data) for data in self.data] for model in self.models]
        return np.array([[r.scores.get(number, np.nan) if r else np.nan for r in row] for row in found])


class Drawings:
    """The drawings of an evaluation's folder; one that somebody changed is never replaced.

    Args:
        folder: of the evaluation.
        earlier: what it holds already.

    Attributes:
        drawn: path to SHA-256 of those that were put, but for the sheets of single results.
    """

    def __init__(self, folder: Folder, earlier: Evaluation | None) -> None:
        self.folder = folder
        self.drawn: dict[str, str] = {}
        self._own = {result.sheet for result in earlier.results} | {*earlier.drawn.values()} if earlier else set()

    def stands(self, relative: str, sha256: str) -> bool:
        """Say whether a drawing is there, as it was written or as somebody has changed it since."""
        path = self.folder.path(relative)
        if not paths.is_file(path):
            return False
        found = file_sha256(path)
        return found == sha256 or (found not in self._own and self._is_picture(relative))

    def _is_picture(self, relative: str) -> bool:
        """Say whether a file is a picture still: one that is not was damaged, and is nobody's drawing."""
        try:
            with PillowImage.open(io.BytesIO(self.folder.get(relative)), formats=["PNG"]) as opened:
                Size(*opened.size)
                opened.load()
        except Exception:  # decoders raise whatever they like at damaged files
            return False
        return True

    def put(self, relative: str, data: bytes) -> str:
        """Write a drawing and return its SHA-256; one that is there and is somebody else's is kept aside."""
        path = self.folder.path(relative)
        if paths.is_file(path):
            found = file_sha256(path)
            if path.stat().st_size and found not in self._own and found != hashlib.sha256(data).hexdigest():
                logger.warning("%s had been changed; it is kept as %s", path, self.folder.keep_aside(relative))
        sha256 = self.folder.put(relative, data)
        if "/" not in relative:
            self.drawn[relative] = sha256
        self._own.add(sha256)
        return sha256


def read_evaluation(folder: str | Path) -> Evaluation:
    """Read the results of an evaluation.

    Raises:
        DatasetError: there are none, or they are damaged.
    """
    path = Path(folder) / RESULTS
    plain = read_json(path)
    check_format(plain, FORMAT, VERSION, str(path))
    return read_as(plain, Evaluation, str(path), DatasetError)
