"""How wide lines are in labelled pictures: full width at half maximum, as one measures it by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import attrs
import numpy as np
from numpy.typing import NDArray

from dislo_gen.interfaces import Image
from dislo_gen.learning.windows import looked_at
from dislo_gen.sample import Sample
from dislo_gen.shapes import OpenCurve, Region, Shape, arc_length

Profiles = NDArray[np.float64]
_STEP = 0.5  # px, across a line
_REACH = 1 / 16  # of the picture's longer side: how far a profile goes to either side
_PIECE = 1 / 40  # of it: how long a piece is whose profile is put in its place by itself
_ASIDE = 1 / 85  # of it, 6 px of 512: how far a label drawn by hand may lie beside its line
_FALL = 0.35  # of a line's depth: where the profile falls by so much again, the next line begins
_FURTHER, _RISE = 1.5, 0.2  # where it rises by less than a fifth on the next half of the way, the line ends
_LEAST = 0.4  # but not before it has risen by this part of its rise in all
_CLEAR = 3.0  # a line's depth in standard errors, from which on its width means something
_FAINTEST = 0.015  # of the grey scale
_CURVES_OF_A_PICTURE = 60


@attrs.frozen
class LineWidths:
    """How wide lines are, px: the full width at half maximum of the mean profile across each.

    Attributes:
        median: half of the lines are wider.
        low, high: nine of ten lines are wider than the one, and nine of ten narrower than the other.
        lines: how many were measured.
    """

    median: float = attrs.field()
    low: float
    high: float
    lines: int

    @median.validator
    def _check(self, _attribute: object, value: float) -> None:
        if not 0 < self.low <= value <= self.high < 1e6:
            given = f"{self.low:g}, {value:g}, {self.high:g}"
            raise ValueError(f"median: line widths must be more than 0 px and in order, not {given}")

    def __str__(self) -> str:
        return f"{self.low:.2g} to {self.high:.2g} px, {self.median:.2g} px in the middle"

    def scaled(self, factor: float) -> LineWidths:
        """Return how wide they are in pictures scaled by a factor."""
        return LineWidths(self.median * factor, self.low * factor, self.high * factor, self.lines)

    def knows(self, width: float) -> bool:
        """Say whether a line of this width is nothing out of the ordinary among these."""
        return self.low <= width <= self.high


def measure_lines(samples: Iterable[Sample]) -> LineWidths | None:
    """Measure the lines of labelled pictures, or return None where too few of them are clear enough.

    Three are enough, or all where the pictures have fewer.

    Args:
        samples: pictures with their scenes; what lies in title bars is left out. Curves may lie a few pixels
            beside their lines, as those drawn by hand do, and lines may be dark or bright.
    """
    every = [measured for sample in samples for measured in measure_sample(sample)]
    return summary(every)


def measure_sample(sample: Sample, most: int = _CURVES_OF_A_PICTURE) -> list[float | None]:
    """Return the width of each labelled line of a picture, px, None where there is no clear one.

    Areas as thin as lines stand for lines only where nothing is labelled by a curve.

    Args:
        sample: the picture and its scene.
        most: of so many curves, the first.
    """
    image, scene = looked_at(sample)
    shapes = [defect.shape for defect in scene.labelled]
    curves = [shape for shape in shapes if not isinstance(shape, Region)]
    if curves:
        return [measure_line(image, shape) for shape in curves[:most]]
    return [_width_of_area(shape) for shape in shapes if isinstance(shape, Region)]


def summary(measured: Sequence[float | None]) -> LineWidths | None:
    """Return what widths have in common; None where fewer than three lines, and not all, are clear."""
    widths = [width for width in measured if width is not None]
    if not widths or len(widths) < min(3, len(measured)):
        return None
    low, median, high = np.quantile(widths, (0.1, 0.5, 0.9))
    return LineWidths(round(float(median), 2), round(float(low), 2), round(float(high), 2), len(widths))


def measure_line(image: Image, shape: Shape) -> float | None:
    """Return the full width at half maximum of one curve's line, px, or None where there is no clear one.

    Args:
        image: (H, W) float32.
        shape: a curve, in px of the image; of an area nothing is measured.
    """
    if isinstance(shape, Region):
        return None
    points = shape.points if isinstance(shape, OpenCurve) else shape.closed_points
    longer = max(image.shape)
    profiles = _profiles(image, points, _REACH * longer, max(6, round(_PIECE * longer)))
    if not len(profiles):
        return None
    widths = []
    for sign in (1, -1):
        placed, clearness = _put_in_place(sign * profiles, max(2.0, _ASIDE * longer))
        if placed is not None:
            widths.append((clearness, _half_width(placed[::-1]), _half_width(placed)))
    clear = [each for each in widths if each[0] >= _CLEAR and each[1] and each[2]]
    if not clear:
        return None
    _, left, right = max(clear)
    assert left is not None
    assert right is not None
    return left + right


def _profiles(image: Image, points: NDArray[np.float64], reach: float, piece: int) -> Profiles:
    """Return the mean profiles across pieces of a curve, (pieces, across) float64; the middle one lies on it."""
    from scipy import ndimage

    along = arc_length(points)
    count = int(along[-1])
    if count < piece:
        return np.zeros((0, 1))
    steps = np.arange(count - count % piece) + 0.5
    places = np.stack([np.interp(steps, along, points[:, axis]) for axis in (0, 1)], axis=1)
    smooth = ndimage.gaussian_filter1d(places, 3.0, axis=0, mode="nearest")
    tangents = np.gradient(smooth, axis=0)
    tangents /= np.maximum(np.hypot(*tangents.T), 1e-9)[:, None]
    across = np.arange(-round(reach / _STEP), round(reach / _STEP) + 1) * _STEP
    x = places[:, :1] - tangents[:, 1:] * across - 0.5
    y = places[:, 1:] + tangents[:, :1] * across - 0.5
    grey = ndimage.map_coordinates(image, [y, x], order=1, mode="constant", cval=np.nan, output=np.float64)
    grey = grey.reshape(-1, piece, len(across))
    inside = np.isfinite(grey)
    sums, counts = np.where(inside, grey, 0).sum(axis=1), inside.sum(axis=1)
    whole: Profiles = np.where(counts >= piece / 2, sums / np.maximum(counts, 1), np.nan)
    return whole


def _put_in_place(profiles: Profiles, aside: float) -> tuple[Profiles | None, float]:
    """Move each profile so that its darkest place near the label is in the middle, and return their mean.

    Returns:
        (across,) float64, with NaN where there is nothing; and the line's depth in standard errors.
    """
    from scipy import ndimage

    middle, most = profiles.shape[1] // 2, round(aside / _STEP)
    near = profiles[:, middle - most : middle + most + 1]
    if near.shape[1] < 3:
        return None, 0.0
    whole = np.isfinite(near).all(axis=1)
    if not whole.any():
        return None, 0.0
    smooth = ndimage.gaussian_filter1d(near[whole], 1.0 / _STEP, axis=1, mode="nearest")
    # An illumination that falls off is no line: what counts is how dark a place is beside a straight one through.
    straight = np.linspace(smooth[:, 0], smooth[:, -1], smooth.shape[1], axis=1)
    moves = (smooth - straight).argmin(axis=1) - most
    moved = np.full_like(profiles[whole], np.nan)
    for row, profile, move in zip(moved, profiles[whole], moves, strict=True):
        row[max(0, -move) : len(row) - max(0, move)] = profile[max(0, move) : len(row) + min(0, move)]
    seen = np.isfinite(moved)
    mean = np.where(seen, moved, 0).sum(axis=0) / np.where(seen.any(axis=0), seen.sum(axis=0), np.nan)
    depth = _depth(mean)
    level = np.where(seen, moved, 0).sum(axis=1) / np.maximum(seen.sum(axis=1), 1)
    spread = np.where(seen, (moved - level[:, None] - mean + np.nanmean(mean)) ** 2, 0).sum(axis=0)
    error = float(np.sqrt(np.median(spread / np.maximum(seen.sum(axis=0) - 1, 1)))) / np.sqrt(len(moved))
    return mean, depth / max(error, 1e-6) if depth >= _FAINTEST else 0.0


def _depth(profile: Profiles) -> float:
    ends = [_side(profile), _side(profile[::-1])]
    return min(base - bottom for bottom, base, _ in ends) if all(len(side) > 2 for _, _, side in ends) else 0.0


def _side(profile: Profiles) -> tuple[float, float, Profiles]:
    """Return a line's bottom, what it rises to on the right, and the profile up to there or to the next line."""
    from scipy import ndimage

    middle = len(profile) // 2
    side = profile[middle:]
    side = side[: int(np.isfinite(side).argmin())] if not np.isfinite(side).all() else side
    if len(side) < 3:
        return 0.0, 0.0, side[:0]
    bottom = float(np.nanmean(profile[middle - 1 : middle + 2]))
    smooth = ndimage.gaussian_filter1d(side, 1.0, mode="nearest")
    highest = np.maximum.accumulate(smooth)
    falls = np.flatnonzero(highest - smooth > _FALL * np.maximum(highest - bottom, 1e-9))
    falls = falls[falls > 1]
    end = int(falls[0]) if len(falls) else len(smooth)
    smooth = ndimage.gaussian_filter1d(smooth, 2.0, mode="nearest")
    places = np.arange(2, max(2, int(end / _FURTHER)))
    rise, further = smooth[places] - bottom, smooth[(places * _FURTHER).astype(int)] - smooth[places]
    flat = places[(rise >= _LEAST * (highest[end - 1] - bottom)) & (further < _RISE * rise)]
    end = int(flat[0]) + 1 if len(flat) else end
    return bottom, float(highest[end - 1]), smooth[:end]


def _half_width(profile: Profiles) -> float | None:
    """Return how far from the middle, to the right, a line has risen by half, px."""
    bottom, base, side = _side(profile)
    above = np.flatnonzero(side >= (bottom + base) / 2)
    if base <= bottom or not len(above):
        return None
    first = int(above[0])
    if first == 0:
        return None
    part = ((bottom + base) / 2 - side[first - 1]) / max(side[first] - side[first - 1], 1e-12)
    return (first - 1 + float(part)) * _STEP


def _width_of_area(shape: Region) -> float | None:
    """Return the mean width of an area as thin as a line, px."""
    x, y = shape.points.T
    area = abs(float(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1)))) / 2
    around = float(arc_length(np.concatenate((shape.points, shape.points[:1])))[-1])
    return 2 * area / around if area and around**2 > 40 * area else None
