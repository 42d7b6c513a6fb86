"""Parameters that several metrics have, so that they mean the same and say the same."""

from __future__ import annotations

from typing import Annotated

from dislo_gen import Help, Range, Unit
from dislo_gen_plugins.metrics.matched_masks import Matching

Pairing = Annotated[
    Matching,
    Help("channels are taken by the true lines in their order (as in the paper), or so that the sum is best"),
]
Threshold = Annotated[float, Range(0.01, 0.99), Help("probability from which a pixel belongs to a line")]
Smallest = Annotated[int, Unit("px"), Range(1, 10000), Help("smaller connected parts are removed")]
Tolerance = Annotated[
    float,
    Unit("px of 512"),
    Range(0, 512),
    Help("distance that counts as near, were the image's longer side 512 px; at least 1.5 px of the image"),
]
