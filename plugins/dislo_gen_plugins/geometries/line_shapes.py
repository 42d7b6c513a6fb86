"""The shape of a dislocation line, as the heading of each step along it.

A heading is the angle in radians between a step and the line's mean direction. Headings stay below a right angle,
so a line is a graph over its mean direction: it never crosses itself, and copies of it shifted sideways never
cross each other.
"""

from __future__ import annotations

import math

import attrs
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from dislo_gen import Distribution

STEEPEST = math.radians(80)
"""Largest heading: arcs that meet in a steeper cusp would touch, and the line would hardly leave the image."""

_FEWEST = 4  # steps between two kinks or pins: fewer would show neither an arc nor an angle
_AT_ONCE = 12  # distances drawn at a time
_MOST_SCATTER = 1.5  # standard deviations at which the scatter of pins is cut off
# One sine looks like a drawn wave. These wavelengths and weights, none a multiple of another, look irregular.
_WAVES = np.array([1.0, 0.58, 1.73])
_WEIGHTS = np.array([0.45, 0.2, 0.35])


@attrs.frozen
class LineShape:
    """What the lines of a bundle have in common.

    Attributes:
        spacing: distances between its kinks or pins.
        scale: factor on these distances, for px.
        bend: largest heading of the gentle curve (an arc, or an S) that the line as a whole follows, rad.
        wave: largest heading of its waves, rad.
        wavelength: of these waves, px.
        kink: angle of its kinks, rad; 0 for none.
        bow: half the angle of the arc over the widest distance between two pins, rad.
        scatter: standard deviation of the direction from pin to pin, rad; it has no pins if this and bow are 0.
    """

    spacing: Distribution
    scale: float
    bend: float = 0.0
    wave: float = 0.0
    wavelength: float = 1.0
    kink: float = 0.0
    bow: float = 0.0
    scatter: float = 0.0

    @property
    def steepest(self) -> float:
        """A bound on its headings, rad."""
        return self.bend + self.wave + self.kink + self.bow + _MOST_SCATTER * self.scatter

    def bounded(self) -> LineShape:
        """Return the shape, calmed where its headings could exceed `STEEPEST`."""
        if self.steepest <= STEEPEST:
            return self
        calm = STEEPEST / self.steepest
        angles = {name: calm * getattr(self, name) for name in ("bend", "wave", "kink", "bow", "scatter")}
        return attrs.evolve(self, **angles)

    def headings(self, count: int, step: float, extent: float, rng: Generator) -> NDArray[np.float64]:
        """Return the heading of each step of one line.

        Args:
            count: how many steps.
            step: their length, px.
            extent: length over which the gentle curve turns about once, px.
            rng: where the draws come from.

        Returns:
            (count,) float64, rad.
        """
        turn, phase = math.pi * rng.uniform(0.7, 1.3) / extent, rng.uniform(0, 2 * math.pi)
        s = step * (np.arange(count) + 0.5)
        if self.bow or self.scatter:
            arcs = Arcs.between_pins(self._distances(count, step, rng), count, self.bow, step, rng)
            scatter = self.scatter * rng.standard_normal(len(arcs.middles)).clip(-_MOST_SCATTER, _MOST_SCATTER)
            # The pins lie along the gentle curve, so that it changes no radius.
            return arcs.headings(self.bend * np.sin(turn * arcs.middles + phase) + scatter)
        headings: NDArray[np.float64] = self.bend * np.sin(turn * s + phase)
        if self.wave:
            turns = 2 * math.pi / (self.wavelength * _WAVES * rng.uniform(0.8, 1.25, 3))
            phases = rng.uniform(0, 2 * math.pi, 3)
            for weight, wave_turn, wave_phase in zip(_WEIGHTS, turns, phases, strict=True):
                headings += self.wave * weight * np.sin(wave_turn * s + wave_phase)
        if self.kink:
            headings += kinks(self._distances(count, step, rng), count, self.kink, step, rng)
        return headings

    def _distances(self, count: int, step: float, rng: Generator) -> NDArray[np.float64]:
        """Distances between kinks or pins that reach well beyond ``count`` steps, px."""
        shortest, longest, needed = _FEWEST * step, 2 * count * step, 2 * count * step
        found: list[NDArray[np.float64]] = []
        while needed > 0:
            # The first two may lie wholly before the line, so they do not count.
            drawn = (self.scale * self.spacing.draw_many(rng, _AT_ONCE)).clip(shortest, longest)
            needed -= float(drawn[0 if found else 2 :].sum())
            found.append(drawn)
        return np.concatenate(found)


def kinks(
    distances: NDArray[np.float64], count: int, angle: float, step: float, rng: Generator
) -> NDArray[np.float64]:
    """Return headings that change by ``angle`` at each kink: away from the mean direction, and back.

    Lines that change between two crystal directions, on jogs or by cross slip, look so.

    Args:
        distances: between neighbouring kinks, px; more than enough for ``count`` steps.
        count: how many steps.
        angle: of each kink, rad.
        step: length of a step, px.
        rng: where the draws come from.

    Returns:
        (count,) float64, rad.
    """
    # Of each two parts the shorter leads away: short links between long parts along the mean direction.
    pairs = np.sort(np.rint(distances[: len(distances) // 2 * 2] / step).astype(np.int64).reshape(-1, 2), axis=1)
    away = np.zeros(pairs.shape)
    away[:, 0] = angle * (2 * rng.integers(2, size=len(pairs)) - 1)
    start = int(rng.integers(pairs[0].sum()))
    return np.repeat(away.ravel(), pairs.ravel())[start : start + count]


@attrs.frozen(eq=False)
class Arcs:
    """Arcs between pinning points, all of one radius and to one side.

    Under a stress tau a pinned line of tension T bows to the radius T / (tau b), the same between all pins, until
    the widest segment is a half circle (Hirth and Lothe, Theory of Dislocations, on line tension). The radius is
    thus at least half the distance of any two neighbouring pins.

    Attributes:
        middles: where the middle of each arc lies along the line, px.
        arc: (N,) which arc each step belongs to.
        turned: (N,) heading of each step from its arc's chord, rad.
    """

    middles: NDArray[np.float64]
    arc: NDArray[np.int64]
    turned: NDArray[np.float64]

    @classmethod
    def between_pins(
        cls, distances: NDArray[np.float64], count: int, bow: float, step: float, rng: Generator
    ) -> Arcs:
        """Return the arcs of a line.

        Args:
            distances: between neighbouring pins, px; more than enough for ``count`` steps.
            count: how many steps N.
            bow: half the angle of the arc over the widest distance, rad, below a right angle.
            step: length of a step, px.
            rng: where the draws come from.
        """
        # Only arcs that the line may reach decide which is the widest; rounding takes up to a fifth of each.
        used = distances[: int(np.searchsorted(np.cumsum(distances[1:]), 1.25 * count * step)) + 2]
        curvature = 2 * math.sin(bow) / float(used.max())
        half = np.arcsin(curvature * used / 2)
        # Whole steps, so that pins are vertices; rounded down, so that no arc turns further than it may.
        lengths = np.floor(used / np.sinc(half / math.pi) / step).astype(np.int64)
        start = int(rng.integers(lengths[0]))
        middles = np.cumsum(lengths) - lengths / 2 - start
        arc = np.repeat(np.arange(len(lengths)), lengths)[start : start + count]
        side = 1.0 if rng.random() < 0.5 else -1.0
        turned = side * curvature * step * (np.arange(count) + 0.5 - middles[arc])
        return cls(step * middles, arc, turned)

    def headings(self, chords: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the heading of each step, (N,) rad, where ``chords`` are those from pin to pin, one per arc."""
        return chords[self.arc] + self.turned


def path(headings: NDArray[np.float64], step: float, direction: float) -> NDArray[np.float64]:
    """Walk along headings from the origin.

    Args:
        headings: (N,) rad, from the mean direction.
        step: length of a step, px.
        direction: the mean direction, rad from x towards y.

    Returns:
        (N + 1, 2) float64, px.
    """
    points = np.zeros((len(headings) + 1, 2))
    np.cumsum(step * np.cos(headings + direction), out=points[1:, 0])
    np.cumsum(step * np.sin(headings + direction), out=points[1:, 1])
    return points
