"""Grains and twins: pieces of crystal that diffract differently."""

from __future__ import annotations

import math
from typing import Annotated, ClassVar, Literal

import attrs
import numpy as np
from numpy.random import Generator

from dislo_gen import (
    Choice,
    Distribution,
    Effect,
    Help,
    Image,
    LogNormal,
    Normal,
    OnSheet,
    Range,
    Scene,
    Size,
    Uniform,
    Unit,
    Varied,
    component,
    smooth_field,
)
from dislo_gen_plugins.effects.boundary_shapes import Boundary, Fringes, Lamellae, OwnLine, StraightLine
from dislo_gen_plugins.effects.coarse import half, refine
from dislo_gen_plugins.effects.row_blocks import row_blocks


@component
class Grains(Effect):
    """Brightness steps across grain boundaries and twins, with the boundaries' own fringes and lines.

    Each boundary divides a grain that is there already, so that they meet in triple junctions. One that is
    inclined to the foil shows fringes (Williams & Carter, Transmission Electron Microscopy, 2nd ed., ch. 24, 25).
    """

    acts_on: ClassVar[Literal["specimen", "image"]] = "specimen"

    strength: Annotated[
        Varied[float], Range(0, 1), Help("0: untouched; 1: grains as bright and boundaries as clear as drawn")
    ] = Uniform(0.4, 1.0)
    boundaries: Annotated[Varied[int], Range(0, 6), Help("boundaries, or sets of twin lamellae, per image")] = (
        Choice((1, 2, 3), (0.6, 0.3, 0.1))
    )
    brightness: Annotated[
        Distribution, Range(0, 2), Help("grey of each further grain over that of the first; below 1: darker")
    ] = Normal(0.75, 0.3, 0.1, 1.35)
    twins: Annotated[
        Varied[float], Range(0, 1), Help("probability of straight lamellae in place of a boundary")
    ] = 0.25
    lamella: Annotated[
        Distribution, Range(2, 1000), Unit("px"), Help("width of each twin lamella"), OnSheet(twins=1)
    ] = LogNormal(30, 0.6, 6, 150)
    waviness: Annotated[
        Varied[float], Range(0, 300), Unit("px"), Help("standard deviation of a boundary from a straight line")
    ] = Uniform(0, 14)
    wavelength: Annotated[
        Varied[float], Range(4, 8192), Unit("px"), Help("distance over which boundaries wind")
    ] = Uniform(60, 300)
    inclined: Annotated[
        Varied[float], Range(0, 1), Help("probability that a boundary is inclined, and shows fringes")
    ] = 0.5
    band_width: Annotated[
        Distribution, Range(2, 500), Unit("px"), Help("width of an inclined boundary in the picture")
    ] = Uniform(12, 60)
    fringe_spacing: Annotated[
        Distribution, Range(2, 200), Unit("px"), Help("distance of the fringes along an inclined boundary")
    ] = Uniform(6, 16)
    fringe_contrast: Annotated[Varied[float], Range(0, 1), Help("how much darker the dark fringes are")] = Uniform(
        0.1, 0.6
    )
    line_contrast: Annotated[
        Distribution,
        Range(-1, 1),
        Help("contrast of the line along one that is not: positive dark, negative bright"),
        OnSheet(inclined=0),
    ] = Normal(0.1, 0.2, -0.3, 0.6)
    line_width: Annotated[
        Distribution,
        Range(0.5, 64),
        Unit("px"),
        Help("full width at half maximum of that line"),
        OnSheet(inclined=0, line_contrast=0.5),
    ] = Uniform(1.5, 5)

    def apply(self, image: Image, scene: Scene, rng: Generator) -> Image:
        """Return the picture with every grain's own brightness."""
        del scene
        if not self.strength or not self.boundaries:
            return image.copy()
        height, width = image.shape
        size = Size(width, height)
        winding = None
        if self.waviness:
            winding = smooth_field(half(size), self.wavelength / 2, rng)
            winding *= self.waviness
        parts: list[_Part] = []
        for _ in range(self.boundaries):
            column, row = int(rng.integers(width)), int(rng.integers(height))
            there = slice(row, row + 1)
            wound = None if winding is None else refine(winding, size, there)
            shares = _divide(parts, size, there, wound)[0]
            divided = max(range(len(shares)), key=lambda n: float(shares[n][0, column]))
            line = StraightLine((column + 0.5, row + 0.5), rng.uniform(0, 2 * math.pi))
            shape: Boundary | Lamellae
            if rng.random() < self.twins:
                shape = self._lamellae(line, rng)
            else:
                shape = self._boundary(line, 0.0 if wound is None else float(wound[0, column]), rng)
            parts.append(_Part(shape, divided, float(self.brightness.draw(rng))))
        result = np.empty_like(image)
        for rows in row_blocks(size):
            factor = _divide(parts, size, rows, None if winding is None else refine(winding, size, rows))[1]
            factor -= 1
            factor *= self.strength
            factor += 1
            np.multiply(image[rows], factor, out=result[rows])
        return np.clip(result, 0, 1, out=result)

    def _boundary(self, line: StraightLine, winding_there: float, rng: Generator) -> Boundary:
        if rng.random() < self.inclined:
            band = float(self.band_width.draw(rng))
            count = max(round(band / float(self.fringe_spacing.draw(rng))), 1)
            return Boundary(
                line, winding_there, band, Fringes(count, self.fringe_contrast, rng.uniform(-0.7, 0.7))
            )
        contrast, width = float(self.line_contrast.draw(rng)), float(self.line_width.draw(rng))
        return Boundary(line, winding_there, 1.0, OwnLine(contrast, width))

    def _lamellae(self, line: StraightLine, rng: Generator) -> Lamellae:
        count = int(rng.integers(1, 5))
        widths, gaps = self.lamella.draw_many(rng, count), self.lamella.draw_many(rng, count)
        starts = np.cumsum(widths + gaps) - widths - gaps
        middles = starts + widths / 2 - widths[0] / 2
        return Lamellae(line, tuple(middles.tolist()), tuple(widths.tolist()))


@attrs.frozen
class _Part:
    """A grain cut out of an earlier one: by what, of which (0 is the first), and its grey."""

    shape: Boundary | Lamellae
    divided: int
    grey: float


def _divide(parts: list[_Part], size: Size, rows: slice, winding: Image | None) -> tuple[list[Image], Image]:
    """Return every grain's share of each pixel of these rows, and the factor on its brightness."""
    shape = rows.stop - rows.start, size.width
    shares = [np.ones(shape, dtype=np.float32)]
    factor = np.ones(shape, dtype=np.float32)
    greys = [1.0]
    for part in parts:
        share, taken = part.shape.share(size, rows, winding)
        divided = shares[part.divided]
        if taken is not None:
            taken *= divided
            factor -= taken
        share *= divided
        divided -= share
        shares.append(share)
        factor += share * np.float32(part.grey - greys[part.divided])
        greys.append(part.grey)
    return shares, factor
