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
from torch.multiprocessing.reductions import StorageWeakRef

from dislo_gen import paths
from dislo_gen.component_tables import USE, write_component
from dislo_gen.convert import read_as
from dislo_gen.errors import DatasetError, LearningError, shown
from dislo_gen.files import Folder
from dislo_gen.instances import Finding
from dislo_gen.interfaces import Model
from dislo_gen.learning.network import build_network, outline
from dislo_gen.plain import parse_json
from dislo_gen.record import Origin, check_format
from dislo_gen.registry import origin
from dislo_gen.size import check_sides

FORMAT = "dislo-gen weights"
VERSION = 1
SUFFIX = ".safetensors"
_KEY = "dislo-gen"


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
    """Return a safetensors file of a network's weights, in half precision if wished, and a card's plain data.

    Raises:
        LearningError: weights, or numbers of the card, are no numbers: nobody could use the file.
    """
    once = _without_ties(network.state_dict())
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in once.items()}
    if half:
        tensors = {name: t.half() if t.is_floating_point() else t for name, t in tensors.items()}
    _refuse_no_numbers(tensors, "cannot be written")
    try:
        text = json.dumps(card, allow_nan=False)
    except ValueError:
        raise LearningError("cannot be written: a number of the weights' card is not a number") from None
    return save(tensors, metadata={_KEY: text})


def save_weights(path: Path, network: nn.Module, card: Mapping[str, Any], *, half: bool = False) -> str:
    """Write a weights file, whole or not at all, and return its SHA-256.

    Args:
        path: of the file.
        network: whose weights.
        card: what the file says of itself, as plain data.
        half: whether weights are stored with 16 bits: half the size, and calculated with in 32 bits again.

    Raises:
        DatasetError: it cannot be written.
        LearningError: the weights are not numbers.
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

    The card is a stranger's, too: no memory is taken for a network before the file is known to hold its weights.

    Raises:
        LearningError: it is missing, truncated, of a plugin that is not installed, fits another network, or its
            weights are not numbers.
    """
    path = Path(path)
    card = read_card(path)
    where = str(path)
    with _opened(path) as file:
        shapes = {name: tuple(file.get_slice(name).get_shape()) for name in file.keys()}  # noqa: SIM118
        if into is None:
            model = card.load_model(where)
            drawn = outline(model)
            if drawn is not None:
                check_fit(drawn, shapes, where)
            into = build_network(model)
        check_fit(into, shapes, where)
        try:
            found = {name: file.get_tensor(name) for name in shapes}
        except (SafetensorError, OSError, ValueError, RuntimeError, KeyError, AttributeError) as error:
            raise LearningError(f"{path}: these weights cannot be read ({_first_line(error)})") from None
    fill(into, found, where)
    return into.eval(), card


def check_fit(network: nn.Module, shapes: Mapping[str, tuple[int, ...]], where: str) -> None:
    """Compare a network, which may be without memory of its own, with the names and shapes of weights.

    Raises:
        LearningError: a name or a shape does not fit.
    """
    own = network.state_dict(keep_vars=True)
    needed = _without_ties(own)
    missing, extra = needed.keys() - shapes.keys(), shapes.keys() - own.keys()
    other = [name for name in own.keys() & shapes.keys() if tuple(own[name].shape) != tuple(shapes[name])]
    if missing or extra or other:
        name = sorted(missing or extra or other)[0]
        how = (
            f"{name} is missing in the file" if missing else f"the network has no {name}" if extra
            else f"{name} has the shape {tuple(shapes[name])} there and {tuple(own[name].shape)} here"
        )  # fmt: skip
        count = len(missing) + len(extra) + len(other)
        raise LearningError(f"{where}: the weights do not fit the network: {how} ({count} do not fit)")


def fill(network: nn.Module, found: Mapping[str, Tensor], where: str) -> None:
    """Give a network weights by name.

    Raises:
        LearningError: a name or a shape does not fit, or what stands there is no number.
    """
    check_fit(network, {name: tuple(tensor.shape) for name, tensor in found.items()}, where)
    own = network.state_dict()
    for name, tensor in found.items():
        if tensor.is_complex() or (own[name].is_floating_point() and not tensor.is_floating_point()):
            raise LearningError(f"{where}: {name}: these are no weights, but numbers of the kind {tensor.dtype}")
    _refuse_no_numbers(found, where)
    network.load_state_dict(dict(found), strict=False)
    _refuse_no_numbers(network.state_dict(), where)  # a number may be too large for the network's own kind


def _refuse_no_numbers(tensors: Mapping[str, Tensor], where: str) -> None:
    wrong = [name for name, tensor in tensors.items() if not is_numbers(tensor)]
    if wrong:
        more = f" and in {len(wrong) - 1} more" if len(wrong) > 1 else ""
        raise LearningError(
            f"{where}: these weights are not numbers: there is NaN or infinity in {wrong[0]}{more}; what wrote "
            f"them had come apart, so take others"
        )


def is_numbers(tensor: Tensor) -> bool:
    """Say whether everything in a tensor is a finite number."""
    if not (tensor.is_floating_point() or tensor.is_complex()):
        return True
    wide = tensor.float() if tensor.element_size() == 1 else tensor  # of eight bits torch calculates nothing
    return bool(wide.isfinite().all())


def _opened(path: Path) -> Any:
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
        return safe_open(str(path), framework="pt")
    except (SafetensorError, OSError, ValueError) as error:
        raise LearningError(
            f"{path}: not a whole safetensors file ({_first_line(error)}); if it was copied, copy it again"
        ) from None


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:200]


def _inside(folder: Path) -> Path:
    found = (path for path in paths.inside(folder) if path.suffix == SUFFIX)
    return next(found, folder / f"weights{SUFFIX}")


def _without_ties(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return the state with every tensor once: layers that share weights share one entry, the first by name."""
    seen: set[tuple[Any, ...]] = set()
    kept = {}
    for name, tensor in state.items():
        # Unlike the address this also tells tensors apart that have no memory yet.
        memory = StorageWeakRef(tensor.untyped_storage()).cdata  # type: ignore[no-untyped-call]
        key = (memory, tensor.storage_offset(), tuple(tensor.shape), tuple(tensor.stride()))
        if tensor.numel() and key in seen:
            continue
        seen.add(key)
        kept[name] = tensor
    return kept
