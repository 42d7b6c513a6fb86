"""The card of a weights file: what it says of itself, read without the library that calculates with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import attrs
from safetensors import SafetensorError, safe_open

from dislo_gen import paths
from dislo_gen.component_tables import USE
from dislo_gen.convert import read_as
from dislo_gen.errors import DatasetError, LearningError, shown
from dislo_gen.instances import Finding
from dislo_gen.interfaces import Model
from dislo_gen.learning.line_widths import LineWidths
from dislo_gen.learning.windows import check_scale
from dislo_gen.plain import parse_json
from dislo_gen.record import Origin, check_format
from dislo_gen.size import check_sides

FORMAT = "dislo-gen weights"
VERSION = 1
SUFFIX = ".safetensors"
KEY = "dislo-gen"
"""Under this key of the file's metadata stands the card."""


def _check_model(_instance: object, _attribute: object, value: dict[str, Any]) -> None:
    if not isinstance(value.get(USE), str):
        raise ValueError(f"model.{USE}: must be the name of a network, not {shown(value.get(USE))}")


def _check_width(_instance: object, _attribute: object, value: float) -> None:
    if not 0 < value <= 64:
        raise ValueError(f"line_width: must be a width of more than 0 and at most 64 px, not {shown(value)}")


def _check_count(_instance: object, attribute: attrs.Attribute[int], value: int) -> None:
    if value < 0:
        raise ValueError(f"{attribute.name}: must not be negative, and {value} is")


@attrs.frozen
class WeightsCard:
    """What a weights file says of itself.

    Attributes:
        model: the model plugin with its parameters, as plain data; `load_model` makes a `Model` of it.
        plugin: where the model came from.
        size: width and height in px that it learnt at.
        line_width: of curves in the masks it learnt from, px.
        recipes: the recipes of the images it learnt from, as plain data.
        data: names of the datasets and labelled frames it learnt from besides.
        epochs, images: how long it learnt.
        scores: what it reached on held-out images, by the numbers' names; without those that were no numbers.
        training: options of the training, as plain data.
        versions: libraries and their versions.
        finding: how lines are best put together from its channels, as plain data of `Finding`.
        line_widths: how wide lines were in the made pictures it learnt from, where that was measured.
        scale: by which labelled frames were scaled that it was tuned on; nothing if each was scaled to its size.
    """

    format: str
    format_version: int
    model: dict[str, Any] = attrs.field(validator=_check_model)
    plugin: Origin
    size: tuple[int, int] = attrs.field(validator=check_sides)
    line_width: float = attrs.field(validator=_check_width)
    recipes: tuple[dict[str, Any], ...]
    data: tuple[str, ...]
    epochs: int = attrs.field(validator=_check_count)
    images: int = attrs.field(validator=_check_count)
    scores: dict[str, float]
    training: dict[str, Any]
    versions: dict[str, str]
    finding: dict[str, float] = attrs.field(factory=dict)
    line_widths: LineWidths | None = None
    scale: float | None = attrs.field(default=None, validator=attrs.validators.optional(check_scale))

    def load_model(self, where: str) -> Model:
        """Return the model plugin with the parameters of the training.

        Raises:
            LearningError: it is not installed here, or no longer takes these parameters.
        """
        try:
            model: Model = read_as(self.model, Model, where, LearningError, root="model")  # type: ignore[type-abstract]
        except LearningError as error:
            raise LearningError(
                f"{error}\n{where}: made with the model of {self.plugin.package} {self.plugin.version}"
            ) from None
        return model

    def load_finding(self, where: str) -> Finding:
        """Return how lines are best put together from the network's channels.

        Raises:
            LearningError: the file says something else.
        """
        finding: Finding = read_as(self.finding, Finding, where, LearningError, root="finding")
        return finding


def read_card(path: str | Path) -> WeightsCard:
    """Read what a weights file says of itself, without its weights.

    Raises:
        LearningError: it is missing, truncated, or no weights file of dislo-gen.
    """
    path = Path(path)
    with opened(path, "np") as file:
        metadata = file.metadata() or {}
    if KEY not in metadata:
        raise LearningError(
            f"{path}: these are weights, but not of dislo-gen: it cannot know what network they fit"
        )
    plain = parse_json(metadata[KEY], path, LearningError)
    try:
        check_format(plain, FORMAT, VERSION, str(path))
    except DatasetError as error:
        raise LearningError(str(error)) from None
    return read_as(plain, WeightsCard, str(path), LearningError)


def opened(path: Path, framework: Literal["np", "pt"]) -> Any:
    """Open a weights file, whose tensors come as those of NumPy or of torch.

    Raises:
        LearningError: it is missing or not whole.
    """
    try:
        if paths.is_folder(path):
            raise LearningError(
                f"{path}: this is a folder; what is wanted is a weights file, such as {_inside(path)}"
            )
        if not paths.is_file(path):
            raise LearningError(f"{path}: there is no such file of weights")
    except DatasetError as error:
        raise LearningError(str(error)) from None
    try:
        return safe_open(str(path), framework=framework)
    except (SafetensorError, OSError, ValueError) as error:
        raise LearningError(
            f"{path}: not a whole safetensors file ({first_line(error)}); if it was copied, copy it again"
        ) from None


def first_line(error: Exception) -> str:
    """Return what a library says of an error, on one line."""
    return (str(error).strip() or type(error).__name__).splitlines()[0][:200]


def _inside(folder: Path) -> Path:
    found = (path for path in paths.inside(folder) if path.suffix == SUFFIX)
    return next(found, folder / f"weights{SUFFIX}")
