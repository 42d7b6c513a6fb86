"""Pileups: dislocations that follow each other between two slip traces."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Self

import numpy as np
import scipy
from numpy.random import Generator
from numpy.typing import NDArray

from dislo_gen import (
    DISLOCATION,
    Choice,
    DatasetError,
    Defect,
    Distribution,
    Geometry,
    Help,
    LogNormal,
    OneOf,
    OnSheet,
    OpenCurve,
    Range,
    Scene,
    Size,
    Uniform,
    Unit,
    Varied,
    Whole,
    component,
    visible_fraction,
)
from dislo_gen_plugins.geometries import labelled_curves
from dislo_gen_plugins.geometries.pileup_shapes import SHAPES, normalise, support_points
from dislo_gen_plugins.geometries.pileup_spacing import equilibrium_positions, free_positions, pair_gaps
from dislo_gen_plugins.geometries.slip_planes import SlipSystem, traces_and_band

_STEP = 3.0  # distance between the vertices of a curve, px


@component
class Pileup(Geometry):
    """Dislocations in pileups between slip traces, each a cubic spline from one trace to the other.

    Section 2.3 of Govind et al. 2023. Pileups on the same slip direction lie on parallel planes of one slip
    system and share its slip width. All lengths are in pixels of the image times ``scale``.
    """

    pileups: Annotated[
        Varied[int], Range(0, 100), Help("pileups per image"), OnSheet(1, offset=Uniform(-0.7, 0.7))
    ] = Uniform(1, 4)
    dislocations: Annotated[Distribution, Whole(), Range(1, 200), Help("dislocations in a pileup"), OnSheet(5)] = (
        Uniform(1, 8)
    )
    max_dislocations: Annotated[Varied[int], Range(0, 1000), Help("most dislocations in one image")] = 20
    directions: Annotated[
        Varied[int],
        Range(1, 12),
        Help("different slip directions in one image"),
        OnSheet(1, pileups=4, angle=Uniform(0, 360), offset=Uniform(-0.7, 0.7)),
    ] = Uniform(1, 3)
    angle: Annotated[
        Distribution,
        Unit("deg"),
        Range(-360, 360),
        Help("angle of a slip direction to the x axis, clockwise"),
        OnSheet(0),
    ] = Uniform(0, 360)
    slip_width: Annotated[
        Distribution, Unit("px"), Range(2, 8192), Help("distance between the two slip traces of a plane")
    ] = Uniform(40, 150)
    offset: Annotated[
        Distribution,
        Range(-1, 1),
        Help("where a slip plane crosses the image: 0 the centre, -1 and 1 the corners"),
    ] = Uniform(-0.7, 0.7)
    start: Annotated[
        Distribution, Range(0, 1), Help("where the head stands on the way that its pileup has in the image")
    ] = Uniform(0, 1)
    arrangement: Annotated[
        Distribution,
        OneOf("free", "equilibrium", "paired"),
        Help("how lines are spaced: drawn one by one, in equilibrium against a locked leader, or in pairs"),
        OnSheet("free"),
    ] = Choice(("free", "equilibrium", "paired"), weights=(6, 3, 1))
    spacing: Annotated[
        Distribution,
        Unit("px"),
        Range(1, 2048),
        Help("distance between neighbours (equilibrium: their mean)"),
    ] = LogNormal(16, 0.5, 3, 60)
    growth: Annotated[
        Distribution,
        Range(0.1, 20),
        Help("widest spacing at the tail over that at the head (free and paired)"),
    ] = Uniform(1, 3)
    shape: Annotated[Distribution, OneOf(*SHAPES), Help("shape that the lines of a pileup share")] = Choice(
        SHAPES, weights=(1, 4, 3, 3)
    )
    bend: Annotated[
        Distribution,
        Range(-2, 2),
        Help("height of a bow over the slip width; an S has 0.6 of it on each side"),
        OnSheet(0.2),
    ] = Choice((-0.3, -0.2, -0.12, -0.06, 0.06, 0.12, 0.2, 0.3))
    run: Annotated[
        Distribution,
        Range(-5, 5),
        Help("how far a line advances along the slip direction, over the slip width"),
    ] = Uniform(-0.7, 0.7)
    hook_run: Annotated[Distribution, Range(-5, 5), Help("the same for hooks"), OnSheet(shape="hook")] = Choice(
        (-2.0, -1.5, -1.0, -0.7, 0.7, 1.0, 1.5, 2.0)
    )
    support_points: Annotated[Varied[int], Range(3, 64), Help("support points of each spline")] = Uniform(5, 8)
    roughness: Annotated[
        Distribution, Unit("px"), Range(0, 100), Help("random shift of each support point, by line"), OnSheet(0)
    ] = Uniform(0, 0.8)
    drift: Annotated[
        Distribution,
        Unit("px"),
        Range(0, 100),
        Help("random change of slant and bend from line to line, which the following lines inherit"),
        OnSheet(0),
    ] = Uniform(0, 3)
    traces: Annotated[
        Varied[float], Range(0, 1), Help("probability that a pileup has visible slip traces"), OnSheet(1)
    ] = 0.7
    min_visible: Annotated[
        Varied[float],
        Range(0, 1),
        Help("smallest part of a line inside the image; shorter ones are left out"),
        OnSheet(offset=-0.7),
    ] = 0.35
    scale: Annotated[
        Varied[float], Range(0.01, 100), Help("factor on every length: 0.25 makes a 512 px recipe fit 128 px")
    ] = 1.0
    curves: Annotated[
        Path | None,
        Help("labelme file, record, or folder of them: line shapes are taken from its curves instead of 'shape'"),
    ] = None

    curves_sha256: Annotated[
        str, Help("checksum of 'curves', written into the record; other curves are then refused")
    ] = ""

    def fix(self, size: Size, rng: Generator) -> Self:
        """Note which curves the shapes are taken from, so that a record is never replayed with others."""
        del size, rng
        if self.curves is None:
            return self
        found = labelled_curves.combined_checksum(self.curves)
        if self.curves_sha256 not in ("", found):
            raise DatasetError(f"{self.curves}: these are not the labelled curves of the record (SHA-256 differs)")
        return self.evolve(curves_sha256=found)

    def inputs(self) -> Mapping[str, str]:
        """Checksums of the files of labelled curves."""
        return labelled_curves.checksums(self.curves) if self.curves else {}

    def place(self, size: Size, rng: Generator) -> Scene:
        """Place the pileups of one image."""
        systems = [
            SlipSystem(math.radians(self.angle.draw(rng)), self.scale * self.slip_width.draw(rng))
            for _ in range(min(self.directions, max(1, self.pileups)))
        ]
        defects: list[Defect] = []
        left = self.max_dislocations
        for group in range(self.pileups):
            # The first pileups take one direction each; further ones lie on planes parallel to some of them.
            system = systems[group if group < len(systems) else int(rng.integers(len(systems)))]
            lines, around = self._pileup(system, group, size, rng)
            lines = lines[:left]
            left -= len(lines)
            defects += [*around, *lines]
        return Scene(sorted(defects, key=lambda d: d.labelled))  # traces lie under every line

    def _pileup(
        self, system: SlipSystem, group: int, size: Size, rng: Generator
    ) -> tuple[list[Defect], list[Defect]]:
        plane = system.plane(self.offset.draw(rng), size)
        behind = self._positions(rng)
        forward = 1.0 if rng.random() < 0.5 else -1.0
        room = plane.length - behind[-1]
        start = float(self.start.draw(rng))
        head = behind[-1] + start * room if room > 0 else start * plane.length
        at = head - behind if forward > 0 else plane.length - head + behind
        local = self._lines(len(behind), system.width, forward, rng)
        entrance = 0.0 if rng.random() < 0.5 else 1.0
        lines = []
        for position, (u, v) in zip(at, local, strict=True):
            points = plane.to_image(position + u, v - system.width / 2)
            depth = np.abs(entrance - np.clip(v / system.width, 0, 1))
            curve = OpenCurve(points, depth)
            if visible_fraction(curve, size) >= self.min_visible:
                lines.append(Defect(DISLOCATION, curve, group))
        around = []
        if rng.random() < self.traces:
            around = traces_and_band(plane, system.width, at[0] + local[0][0], local[0][1], forward, group)
        return lines, around

    def _positions(self, rng: Generator) -> NDArray[np.float64]:
        """Distances of a pileup's dislocations behind its head, (n,) in px of the image."""
        count = max(1, self.dislocations.draw_integer(rng))
        arrangement = self.arrangement.draw(rng)
        growth = float(self.growth.draw(rng))
        if arrangement == "equilibrium":
            positions = equilibrium_positions(count, float(self.spacing.draw(rng)))
        else:
            gaps = self.spacing.draw_many(rng, count - 1)
            positions = free_positions(pair_gaps(gaps, 0.3) if arrangement == "paired" else gaps, growth)
        return positions * self.scale

    def _lines(
        self, count: int, width: float, forward: float, rng: Generator
    ) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
        """The lines' coordinates (u, v) in px, relative to where each begins on its trace."""
        base = self._support(rng) * width
        base[:, 0] *= forward
        roughness = self.scale * float(self.roughness.draw(rng))
        drift = self.scale * float(self.drift.draw(rng))
        points = base + roughness * rng.standard_normal((count, len(base), 2))
        # What a line passes on is its slant and its bend, not the jitter of single points.
        t = base[:, 1] / width
        modes = np.stack((t, 4 * t * (1 - t)))
        points[:, :, 0] += np.cumsum(drift * rng.standard_normal((count, 2)), axis=0) @ modes
        points[:, 0, 1], points[:, -1, 1] = 0.0, width  # lines begin and end on their traces
        points[:, :, 0] -= points[:, :1, 0]
        chords = np.hypot(*np.diff(base, axis=0).T)
        knots = np.concatenate(([0.0], np.cumsum(np.maximum(chords, 1e-3))))
        spline = scipy.interpolate.CubicSpline(knots, points, axis=1)
        fine = spline(np.linspace(0, knots[-1], max(12, math.ceil(knots[-1] / _STEP) + 1)))
        return [(line[:, 0], line[:, 1]) for line in fine]

    def _support(self, rng: Generator) -> NDArray[np.float64]:
        """Support points of a pileup's shared shape, (n, 2): u, v in units of the slip width."""
        if self.curves is None:
            shape = self.shape.draw(rng)
            run = self.hook_run if shape == "hook" else self.run
            return support_points(shape, self.support_points, self.bend.draw(rng), float(run.draw(rng)))
        labelled = labelled_curves.load_curves(self.curves)
        points = normalise(labelled[int(rng.integers(len(labelled)))], self.support_points)
        if rng.random() < 0.5:  # the same line seen from the other side
            points[:, 0] *= -1
        points[:, 0] += float(self.run.draw(rng)) * points[:, 1]
        return points
