"""Weights on disk: safetensors, with all it takes to use them in the file's own metadata."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import save
from torch import Tensor, nn
from torch.multiprocessing.reductions import StorageWeakRef

from dislo_gen.component_tables import write_component
from dislo_gen.errors import LearningError
from dislo_gen.files import Folder
from dislo_gen.interfaces import Model
from dislo_gen.learning.cards import FORMAT, KEY, VERSION, WeightsCard, first_line, opened, read_card
from dislo_gen.learning.network import build_network, outline
from dislo_gen.registry import origin


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
    return save(tensors, metadata={KEY: text})


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
    with opened(path, "pt") as file:
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
            raise LearningError(f"{path}: these weights cannot be read ({first_line(error)})") from None
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
