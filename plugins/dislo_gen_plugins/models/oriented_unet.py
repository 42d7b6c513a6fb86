"""A U-Net whose channels are directions, so that any number of lines can be told apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from dislo_gen import Finding, FoundLine, Help, Masks, Model, Range, component
from dislo_gen_plugins.models.any_size import continue_to_multiple
from dislo_gen_plugins.models.direction_channels import direction_channels

if TYPE_CHECKING:
    from torch import Tensor, nn


@component
class OrientedUNet(Model):
    """U-Net (Ronneberger et al. 2015) whose channels are directions: a line is followed from one to the next.

    It is told at each pixel whether a line runs there, and along which directions. Lines that cross run through
    different channels, lines side by side have room between them, and so there is no largest number of lines, no
    order to learn, and no size of picture that it was made for. What it sees is the picture as it is and, beside
    it, with its local mean and contrast taken out, so that uneven light matters little.
    """

    instance_channels: ClassVar[bool] = False

    channels: Annotated[int, Range(4, 32), Help("directions, evenly over half a turn")] = 8
    encoder: Annotated[
        Literal["resnet18", "resnet34"], Help("encoder (He et al. 2016), without its deepest stage")
    ] = "resnet18"
    width: Annotated[
        int, Range(2, 256), Help("features of the decoder at full resolution; each level deeper has twice as many")
    ] = 16
    oversampling: Annotated[
        int, Range(1, 4), Help("places along a pixel's side where lines are told: keeps lines side by side apart")
    ] = 2

    def build(self) -> nn.Module:
        """Return a new network: (B, 1, H, W) float32 in, (B, channels, K H, K W) logits out.

        K is the oversampling.
        """
        from dislo_gen_plugins.models.residual_unet import ResidualUNet

        network = ResidualUNet(self.encoder, 2, self.width, self.channels * self.oversampling**2, _RARE)
        return _with_local_contrast(network, self.oversampling)

    def targets(self, masks: Masks) -> NDArray[np.uint8]:
        """Return where lines run along each direction, (channels, K H, K W) uint8."""
        return direction_channels(masks, self.channels, self.oversampling)

    def mirrored(self, probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return direction k as direction N - k."""
        return np.roll(probabilities[::-1], 1, axis=0)

    def lines(self, probabilities: NDArray[np.float32], finding: Finding) -> Sequence[FoundLine]:
        """Follow the lines through the directions."""
        from dislo_gen_plugins.models.line_following import follow_lines

        return follow_lines(probabilities, finding, self.oversampling)


_RARE = 0.02
"""What a new network gives everywhere: lines are rare, and to learn that first takes time.

Source: Lin et al., Focal Loss for Dense Object Detection, ICCV 2017, section 4.1.
"""
_MULTIPLE = 2**4  # the encoder halves the picture so often
_WINDOW = 17  # px of half the size: local mean and contrast are those of about 50 px


def _with_local_contrast(network: nn.Module, oversampling: int) -> nn.Module:
    """Return the network as one that takes pictures of any size, adds their local contrast, and samples finely."""
    import torch
    from torch import nn
    from torch.nn.functional import avg_pool2d, interpolate, pad, pixel_shuffle

    def around(values: Tensor) -> Tensor:
        """Return the mean around each pixel."""
        small = avg_pool2d(values, 2)
        for _ in range(2):
            small = pad(small, [_WINDOW // 2] * 4, mode="replicate")
            small = avg_pool2d(avg_pool2d(small, (_WINDOW, 1), stride=1), (1, _WINDOW), stride=1)
        return interpolate(small, size=values.shape[-2:], mode="bilinear", align_corners=False)

    class LocalContrast(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.network = network

        def forward(self, images: Tensor) -> Tensor:
            height, width = images.shape[-2:]
            whole = continue_to_multiple(images, _MULTIPLE)
            with torch.autocast(images.device.type, enabled=False):
                detail = whole - around(whole)
                detail = detail / (around(detail * detail).clamp(min=0).sqrt() + 0.05)
            both = torch.cat((whole, detail), dim=1).contiguous(memory_format=torch.channels_last)
            logits = pixel_shuffle(self.network(both), oversampling)
            return logits[..., : height * oversampling, : width * oversampling]

    return LocalContrast()
