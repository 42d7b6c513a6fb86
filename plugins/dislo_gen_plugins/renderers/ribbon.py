"""The neighbourhood of a curve: each pixel's signed distance from it, and what belongs to its nearest point."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import attrs
import numpy as np
import scipy
from numpy.typing import NDArray
from PIL import Image as PillowImage

from dislo_gen import Size, arc_length

# Distances are calculated on a coarser grid and interpolated: they are smooth, what is looked up with them is not.
_CELL = 4
_BLOCK = 2**20  # distances that are looked at together
_SMOOTHING = 5  # cells over which depths are averaged
_STEP = 3.0  # distance between the points that stand for the curve, px
# A piece is short enough for its box to be small, and turns too little to come near itself again.
_PIECE, _TURN, _OVERLAP = 130.0, np.radians(170), 9.0
_SEARCH = 8  # among how many points the straightest is searched


@attrs.frozen(eq=False)
class Track:
    """A curve, evenly sampled, with what varies along it.

    Attributes:
        points: (K, 2) float64 in pixels.
        depth: (K,) float64, in any unit.
        weight: (K,) float64, from 0 (not drawn here) to 1.
    """

    points: NDArray[np.float64]
    depth: NDArray[np.float64]
    weight: NDArray[np.float64]


@attrs.frozen(eq=False)
class Patch:
    """A box of pixels around a piece of a curve; each array (h, w) float32.

    Attributes:
        rows, columns: where the box lies in the picture.
        distance: signed, in pixels; positive to the right of the curve's direction as it is seen (y points down).
        depth, weight: those of the nearest point.
    """

    rows: slice
    columns: slice
    distance: NDArray[np.float32]
    depth: NDArray[np.float32]
    weight: NDArray[np.float32]


def resample(points: NDArray[np.float64], values: NDArray[np.float64]) -> Track:
    """Sample a polyline evenly, with one value at each of its vertices for the depth, and the weight 1."""
    along = arc_length(points)
    at = np.linspace(0, along[-1], max(3, round(along[-1] / _STEP) + 1))
    sampled = np.stack([np.interp(at, along, points[:, axis]) for axis in (0, 1)], axis=1)
    return Track(sampled, np.interp(at, along, values), np.ones(len(at)))


def fade_out(track: Track, end: int, length: float) -> Track:
    """Let a track end softly: the weight falls to 0 over this many pixels, half of them past the end."""
    longer = extend(track, end, length / 2, 0.0, 0.0)
    to_end = arc_length(longer.points if end == 0 else longer.points[::-1])
    fading = np.clip(to_end / length, 0, 1)
    fading = fading * fading * (3 - 2 * fading)
    return attrs.evolve(longer, weight=np.minimum(longer.weight, fading if end == 0 else fading[::-1]))


def extend(track: Track, end: int, length: float, depth_change: float, fade: float) -> Track:
    """Let a track run on straight past one of its ends.

    Args:
        track: the curve.
        end: 0 for its first point, -1 for its last.
        length: how far, in pixels.
        depth_change: how much deeper the new end is than the old one.
        fade: over how many pixels before the new end the weight falls to 0.
    """
    if length <= 0:
        return track
    order = slice(None, None, -1 if end == 0 else 1)
    points, depth, weight = track.points[order], track.depth[order], track.weight[order]
    back = min(4, len(points) - 1)
    way = points[-1] - points[-1 - back]
    distance = float(np.hypot(*way))
    if distance == 0:
        return track
    steps = np.linspace(0, 1, max(2, round(length / _STEP) + 1))[1:]
    more = points[-1] + np.multiply.outer(steps * length, way / distance)
    left = (1 - steps) * length
    faded = np.clip(left / fade, 0, 1) if fade > 0 else np.ones(len(steps))
    return Track(
        np.concatenate((points, more))[order],
        np.concatenate((depth, depth[-1] + steps * depth_change))[order],
        np.concatenate((weight, faded))[order],
    )


def patches(track: Track, reach: float, size: Size) -> Iterator[Patch]:
    """Yield boxes of the pixels within ``reach`` of a curve; where two overlap, weights add up to the track's."""
    for piece in _pieces(track):
        patch = _patch(piece, reach, size)
        if patch is not None:
            yield patch


def _pieces(track: Track) -> Iterator[Track]:
    """Cut a track where it has become long or turned far; of two neighbours one fades in as the other goes."""
    steps = np.diff(track.points, axis=0)
    along = arc_length(track.points)
    cuts = along[_cut_points(along, np.unwrap(np.arctan2(steps[:, 1], steps[:, 0])))]
    edges = np.concatenate(([-np.inf], cuts, [np.inf]))
    for low, high in itertools.pairwise(edges):
        rise = np.clip((along - low) / _OVERLAP + 0.5, 0, 1) if np.isfinite(low) else 1.0
        fall = np.clip((along - high) / _OVERLAP + 0.5, 0, 1) if np.isfinite(high) else 0.0
        share = rise - fall
        # A few points more on either side: a pixel's nearest point must not be a cut end.
        first = max(0, int(np.searchsorted(along, low - 2 * _OVERLAP)))
        last = int(np.searchsorted(along, high + 2 * _OVERLAP)) + 1
        part = slice(first, last)
        yield Track(track.points[part], track.depth[part], (track.weight * share)[part])


def _cut_points(along: NDArray[np.float64], headings: NDArray[np.float64]) -> list[int]:
    """Choose where to cut: where the curve is straightest. At a kink both sides would claim what lies inside."""
    turning = np.abs(np.diff(headings, prepend=headings[0]))
    turning = np.convolve(turning, np.ones(5), mode="same")
    cuts, begin = [], 0
    low = high = headings[0]
    for k, heading in enumerate(headings.tolist()):
        low, high = min(low, heading), max(high, heading)
        if (high - low > _TURN or along[k] - along[begin] > _PIECE) and k > begin + 2 * _SEARCH:
            begin = k - _SEARCH + int(turning[k - _SEARCH : k].argmin())
            cuts.append(begin)
            low, high = headings[begin : k + 1].min(), headings[begin : k + 1].max()
    return cuts


def _patch(piece: Track, reach: float, size: Size) -> Patch | None:
    points = piece.points
    drawn = points[piece.weight > 0] if (piece.weight > 0).any() else points
    low = np.maximum(np.floor(drawn.min(axis=0) - reach), 0).astype(int)
    high = np.minimum(np.ceil(drawn.max(axis=0) + reach), size.xy).astype(int)
    if (high <= low).any() or len(points) < 2:
        return None
    columns, rows = -(-(high - low) // _CELL)
    x = (low[0] + (np.arange(columns) + 0.5) * _CELL).astype(np.float32)
    y = (low[1] + (np.arange(rows) + 0.5) * _CELL).astype(np.float32)
    cells = _nearest(piece, x, y)
    width, height = high - low
    box = (0.0, 0.0, width / _CELL, height / _CELL)
    fine = [
        np.asarray(
            PillowImage.fromarray(cell).resize((int(width), int(height)), PillowImage.Resampling.BILINEAR, box)
        )
        for cell in cells
    ]
    return Patch(slice(int(low[1]), int(high[1])), slice(int(low[0]), int(high[0])), *fine)


def _nearest(
    piece: Track, x: NDArray[np.float32], y: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Distance, depth and weight at the crossings of a grid, each (len(y), len(x)) float32."""
    points = piece.points
    tangents = np.gradient(points, axis=0)
    lengths = np.hypot(tangents[:, 0], tangents[:, 1])
    tangents /= np.maximum(lengths, 1e-9)[:, None]
    headings = np.unwrap(np.arctan2(tangents[:, 1], tangents[:, 0]))
    step = np.maximum(lengths, 1e-9)
    curvature, slope, fading = (np.gradient(v) / step for v in (headings, piece.depth, piece.weight))
    px, py = points.T.astype(np.float32)
    across, down = np.square(x[:, None] - px), np.square(y[:, None] - py)
    nearest = np.empty((len(y), len(x)), dtype=np.intp)
    # In blocks of rows: a reach of thousands of pixels would take gigabytes at once.
    rows = max(1, _BLOCK // across.size)
    for first in range(0, len(y), rows):
        (across[None] + down[first : first + rows, None]).argmin(axis=2, out=nearest[first : first + rows])
    away_x = x[None, :] - points[nearest, 0]
    away_y = y[:, None] - points[nearest, 1]
    tx, ty = tangents[nearest, 0], tangents[nearest, 1]
    ahead, aside = away_x * tx + away_y * ty, away_y * tx - away_x * ty
    # Between two points the curve is an arc: the distance from a circle, to second order in how far ahead it is.
    narrowing = np.maximum(1 - curvature[nearest] * aside, 0.25)
    limit = _STEP
    ahead = np.clip(ahead / narrowing, -limit, limit)
    distance = aside - curvature[nearest] * ahead**2 * narrowing / 2
    # Past an end there is no nearer point: the line of the tangent is what is meant, and the weight is the end's.
    # Inside a bend the nearest point jumps from one of its arms to the other; the depth must not.
    depth = scipy.ndimage.uniform_filter(piece.depth[nearest] + slope[nearest] * ahead, _SMOOTHING, mode="nearest")
    weight = np.clip(piece.weight[nearest] + fading[nearest] * ahead, 0, 1)
    return distance.astype(np.float32), depth.astype(np.float32), weight.astype(np.float32)
