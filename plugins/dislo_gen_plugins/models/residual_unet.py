"""A plain U-Net with the encoder of a ResNet, in torch alone; imported when a network is built.

Names and arithmetic of its weights are those of segmentation-models-pytorch's U-Net with a ResNet of depth 4, so
weights learnt with one fit the other. That library takes two seconds to be imported, and this page none.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

DEPTH = 4
"""How often the encoder halves the picture."""

_STAGES = ((64, 1), (128, 2), (256, 2))
"""Features and stride of each stage after the first layer (He et al., CVPR 2016, table 1), without the deepest."""
_BLOCKS = {"resnet18": (2, 2, 2), "resnet34": (3, 4, 6)}


class ResidualUNet(nn.Module):
    """U-Net (Ronneberger et al. 2015): (B, inputs, H, W) to (B, outputs, H, W); sides are multiples of 16.

    Args:
        encoder: "resnet18" or "resnet34" (He et al. 2016).
        inputs: channels of the picture.
        width: features of the decoder at full resolution; each level deeper has twice as many.
        outputs: channels of what comes out.
        rare: probability that a new network gives everywhere.
    """

    def __init__(self, encoder: str, inputs: int, width: int, outputs: int, rare: float) -> None:
        super().__init__()
        self.encoder = _Encoder(inputs, _BLOCKS[encoder])
        self.decoder = _Decoder([width * 2**level for level in reversed(range(DEPTH))])
        head = nn.Conv2d(width, outputs, 3, padding=1)
        nn.init.xavier_uniform_(head.weight)
        assert head.bias is not None
        nn.init.constant_(head.bias, math.log(rare / (1 - rare)))
        self.segmentation_head = nn.Sequential(head)

    def forward(self, images: Tensor) -> Tensor:
        """Return logits."""
        found: Tensor = self.segmentation_head(self.decoder(self.encoder(images)))
        return found


class _Encoder(nn.Module):
    def __init__(self, inputs: int, blocks: Sequence[int]) -> None:
        super().__init__()
        first = _STAGES[0][0]
        self.conv1 = nn.Conv2d(inputs, first, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(first)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        before = first
        for number, ((features, stride), count) in enumerate(zip(_STAGES, blocks, strict=True), start=1):
            rest = [_Block(features, features, 1) for _ in range(count - 1)]
            self.add_module(f"layer{number}", nn.Sequential(_Block(before, features, stride), *rest))
            before = features
        for module in self.modules():
            if isinstance(module, nn.Conv2d) and module is not self.conv1:
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, images: Tensor) -> list[Tensor]:
        """Return the picture and what is seen at each depth, from the shallowest on."""
        found = [images, self.relu(self.bn1(self.conv1(images)))]
        found.append(self.get_submodule("layer1")(self.maxpool(found[-1])))
        found.append(self.get_submodule("layer2")(found[-1]))
        found.append(self.get_submodule("layer3")(found[-1]))
        return found


class _Block(nn.Module):
    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample: nn.Module | None = None
        if stride != 1 or inputs != outputs:
            short = nn.Conv2d(inputs, outputs, 1, stride=stride, bias=False)
            self.downsample = nn.Sequential(short, nn.BatchNorm2d(outputs))

    def forward(self, features: Tensor) -> Tensor:
        changed = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(features)))))
        changed += features if self.downsample is None else self.downsample(features)
        found: Tensor = self.relu(changed)
        return found


class _Decoder(nn.Module):
    def __init__(self, widths: Sequence[int]) -> None:
        super().__init__()
        seen = [_STAGES[0][0], *(features for features, _ in _STAGES)]  # at each depth
        inputs, beside = [seen[-1], *widths[:-1]], [*reversed(seen[:-1]), 0]
        self.blocks = nn.ModuleList(
            _Widening(below + skip, width) for below, skip, width in zip(inputs, beside, widths, strict=True)
        )

    def forward(self, seen: list[Tensor]) -> Tensor:
        """Return the features at full resolution."""
        found = seen[-1]
        for number, block in enumerate(self.blocks):
            shallower = seen[-2 - number]
            found = interpolate(found, size=shallower.shape[2:], mode="nearest")
            if number < DEPTH - 1:  # the picture itself is left out
                found = torch.cat([found, shallower], dim=1)
            found = block(found)
        return found


class _Widening(nn.Module):
    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv1 = _convolution(inputs, outputs)
        self.conv2 = _convolution(outputs, outputs)

    def forward(self, features: Tensor) -> Tensor:
        found: Tensor = self.conv2(self.conv1(features))
        return found


def _convolution(inputs: int, outputs: int) -> nn.Sequential:
    layer = nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)
    nn.init.kaiming_uniform_(layer.weight, mode="fan_in", nonlinearity="relu")
    return nn.Sequential(layer, nn.BatchNorm2d(outputs), nn.ReLU(inplace=True))
