"""Networks in the checks: all that needs torch, which is imported here when a model is checked."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dislo_gen.interfaces import Model
from dislo_gen.testing import situations


@contextlib.contextmanager
def own_random_state(seed: int) -> Iterator[None]:
    """Draw initial weights from this seed and leave torch's global generator as it was."""
    import torch

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield


def build(model: Model, seed: int = 0) -> Any:
    """Return a new network with the initial weights of a seed."""
    with own_random_state(seed):
        return model.build()


def initial_weights(model: Model, seed: int) -> dict[str, NDArray[Any]]:
    """Return the weights that a new network begins with."""
    return {name: tensor.detach().numpy() for name, tensor in build(model, seed).state_dict().items()}


def batch(height: int, width: int, count: int = 2) -> Any:
    """Return standard pictures as a batch, (B, 1, H, W) float32."""
    import torch

    from dislo_gen.size import Size

    pictures = [situations.picture(Size(width, height), variant) for variant in range(count)]
    return torch.from_numpy(np.stack(pictures)[:, None])


def masks(height: int, width: int, count: int) -> NDArray[np.bool_]:
    """Return masks of straight lines side by side, (count, H, W) bool."""
    lines = np.zeros((count, height, width), dtype=np.bool_)
    for number, line in enumerate(lines, start=1):
        middle = round(number * height / (count + 1))
        line[middle - 1 : middle + 2, 4 : width - 4] = True
    return lines


def logits(network: Any, pictures: Any) -> Any:
    """Return what a network makes of pictures, without training it."""
    import torch

    network.eval()
    with torch.no_grad():
        return network(pictures)
