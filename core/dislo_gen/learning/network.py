"""Networks: built from a model plugin, fed with standardised pictures, asked for probabilities."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from dislo_gen.blame import describe
from dislo_gen.errors import DisloGenError, PluginError
from dislo_gen.interfaces import Image, Model


def build_network(model: Model, seed: int = 0) -> nn.Module:
    """Build a model's network; its initial weights come from the seed, and torch's own generator stays as it was.

    Raises:
        PluginError: the model builds no network.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
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
    network: nn.Module, image: Image, model: Model | None = None, *, mirrored: bool = False
) -> NDArray[np.float32]:
    """Return the probability of each channel for one picture.

    Args:
        network: in evaluation mode, wherever it is.
        image: (H, W) float32 from 0 to 1.
        model: what the network was built from.
        mirrored: whether the picture's three mirror images are looked at, too, and the mean taken: four times the
            work. It takes a model whose channels are no instances: those of a mirror image have another order.

    Returns:
        (N, H, W) float32 from 0 to 1; (N, K H, K W) with the model's oversampling of K.
    """
    channels = _look(network, image)
    if not mirrored or model is None or model.instance_channels:
        return channels
    channels = channels + model.mirrored(_look(network, image[:, ::-1])[:, :, ::-1])
    channels += model.mirrored(_look(network, image[::-1])[:, ::-1])
    channels += _look(network, image[::-1, ::-1])[:, ::-1, ::-1]  # twice: directions stay
    return channels / np.float32(4)


@torch.inference_mode()
def _look(network: nn.Module, image: Image) -> NDArray[np.float32]:
    device = next((weight.device for weight in network.parameters()), torch.device("cpu"))
    picture = torch.from_numpy(np.ascontiguousarray(image))[None, None].to(device)
    logits = network(standardise(picture))[0]
    probabilities: NDArray[np.float32] = logits.float().sigmoid().cpu().numpy()
    return probabilities
