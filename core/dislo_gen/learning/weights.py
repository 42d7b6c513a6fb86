"""Weights on disk: safetensors, with all it takes to use them in the file's own metadata."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from dislo_gen.component_tables import write_component
from dislo_gen.convert import read_as
from dislo_gen.errors import DatasetError, LearningError
from dislo_gen.files import Folder
from dislo_gen.instances import Finding
from dislo_gen.interfaces import Model
from dislo_gen.learning.network import build_network
from dislo_gen.plain import parse_json
from dislo_gen.record import Origin, check_format
from dislo_gen.registry import origin

FORMAT = "dislo-gen weights"
VERSION = 1
SUFFIX = ".safetensors"
_KEY = "dislo-gen"


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
        scores: what it reached on held-out images, by the numbers' names.
        training: options of the training, as plain data.
        versions: libraries and their versions.
        finding: how lines are best put together from its channels, as plain data of `Finding`.
    """

    format: str
    format_version: int
    model: dict[str, Any]
    plugin: Origin
    size: tuple[int, int]
    line_width: float
    recipes: tuple[dict[str, Any], ...]
    data: tuple[str, ...]
    epochs: int
    images: int
    scores: dict[str, float]
    training: dict[str, Any]
    versions: dict[str, str]
    finding: dict[str, float] = attrs.field(factory=dict)

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


def encode_weights(network: nn.Module, card: Mapping[str, Any], *, half: bool = False) -> bytes:
    """Return a safetensors file of a network's weights, in half precision if wished, and a card's plain data."""
    tensors = _without_ties(network.state_dict())
    if half:
        tensors = {name: t.half() if t.is_floating_point() else t for name, t in tensors.items()}
    return save(tensors, metadata={_KEY: json.dumps(card)})


def save_weights(path: Path, network: nn.Module, card: Mapping[str, Any], *, half: bool = False) -> str:
    """Write a weights file, whole or not at all, and return its SHA-256.

    Args:
        path: of the file.
        network: whose weights.
        card: what the file says of itself, as plain data.
        half: whether weights are stored with 16 bits: half the size, and calculated with in 32 bits again.

    Raises:
        DatasetError: it cannot be written.
    """
    return Folder(path.parent).put(path.name, encode_weights(network, card, half=half))


def model_entries(model: Model) -> dict[str, Any]:
    """Return a card's entries about a model."""
    plugin = origin(type(model))
    return {
        "format": FORMAT,
        "format_version": VERSION,
        "model": write_component(model),
        "plugin": {"name": plugin.name, "package": plugin.package, "version": plugin.version},
    }


def read_card(path: str | Path) -> WeightsCard:
    """Read what a weights file says of itself, without its weights.

    Raises:
        LearningError: it is missing, truncated, or no weights file of dislo-gen.
    """
    path = Path(path)
    with _opened(path) as file:
        metadata = file.metadata() or {}
    if _KEY not in metadata:
        raise LearningError(
            f"{path}: these are weights, but not of dislo-gen: it cannot know what network they fit"
        )
    plain = parse_json(metadata[_KEY], path, LearningError)
    try:
        check_format(plain, FORMAT, VERSION, str(path))
    except DatasetError as error:
        raise LearningError(str(error)) from None
    return read_as(plain, WeightsCard, str(path), LearningError)


def load_weights(path: str | Path, into: nn.Module | None = None) -> tuple[nn.Module, WeightsCard]:
    """Build the network of a weights file and give it the weights.

    Args:
        path: the file.
        into: a network that takes the weights; by default one is built as the file says.

    Returns:
        The network, in evaluation mode, on the CPU; and the file's card.

    Raises:
        LearningError: it is missing, truncated, of a plugin that is not installed, or fits another network.
    """
    path = Path(path)
    card = read_card(path)
    network = build_network(card.load_model(str(path))) if into is None else into
    with _opened(path) as file:
        found = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a mapping
    fill(network, found, str(path))
    return network.eval(), card


def fill(network: nn.Module, found: Mapping[str, Tensor], where: str) -> None:
    """Give a network weights by name.

    Raises:
        LearningError: a name or a shape does not fit.
    """
    own = network.state_dict()
    needed = _without_ties(own)
    missing, extra = needed.keys() - found.keys(), found.keys() - own.keys()
    shapes = [n for n in needed.keys() & found.keys() if needed[n].shape != found[n].shape]
    if missing or extra or shapes:
        name = sorted(missing or extra or shapes)[0]
        how = (
            f"{name} is missing in the file" if missing else f"the network has no {name}" if extra
            else f"{name} has the shape {tuple(found[name].shape)} there and {tuple(needed[name].shape)} here"
        )  # fmt: skip
        count = len(missing) + len(extra) + len(shapes)
        raise LearningError(f"{where}: the weights do not fit the network: {how} ({count} do not fit)")
    network.load_state_dict(dict(found), strict=False)


def _opened(path: Path) -> Any:
    if path.is_dir():
        raise LearningError(f"{path}: this is a folder; what is wanted is a weights file, such as {_inside(path)}")
    if not path.is_file():
        raise LearningError(f"{path}: there is no such file of weights")
    try:
        return safe_open(str(path), framework="pt")
    except (SafetensorError, OSError, ValueError) as error:
        raise LearningError(
            f"{path}: not a whole safetensors file ({error}); if it was copied, copy it again"
        ) from None


def _inside(folder: Path) -> Path:
    return next(iter(sorted(folder.glob(f"*{SUFFIX}"))), folder / f"weights{SUFFIX}")


def _without_ties(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return the state with every tensor once: layers that share weights share one entry, the first by name."""
    seen: set[tuple[int, tuple[int, ...], tuple[int, ...]]] = set()
    kept = {}
    for name, tensor in state.items():
        key = (tensor.data_ptr(), tuple(tensor.shape), tuple(tensor.stride()))
        if tensor.numel() and key in seen:
            continue
        seen.add(key)
        kept[name] = tensor.detach().cpu().contiguous()
    return kept
