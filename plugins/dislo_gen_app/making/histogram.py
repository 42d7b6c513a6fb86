"""Histograms of grey values: how often each of them is there, in one picture and in another over it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

from dislo_gen import Image

_BINS = 64
_WIDTH, _HEIGHT = 256, 64


def histogram(pictures: Sequence[tuple[str, Image]], logarithmic: bool = False) -> str:
    """Return a drawing (SVG) of the histograms of pictures, over each other.

    Args:
        pictures: names and grey values from 0 to 1; the first one is drawn as an area, others as lines.
        logarithmic: whether the height is the logarithm of the share.
    """
    shares = [_shares(image) for _, image in pictures]
    if logarithmic:
        shares = [np.log10(1 + 1e4 * share) for share in shares]
    highest = max((float(share.max()) for share in shares), default=1.0) or 1.0
    shapes = [_shape(share / highest, number) for number, share in enumerate(shares)]
    names = " and ".join(name for name, _ in pictures)
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" preserveAspectRatio="none" role="img" '
        f'aria-label="Histogram of {escape(names)}">{"".join(shapes)}</svg>'
    )


def _shares(image: Image) -> NDArray[np.float64]:
    counts, _ = np.histogram(image, bins=_BINS, range=(0, 1))
    return counts / max(image.size, 1)


def _shape(heights: NDArray[np.float64], number: int) -> str:
    step = _WIDTH / _BINS
    points = [
        f"{n * step:g},{_HEIGHT * (1 - h):.2f} {(n + 1) * step:g},{_HEIGHT * (1 - h):.2f}"
        for n, h in enumerate(heights)
    ]
    line = " ".join(points)
    if number:
        return f'<polyline class="make-real-line" points="{line}"/>'
    return f'<polygon class="make-made-area" points="0,{_HEIGHT} {line} {_WIDTH},{_HEIGHT}"/>'


def facts(image: Image) -> str:
    """Return the mean and the standard deviation of grey values, as text."""
    return f"mean {float(image.mean()):.3f}, standard deviation {float(image.std()):.3f}"
