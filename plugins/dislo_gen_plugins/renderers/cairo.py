"""Antialiased drawing with Cairo."""

from __future__ import annotations

import math
from typing import Annotated, Literal

import attrs
import cairo
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from dislo_gen import (
    SLIP_TRACE,
    SLIPPED_BAND,
    Defect,
    Distribution,
    Fixed,
    Help,
    Image,
    LogNormal,
    Normal,
    OnSheet,
    OpenCurve,
    Range,
    Region,
    Renderer,
    Scene,
    Uniform,
    Unit,
    Varied,
    component,
    trace_path,
)
from dislo_gen_plugins.renderers.ink import Context, Pen, lay_over, shifted, spot, stroke

_FADING_STOPS, _WIDTHS_PER_STOP = 6, 2
_STOPS_PER_BEAD, _MOST_STOPS = 5, 80
_FRINGE_OFFSET = 0.9  # distance of the fringe from its line over the line's width


@component
class Cairo(Renderer):
    """Strokes with a soft profile, whose contrast changes along the line.

    Drawn in image coordinates on one surface of inks and laid over the picture at once. A dark line of the
    blending mode ``multiply`` is black ink as transparent as its contrast is low, so that the background's
    grain stays in it; ``over`` is opaque grey paint, as in Govind et al. 2023, section 2.4.
    """

    blend: Annotated[
        Varied[Literal["multiply", "over"]],
        Help("multiply dims what is there and keeps its grain; over paints it, as the paper does"),
    ] = "multiply"
    field: Annotated[
        Varied[Literal["bright", "dark"]], Help("bright field: dark lines; dark field: bright lines on dark")
    ] = "bright"
    contrast: Annotated[
        Distribution, Range(0, 1), Help("how much darker than the local background, drawn for each pileup")
    ] = Uniform(0.3, 0.75)
    contrast_variation: Annotated[
        Varied[float],
        Range(0, 1),
        Help("relative standard deviation of the contrast from line to line"),
        OnSheet(0),
    ] = Uniform(0.05, 0.25)
    width: Annotated[
        Varied[float], Unit("px"), Range(0.5, 64), Help("full width at half maximum of a line's profile")
    ] = LogNormal(3.2, 0.35, 1.5, 8)
    width_variation: Annotated[
        Varied[float], Range(0, 1), Help("relative standard deviation of the width from line to line"), OnSheet(0)
    ] = Uniform(0.0, 0.12)
    softness: Annotated[
        Varied[float], Range(0, 1), Help("0: a stroke with sharp edges; 1: a Gaussian profile")
    ] = Uniform(0.6, 1.0)
    fading: Annotated[
        Varied[float], Range(0, 1), Help("how much of the contrast may be lost in places along a line"), OnSheet(0)
    ] = Uniform(0.1, 0.7)
    beading: Annotated[
        Varied[float],
        Range(0, 1),
        Help("how much of the contrast is lost between the dots of a line that crosses the foil"),
    ] = 0.0
    beads: Annotated[
        Varied[float],
        Range(0, 40),
        Help("dots along a line from one surface of the foil to the other"),
        OnSheet(beading=0.6),
    ] = Uniform(3, 9)
    fringe: Annotated[
        Distribution,
        Range(-1, 1),
        Help("contrast of the opposite sign along one side of a line, over the line's; the sign chooses the side"),
    ] = Fixed(0.0)
    bright_share: Annotated[
        Varied[float],
        Range(0, 1),
        Help("share of pileups with lines of the opposite sign: bright in bright field"),
    ] = 0.0
    trace_contrast: Annotated[
        Distribution, Range(-1, 1), Help("contrast of a slip trace: positive dark, negative bright"), OnSheet(0.15)
    ] = Normal(0.06, 0.1, -0.12, 0.3)
    trace_width: Annotated[
        Distribution, Unit("px"), Range(0.5, 64), Help("full width at half maximum of a slip trace")
    ] = Uniform(1.2, 4.0)
    band_step: Annotated[
        Distribution,
        Range(-1, 1),
        Help("brightness step across a slipped band: positive dark, negative bright"),
    ] = Normal(0.0, 0.04, -0.15, 0.15)
    spot_contrast: Annotated[
        Distribution,
        Range(0, 1),
        Help("contrast of the spot where a line meets the surface, for each pileup"),
        OnSheet(0.2),
    ] = Uniform(0.0, 0.4)
    spot_size: Annotated[Varied[float], Range(0, 10), Help("diameter of that spot over the line's width")] = (
        Uniform(1.0, 1.8)
    )
    dark_level: Annotated[
        Varied[float],
        Range(0, 1),
        Help("brightness that a dark field leaves of the background"),
        OnSheet(field="dark"),
    ] = Uniform(0.25, 0.5)

    def draw(self, image: Image, scene: Scene, rng: Generator) -> Image:
        """Draw a scene into a picture."""
        if not len(scene):
            return image.copy()
        picture = image * np.float32(self.dark_level) if self.field == "dark" else image
        height, width = image.shape
        surface = cairo.ImageSurface(cairo.FORMAT_ARGB32, width, height)
        context = cairo.Context(surface)
        context.set_tolerance(0.1)
        context.set_line_cap(cairo.LINE_CAP_ROUND)
        context.set_line_join(cairo.LINE_JOIN_ROUND)
        groups: dict[int, _GroupLook] = {}
        # What came later draws from a generator of its own, so that pictures without it stay as they were.
        (more,) = rng.spawn(1)
        for defect in scene:
            if defect.group not in groups:
                groups[defect.group] = self._group_look(rng, more)
            self._draw_defect(context, defect, groups[defect.group], picture, rng)
        return lay_over(picture, surface)

    def _group_look(self, rng: Generator, more: Generator) -> _GroupLook:
        sign = -1.0 if more.random() < self.bright_share else 1.0
        return _GroupLook(
            sign=sign,
            fringe=float(self.fringe.draw(more)),
            bead_phase=float(more.random()),
            contrast=float(self.contrast.draw(rng)),
            band=float(self.band_step.draw(rng)),
            spot=float(self.spot_contrast.draw(rng)),
        )

    def _draw_defect(
        self, context: Context, defect: Defect, look: _GroupLook, picture: Image, rng: Generator
    ) -> None:
        style = defect.style_of_kind
        if defect.kind == SLIPPED_BAND:
            self._fill(context, defect, look.band * style.contrast, picture)
            return
        if defect.kind == SLIP_TRACE:
            contrast, width = float(self.trace_contrast.draw(rng)), float(self.trace_width.draw(rng))
        else:
            contrast = _vary(look.contrast, self.contrast_variation, rng, 0.0, 1.0)
            width = _vary(self.width, self.width_variation, rng, 0.5, 64.0)
            contrast *= look.sign
        contrast, width = contrast * style.contrast, style.line_width(width)
        if isinstance(defect.shape, Region):
            self._fill(context, defect, contrast, picture)
            return
        pen = self._pen(defect, contrast, picture)
        fading = 1 - self.fading * rng.random(_FADING_STOPS)
        # Along a short thick line as many changes as along a long one would be stripes.
        fading = fading[: max(1, int(defect.shape.length / max(_WIDTHS_PER_STOP * width, 1)))]
        kept = self._with_beads(fading, defect, look) if defect.kind != SLIP_TRACE else fading.tolist()
        if look.fringe and defect.kind != SLIP_TRACE:
            beside = shifted(defect, math.copysign(_FRINGE_OFFSET * width, look.fringe))
            opposite = self._pen(defect, -contrast * abs(look.fringe), picture)
            stroke(context, beside, opposite, width, self.softness, kept, most_layers=2)
        stroke(context, defect, pen, width, self.softness, kept)
        if isinstance(defect.shape, OpenCurve) and defect.shape.depth is not None:
            pen = self._pen(defect, look.sign * look.spot * style.contrast, picture)
            for end in (0, -1):
                if defect.shape.depth[end] in (0.0, 1.0):
                    x, y = defect.shape.points[end].tolist()
                    spot(context, x, y, width * self.spot_size, pen)

    def _with_beads(self, fading: NDArray[np.float64], defect: Defect, look: _GroupLook) -> list[float]:
        """Add the dots of an inclined line, which lie at the same depths in all lines of a group."""
        shape = defect.shape
        if not self.beading or not isinstance(shape, OpenCurve) or shape.depth is None:
            kept: list[float] = fading.tolist()
            return kept
        count = min(
            max(len(fading), round(_STOPS_PER_BEAD * self.beads * float(np.ptp(shape.depth)))), _MOST_STOPS
        )
        at = np.linspace(0, 1, max(count, 2))
        depth = np.interp(at, np.linspace(0, 1, len(shape.depth)), shape.depth)
        dots = 0.5 + 0.5 * np.cos(2 * np.pi * (self.beads * depth + look.bead_phase))
        along = np.interp(at, np.linspace(0, 1, len(fading)), fading)
        beaded: list[float] = (along * (1 - self.beading * dots)).tolist()
        return beaded

    def _pen(self, defect: Defect, contrast: float, picture: Image) -> Pen:
        """Choose the ink that makes a defect darker (contrast above 0) or brighter (below 0) than its place.

        Slip traces and bands change the brightness of what is there in either mode: paint would show as a strip.
        """
        dark = contrast >= 0 if self.field == "bright" else contrast < 0
        strength = min(abs(contrast), 1.0)
        if self.blend == "multiply" or defect.kind in (SLIP_TRACE, SLIPPED_BAND):
            return Pen(0.0 if dark else 1.0, strength)
        local = _local_grey(picture, defect.shape.points)
        return Pen(local * (1 - strength) if dark else local + (1 - local) * strength, 1.0 if strength else 0.0)

    def _fill(self, context: Context, defect: Defect, contrast: float, picture: Image) -> None:
        pen = self._pen(defect, contrast, picture)
        context.set_source_rgba(pen.grey, pen.grey, pen.grey, pen.opacity)
        trace_path(context, defect.shape)
        context.fill()


@attrs.frozen
class _GroupLook:
    """What the lines of one group have in common."""

    sign: float
    fringe: float
    bead_phase: float
    contrast: float
    band: float
    spot: float


def _vary(value: float, relative: float, rng: Generator, low: float, high: float) -> float:
    return float(min(max(value * (1 + relative * rng.standard_normal()), low), high))


def _local_grey(picture: Image, points: NDArray[np.float64]) -> float:
    height, width = picture.shape
    x, y = np.floor(points).astype(int).T
    inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    return float(np.median(picture[y[inside], x[inside]] if inside.any() else picture))
