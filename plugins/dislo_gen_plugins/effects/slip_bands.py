"""Slip bands: what slip leaves on a foil's surfaces."""

from __future__ import annotations

import math
from typing import Annotated, ClassVar, Literal

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from dislo_gen import (
    SLIP_TRACE,
    Choice,
    Distribution,
    Effect,
    Help,
    Image,
    LogNormal,
    OnSheet,
    Range,
    Scene,
    Size,
    Uniform,
    Unit,
    Varied,
    component,
)
from dislo_gen_plugins.effects.row_blocks import row_blocks
from dislo_gen_plugins.effects.stripes import Stripes


@component
class SlipBands(Effect):
    """Brightness steps across slipped bands, faint traces at their borders, and fine slip lines.

    Slip leaves steps on both surfaces, so that the foil is a little thinner or thicker in a slipped band, and
    tears the oxide film along its traces. The slip traces of the scene, where there are any, give the direction.
    """

    acts_on: ClassVar[Literal["specimen", "image"]] = "specimen"

    strength: Annotated[Varied[float], Range(0, 0.5), Help("standard deviation of the brightness steps")] = (
        LogNormal(0.06, 0.5, 0, 0.2)
    )
    edges: Annotated[
        Varied[float], Range(0, 1), Help("standard deviation of the contrast of traces at the bands' borders")
    ] = Uniform(0.0, 0.15)
    texture: Annotated[Varied[float], Range(0, 0.5), Help("contrast of sets of fine parallel slip lines")] = (
        Uniform(0.0, 0.08)
    )
    bands: Annotated[Varied[int], Range(0, 60), Help("slipped bands of each slip system")] = Uniform(2, 10)
    width: Annotated[Distribution, Range(2, 1000), Unit("px"), Help("width of each band")] = LogNormal(
        45, 0.7, 8, 250
    )
    systems: Annotated[Varied[int], Range(1, 3), Help("slip systems, each with its direction")] = Choice(
        (1, 2), (0.75, 0.25)
    )
    follow: Annotated[
        Varied[float], Range(0, 1), Help("probability that a system runs along a slip trace of the scene, if any")
    ] = 0.8
    direction: Annotated[
        Varied[float],
        Range(0, 180),
        Unit("deg"),
        Help("of the first system that follows none: 0 across, 90 down"),
        OnSheet(follow=0),
    ] = Uniform(0, 180)
    edge_share: Annotated[Varied[float], Range(0, 1), Help("part of the borders that show a trace")] = Uniform(
        0.2, 0.8
    )
    edge_width: Annotated[
        Distribution, Range(0.5, 64), Unit("px"), Help("full width at half maximum of such a trace")
    ] = Uniform(1.5, 4.5)
    spacing: Annotated[Varied[float], Range(2, 200), Unit("px"), Help("distance of fine slip lines")] = LogNormal(
        8, 0.35, 4, 16
    )

    def apply(self, image: Image, scene: Scene, rng: Generator) -> Image:
        """Return the picture with the bands multiplied in."""
        if not (self.strength or self.edges or self.texture):
            return image.copy()
        height, width = image.shape
        traces = _directions(scene)
        angle = math.radians(self.direction)
        result = image.copy()
        for _ in range(self.systems):
            if traces and rng.random() < self.follow:
                angle = traces[int(rng.integers(len(traces)))]
            self._lay(result, Stripes.over(Size(width, height), angle), rng)
            angle += math.radians(rng.uniform(35, 145))
        return np.clip(result, 0, 1, out=result)

    def _lay(self, picture: Image, stripes: Stripes, rng: Generator) -> None:
        """Multiply one system's bands and lines into the picture."""
        t = stripes.positions
        centres = rng.uniform(t[0], t[-1], self.bands)
        widths = self.width.draw_many(rng, self.bands)
        borders = np.concatenate((centres - widths / 2, centres + widths / 2))
        steps = self.strength * rng.standard_normal(self.bands)
        bands = 1 + _ramps(t, borders, np.concatenate((steps, -steps)))
        chosen = borders[rng.random(len(borders)) < self.edge_share]
        contrasts = self.edges * rng.standard_normal(len(chosen))
        lines = _ridges(t, chosen, contrasts, self.edge_width.draw_many(rng, len(chosen)))
        lines += self._fine_lines(t, rng)
        wavelength, phase = rng.uniform(150, 800), rng.uniform(0, 2 * math.pi)
        has_lines = lines.any()
        for rows in row_blocks(stripes.size):
            places = stripes.places(rows)
            picture[rows] *= bands.take(places)
            if has_lines:
                fading = stripes.wave(rows, wavelength, phase)  # no line is equally clear all along
                fading *= -0.4
                fading -= 0.6
                fading *= lines.take(places)
                fading += 1
                picture[rows] *= fading

    def _fine_lines(self, t: NDArray[np.float32], rng: Generator) -> NDArray[np.float32]:
        """Return lines side by side, unevenly spaced and dark, in a part of the picture."""
        span = float(t[-1] - t[0])
        count = min(int(span / self.spacing) + 2, len(t))
        lattice = t[0] + self.spacing * (np.arange(2 * count) / 2 + rng.uniform(-0.2, 0.2, 2 * count))
        height = np.zeros(2 * count)
        height[::2] = 1
        shape = np.interp(t, lattice, height)
        contrast = np.interp(t, lattice[::2], rng.gamma(2.0, 0.5, count))
        # Slip stays within a grain or a piece of it: the lines begin and end somewhere.
        middle, reach = rng.uniform(t[0], t[-1]), span * rng.uniform(0.15, 0.7)
        within = np.clip((reach - np.abs(t - middle)) / (0.2 * reach), 0, 1)
        lines: NDArray[np.float32] = (self.texture * shape**2 * contrast * within).astype(np.float32)
        return lines


def _directions(scene: Scene) -> list[float]:
    """Return the directions of the scene's slip traces, in radians from x towards y."""
    chords = [defect.shape.points[-1] - defect.shape.points[0] for defect in scene.of_kind(SLIP_TRACE)]
    return [math.atan2(y, x) for x, y in chords if x or y]


def _ramps(
    t: NDArray[np.float32], borders: NDArray[np.float64], steps: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Return the sum of steps of a pixel's width at the borders."""
    total = np.zeros_like(t)
    for border, step in zip(borders.tolist(), steps.tolist(), strict=True):
        total += np.clip(t - (border - 0.5), 0, 1) * np.float32(step)
    return total


def _ridges(
    t: NDArray[np.float32], centres: NDArray[np.float64], heights: NDArray[np.float64], widths: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Return the sum of Gaussian ridges of these full widths at half maximum."""
    total = np.zeros_like(t)
    for centre, height, width in zip(centres.tolist(), heights.tolist(), widths.tolist(), strict=True):
        first, last = np.searchsorted(t, (centre - 2 * width, centre + 2 * width))
        near = (t[first:last] - centre) / width
        total[first:last] += np.float32(height) * np.exp(np.square(near) * np.float32(-4 * math.log(2)))
    return total
