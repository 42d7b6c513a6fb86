"""Networks: built from a model plugin, fed with standardised pictures, asked for probabilities."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from dislo_gen.blame import describe
from dislo_gen.errors import DisloGenError, LearningError, PluginError
from dislo_gen.interfaces import Image, Model

LEAST_SIDE = 32
"""Pictures with a shorter side are continued to this many px before a network sees them."""


def build_network(model: Model, seed: int = 0) -> nn.Module:
    """Build a model's network; its initial weights come from the seed, and torch's own generator stays as it was.

    Raises:
        PluginError: the model builds no network.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed % 2**63)  # as far as torch counts
        try:
            network = model.build()
        except DisloGenError:
            raise
        except Exception as error:
            raise PluginError(
                f"model: {describe(model)} could not build its network: {type(error).__name__}: {error}"
            ) from error
    if not isinstance(network, nn.Module):
        raise PluginError(
            f"model: {describe(model)} built a {type(network).__name__} instead of a torch.nn.Module"
        )
    # Convolutions on a processor take half the time where the channels of a pixel lie side by side.
    return network.to(memory_format=torch.channels_last)


def outline(model: Model) -> nn.Module | None:
    """Return a model's network without memory for its weights, or None where it can only be built with it.

    Names and shapes of its weights are as they would be, however large they are.
    """
    with contextlib.suppress(Exception), torch.random.fork_rng(devices=[]), torch.device("meta"):
        network = model.build()
        return network if isinstance(network, nn.Module) else None
    return None


def standardise(images: Tensor) -> Tensor:
    """Return pictures with mean 0 and standard deviation 1 each, whatever their exposure.

    Args:
        images: (B, 1, H, W) float32.
    """
    mean = images.mean(dim=(2, 3), keepdim=True)
    spread = images.std(dim=(2, 3), keepdim=True, unbiased=False)
    return (images - mean) / (spread + 1e-3)


def best_device() -> torch.device:
    """Return where networks run fastest here."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def count_parameters(network: nn.Module) -> int:
    """Return how many numbers a network learns."""
    return sum(weight.numel() for weight in network.parameters() if weight.requires_grad)


def predict_channels(
    network: nn.Module,
    image: Image,
    model: Model | None = None,
    *,
    mirrored: bool = False,
    step: Callable[[float], object] | None = None,
) -> NDArray[np.float32]:
    """Return the probability of each channel for one picture.

    Args:
        network: in evaluation mode, wherever it is.
        image: (H, W) float32 from 0 to 1.
        model: what the network was built from.
        mirrored: whether the picture's three mirror images are looked at, too, and the mean taken: four times the
            work. It takes a model whose channels are no instances: those of a mirror image have another order.
        step: called with the part of the work that is done, 0 to 1.

    Returns:
        (N, H, W) float32 from 0 to 1; (N, K H, K W) with the model's oversampling of K.

    Raises:
        LearningError: what the network gives is not a number.
    """
    step = step or _nothing
    channels = _look(network, image)
    if not mirrored or model is None or model.instance_channels:
        step(1)
        return channels
    step(0.25)
    channels = channels + model.mirrored(_look(network, image[:, ::-1])[:, :, ::-1])
    step(0.5)
    channels += model.mirrored(_look(network, image[::-1])[:, ::-1])
    step(0.75)
    channels += _look(network, image[::-1, ::-1])[:, ::-1, ::-1]  # twice: directions stay
    step(1)
    return channels / np.float32(4)


def _nothing(_: float) -> None: ...


@torch.inference_mode()
def _look(network: nn.Module, image: Image) -> NDArray[np.float32]:
    device = next((weight.device for weight in network.parameters()), torch.device("cpu"))
    # A copy: a picture one pixel high that was mirrored counts as contiguous, with a stride that torch refuses.
    picture = standardise(torch.from_numpy(np.array(image, dtype=np.float32, order="C"))[None, None].to(device))
    height, width = image.shape
    below, right = max(0, LEAST_SIDE - height), max(0, LEAST_SIDE - width)
    if below or right:  # a network halves a picture several times; one a pixel high has nothing to halve
        picture = nn.functional.pad(picture, (0, right, 0, below), mode="replicate")
    logits = network(picture)[0]
    probabilities: NDArray[np.float32] = logits.float().sigmoid().cpu().numpy()
    if not np.isfinite(probabilities).all():
        raise LearningError(
            "what the network gives is not a number: these weights had come apart while they were learnt; take "
            "others"
        )
    factor = probabilities.shape[-1] // picture.shape[-1]
    return probabilities[:, : height * factor, : width * factor]
