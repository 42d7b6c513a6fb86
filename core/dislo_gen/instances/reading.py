"""Lines of a network, whatever its channels mean."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dislo_gen.instances.finding import Finding, find_lines
from dislo_gen.instances.line import FoundLine
from dislo_gen.interfaces import Model


def lines_of(
    model: Model, probabilities: NDArray[np.float32], finding: Finding | None = None
) -> tuple[FoundLine, ...]:
    """Return the lines that a network's channels hold: by core's way if each is an instance, else by the model's.

    Args:
        model: what the network was built from.
        probabilities: (channels, H, W) float32 from 0 to 1; (channels, K H, K W) with an oversampling of K.
        finding: how lines are put together; by default as usual.

    Returns:
        The lines, the most confident first.
    """
    if model.instance_channels:
        return find_lines(probabilities, finding)
    return tuple(model.lines(probabilities, finding or Finding()))
