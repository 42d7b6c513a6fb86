"""Broken models; torch is imported where it is used."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import numpy as np
from dislo_gen_test_good.model import Tiny

from dislo_gen import Help, component
from dislo_gen_test_broken import declarations
from dislo_gen_test_broken.misbehaviour import Misbehaves


@component
class Misbehaving(Misbehaves, Tiny):
    """Misbehaves as it is told to."""

    def build(self) -> Any:
        import torch

        network = super().build()
        with torch.no_grad():
            network[0].bias += self.disturbance((torch.initial_seed(), 64))
        return network


@component
class Unpublished(Tiny):
    """No entry point leads to it."""


@component
class Undocumented(Tiny):
    pass


@component
class Unexplained(declarations.Unexplained, Tiny):
    """Has a parameter without Help."""


@component
class Unbounded(declarations.Unbounded, Tiny):
    """Has a number without Range."""


@component
class Converted(declarations.Converted, Tiny):
    """Is not read back as it was written."""


@component
class Validated(declarations.Validated, Tiny):
    """Demands what no schema knows."""


@component
class Untaught(Tiny):
    """Teaches its channels numbers that are no 0 and 1."""

    instance_channels: ClassVar[bool] = False

    def targets(self, masks: Any) -> Any:
        return np.full((self.channels, *masks.shape[1:]), 7, dtype=np.uint8)


@component
class Lineless(Tiny):
    """Reads no lines from what its channels are taught."""

    instance_channels: ClassVar[bool] = False

    def targets(self, masks: Any) -> Any:
        return np.repeat(masks.any(axis=0)[None], self.channels, axis=0).astype(np.uint8)

    def lines(self, probabilities: Any, finding: Any) -> Any:
        return ()


@component
class Function(Tiny):
    """Builds a function."""

    def build(self) -> Any:
        return lambda pictures: pictures


@component
class Frozen(Tiny):
    """Has no weight to learn."""

    def build(self) -> Any:
        return super().build().requires_grad_(False)


@component
class Channelless(Tiny):
    """Says nothing of its channels."""

    channels: Annotated[int | None, Help("how many instances it tells apart")] = None  # type: ignore[assignment]

    def build(self) -> Any:
        return self.evolve(channels=3).build() if self.channels is None else super().build()


@component
class Halves(Tiny):
    """Gives a picture of half the size."""

    def build(self) -> Any:
        from torch import nn

        return nn.Sequential(super().build(), nn.MaxPool2d(2))


@component
class Double(Tiny):
    """Gives float64."""

    def build(self) -> Any:
        return _after(super().build(), lambda logits: logits.double())


@component
class Infinite(Tiny):
    """Gives infinite logits."""

    def build(self) -> Any:
        return _after(super().build(), lambda logits: logits / 0)


@component
class Unused(Tiny):
    """Has a layer that nothing goes through."""

    def build(self) -> Any:
        from torch import nn

        network = super().build()
        network[0].unused = nn.Linear(2, 2)
        return network


@component
class Detached(Tiny):
    """Lets every gradient through, and none of them is other than zero."""

    def build(self) -> Any:
        return _after(super().build(), lambda logits: logits * 0)


@component
class Exploding(Tiny):
    """Has a gradient that is not finite."""

    def build(self) -> Any:
        return _after(super().build(), lambda logits: (logits - logits).sqrt())


@component
class Forgets(Tiny):
    """Keeps a weight where no state_dict finds it."""

    def build(self) -> Any:
        import torch

        weight = torch.rand(())
        return _after(super().build(), lambda logits: logits * weight)


def _after(network: Any, last: Any) -> Any:
    """Return a network with a last step."""
    from torch import nn

    class Last(nn.Module):
        def forward(self, logits: Any) -> Any:
            return last(logits)

    return nn.Sequential(network, Last())
