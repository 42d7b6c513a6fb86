"""Models."""

from __future__ import annotations

from typing import Any

import numpy as np

from dislo_gen.instances import Finding, FoundLine
from dislo_gen.testing import networks
from dislo_gen.testing.check import NotConformingError, check
from dislo_gen.testing.subject import Subject

_SHAPES = ((64, 64), (48, 80), (33, 47), (16, 16))


@check("model")
def builds_a_network(subject: Subject) -> None:
    """It builds a torch Module with weights to learn, and says how many channels that has."""
    import torch

    network = networks.build(subject.instance)
    if not isinstance(network, torch.nn.Module):
        raise NotConformingError(f"build returns a {type(network).__name__} instead of a torch.nn.Module")
    if not any(weight.requires_grad for weight in network.parameters()):
        raise NotConformingError("the network has no weight to learn")
    channels = subject.instance.channels
    if not isinstance(channels, int) or channels < 1:
        raise NotConformingError(f"its channels are {channels!r}, not a whole number from 1")


@check("model")
def any_size_of_picture(subject: Subject) -> None:
    """(B, 1, H, W) float32 becomes (B, channels, H, W) float32, finite, at odd sizes too."""
    network, finer = networks.build(subject.instance), subject.instance.oversampling
    for height, width in _SHAPES:
        for count in (1, 3):
            wanted = (count, subject.instance.channels, height * finer, width * finer)
            found = networks.logits(network, networks.batch(height, width, count))
            if tuple(found.shape) != wanted or found.dtype.itemsize != 4:
                raise NotConformingError(
                    f"it gives {found.dtype} of {tuple(found.shape)}, not float32 of {wanted}"
                )
            if not bool(found.isfinite().all()):
                raise NotConformingError(f"at {width} x {height} px it gives numbers that are not finite")


@check("model")
def every_weight_learns(subject: Subject) -> None:
    """A gradient, finite, reaches every weight; some is not zero."""
    network = networks.build(subject.instance).train()
    network(networks.batch(64, 64, 2)).square().mean().backward()
    gradients = {name: weight.grad for name, weight in network.named_parameters() if weight.requires_grad}
    missing = [name for name, gradient in gradients.items() if gradient is None]
    if missing:
        raise NotConformingError(f"no gradient reaches {missing[0]} ({len(missing)} of {len(gradients)} weights)")
    if not all(bool(gradient.isfinite().all()) for gradient in gradients.values()):
        raise NotConformingError("a gradient is not finite")
    if not any(bool(gradient.any()) for gradient in gradients.values()):
        raise NotConformingError("every gradient is zero")


@check("model")
def weights_are_saved_and_loaded(subject: Subject) -> None:
    """Its weights, saved as safetensors and loaded into a new network, give the same output."""
    from safetensors.torch import load

    from dislo_gen.learning.weights import encode_weights, fill

    network = networks.build(subject.instance, seed=1)
    _train_a_little(network)
    other = networks.build(subject.instance, seed=2)
    fill(other, load(encode_weights(network, {})), "its weights")
    pictures = networks.batch(64, 64)
    if not networks.logits(network, pictures).equal(networks.logits(other, pictures)):
        raise NotConformingError("loaded into a new network, its weights give another output")


@check("model")
def channels_have_a_meaning(subject: Subject) -> None:
    """Where channels are no instances, it teaches them 0 and 1, and reads lines from any probabilities."""
    model = subject.instance
    if model.instance_channels:
        return
    for height, width in ((64, 64), (33, 47)):
        for count in (0, 1, 3):
            masks = networks.masks(height, width, count)
            finer = model.oversampling
            targets, wanted = model.targets(masks), (model.channels, height * finer, width * finer)
            if targets.shape != wanted or targets.dtype != np.uint8 or targets.max(initial=0) > 1:
                raise NotConformingError(
                    f"it teaches {targets.dtype} of {targets.shape} up to {targets.max(initial=0)}, "
                    f"not uint8 of {wanted} up to 1"
                )
            lines = model.lines(targets.astype(np.float32), Finding())
            if not all(isinstance(line, FoundLine) and line.mask.shape == (height, width) for line in lines):
                raise NotConformingError(f"its lines are no FoundLine with a mask of {width} x {height} px")
            if bool(len(lines)) != bool(count):
                raise NotConformingError(
                    f"from just what its channels are taught of {count} lines it reads {len(lines)} lines"
                )


def _train_a_little(network: Any) -> None:
    """Change the weights, and what a network counts while it learns, so that both must be saved."""
    import torch

    optimizer = torch.optim.SGD(network.train().parameters(), lr=1e-3)
    network(networks.batch(64, 64, 2)).square().mean().backward()
    optimizer.step()
