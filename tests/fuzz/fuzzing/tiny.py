"""A network of two convolutions, for this session only."""

from __future__ import annotations

import functools
from typing import Annotated, Any

from dislo_gen import Help, Model, Range, component, register


@functools.cache
def register_tiny() -> None:
    """Offer the network as a plugin named "tiny"."""
    register("model", "tiny")(Tiny)


@component
class Tiny(Model):
    """Two convolutions."""

    channels: Annotated[int, Range(1, 64), Help("how many instances it tells apart")] = 3

    def build(self) -> Any:
        """Build the network."""
        from torch import nn

        return nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.Conv2d(4, self.channels, 1))
