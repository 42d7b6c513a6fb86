"""Pictures of any size, for networks that halve them several times."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


def continue_to_multiple(images: Tensor, multiple: int) -> Tensor:
    """Continue pictures with their last rows and columns until each side is a multiple.

    There are at least two of the deepest cells along each side: one alone has no variance to normalise by.

    Args:
        images: (B, C, H, W).
        multiple: 2 to the power of how often the network halves them.
    """
    from torch.nn.functional import pad

    height, width = images.shape[-2:]
    rows, columns = (max(2, -(-side // multiple)) * multiple for side in (height, width))
    return pad(images, (0, columns - width, 0, rows - height), mode="replicate")
