"""Cross-sections: where the two edges of a mask are, seen from a line somewhere inside it."""

from __future__ import annotations

import attrs
import numpy as np
from numpy.typing import NDArray

_SAMPLES = 24  # on either side of the line
_BEYOND = 0.75  # px by which the interpolated mask reaches beyond its edge


@attrs.frozen(eq=False)
class Plane:
    """The box of an image that holds a mask.

    Attributes:
        mask: (h, w) uint8, 0 or 1. Where the box is not the image's border, it has a margin of 0.
        corner: (x, y) of the box in the image, px.
        size: (width, height) of the image, px.
    """

    mask: NDArray[np.uint8]
    corner: tuple[int, int]
    size: tuple[int, int]

    def at(self, places: NDArray[np.float64]) -> NDArray[np.float64]:
        """Interpolate the mask at places (..., 2) of the box; what leaves the image goes on beyond its border."""
        from scipy.ndimage import map_coordinates

        x, y = np.moveaxis(places, -1, 0)
        found: NDArray[np.float64] = map_coordinates(
            self.mask, (y - 0.5, x - 0.5), output=np.float64, order=1, mode="nearest"
        )
        return found

    def outside(self, places: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether places (..., 2) of the box are outside the image."""
        image = places + self.corner
        return np.asarray(((image < 0) | (image > self.size)).any(axis=-1))


def tangents(points: NDArray[np.float64], closed: bool) -> NDArray[np.float64]:
    """Return the directions of a line at its points, (N, 2) unit vectors."""
    if closed:
        return tangents(np.concatenate((points[-1:], points, points[:1])), closed=False)[1:-1]
    steps = np.gradient(points, axis=0)
    unit: NDArray[np.float64] = steps / np.maximum(1e-9, np.hypot(*steps.T))[:, None]
    return unit


def run(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return how many samples (..., K) it takes from the first until the mask ends, and whether it does.

    The mask ends where the interpolated values fall below a half, between two samples.
    """
    inside = values >= 0.5
    ends: NDArray[np.bool_] = np.asarray(~inside.all(axis=-1))
    first = np.where(ends, inside.argmin(axis=-1), values.shape[-1] - 1)
    before = np.take_along_axis(values, np.maximum(first - 1, 0)[..., None], axis=-1)[..., 0]
    after = np.take_along_axis(values, first[..., None], axis=-1)[..., 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.where(ends & (first > 0), (before - 0.5) / (before - after), 0.0)
    return np.maximum(first - 1, 0) + part + np.where(ends, 0.0, 1.0), ends


def middles(
    plane: Plane, points: NDArray[np.float64], along: NDArray[np.float64], width: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Find the middle of the mask across a line.

    Args:
        plane: the mask.
        points: (N, 2) places on the line in the box, px.
        along: (N, 2) its direction there.
        width: about the width of the mask, px.

    Returns:
        The middles, (N, 2) px; the widths, (N,) px; and whether both edges are in the image and not too far.
    """
    normals = np.stack((-along[:, 1], along[:, 0]), axis=1)
    step = (1.25 * width + 1.5) / _SAMPLES
    offsets = np.arange(-_SAMPLES, _SAMPLES + 1) * step
    values = plane.at(points[:, None] + offsets[:, None] * normals[:, None])
    left, left_ends = run(values[:, _SAMPLES::-1])
    right, right_ends = run(values[:, _SAMPLES:])
    left, right = left * step, right * step
    seen = left_ends & right_ends & (values[:, _SAMPLES] >= 0.5)
    seen &= ~plane.outside(points - left[:, None] * normals) & ~plane.outside(points + right[:, None] * normals)
    # Interpolation keeps areas: over many sections this width, unlike the distance of the edges, has no bias.
    near = (offsets > -left[:, None] - _BEYOND) & (offsets < right[:, None] + _BEYOND)
    widths = step * np.where(near, values, 0.0).sum(axis=1)
    return points + ((right - left) / 2)[:, None] * normals, widths, seen
