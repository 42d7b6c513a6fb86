"""A network of two convolutions."""

from __future__ import annotations

from typing import Annotated, Any

from dislo_gen import Help, Model, Range, component


@component
class Tiny(Model):
    """Two convolutions with a normalisation between them."""

    channels: Annotated[int, Range(1, 64), Help("how many instances it tells apart")] = 3

    def build(self) -> Any:
        """Build the network."""
        from torch import nn

        return nn.Sequential(
            nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.Conv2d(4, self.channels, 1)
        )
