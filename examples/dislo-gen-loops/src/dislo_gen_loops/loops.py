"""Where loops are, how large, on which planes."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from dislo_gen import (
    Defect,
    Distribution,
    Geometry,
    Help,
    LogNormal,
    Range,
    Scene,
    Size,
    Style,
    Uniform,
    Unit,
    Varied,
    component,
)
from numpy.random import Generator

from dislo_gen_loops.contrast import LOOP_ARC, LOOP_LOBE, arcs, lobes
from dislo_gen_loops.ellipses import Ellipse

LOOP = "loop"
# A loop of less than a pixel is nothing that could be drawn or found.
_SMALLEST = 0.5

__all__ = ["LOOP", "LOOP_ARC", "LOOP_LOBE", "Loops"]


@component
class Loops(Geometry):
    """Prismatic dislocation loops, as irradiation leaves them in steel.

    Loops lie on a few planes of the crystal, so those of one plane are inclined alike: ellipses with one direction
    and one ratio of axes. Each is labelled by its outline; what is seen of it besides (lobes or arcs) is drawn and
    not labelled. The defaults follow 186 loops on 16 bright-field images of irradiated 316L steel: 3 to 25 loops
    on 200 nm x 200 nm, long axes of 14 nm (median; the logarithm's standard deviation is 0.43), axes' ratios of
    0.4 to 0.85.
    """

    count: Annotated[Varied[int], Range(0, 1000), Help("loops per image")] = Uniform(3, 25)
    pixel_size: Annotated[Varied[float], Unit("nm/px"), Range(0.01, 20), Help("size of a pixel")] = 0.39
    diameter: Annotated[Distribution, Unit("nm"), Range(0.2, 500), Help("long axis of a loop, drawn for each")] = (
        LogNormal(14, 0.43, 3, 60)
    )
    planes: Annotated[
        Varied[int], Range(1, 12), Help("planes that loops lie on: four for {111} of a cubic crystal")
    ] = 4
    direction: Annotated[
        Varied[float], Unit("deg"), Range(0, 180), Help("direction of the first plane's trace, from x towards y")
    ] = Uniform(0, 180)
    openness: Annotated[
        Distribution, Range(0.05, 1), Help("short axis over long axis, drawn for each plane: its inclination")
    ] = Uniform(0.35, 0.85)
    arcs_from: Annotated[
        Varied[float], Unit("nm"), Range(0, 500), Help("diameter from which a loop shows two arcs, not lobes")
    ] = Uniform(18, 34)
    white: Annotated[
        Varied[float], Range(0, 1), Help("strength of the white lobe against the black; 0: black dots")
    ] = Uniform(0.0, 0.4)
    contrast: Annotated[
        Distribution, Range(0, 2), Help("factor on the renderer's contrast, drawn for each loop: its depth")
    ] = Uniform(0.7, 1.6)
    outline: Annotated[
        Varied[float], Range(0, 1), Help("contrast of the whole outline against that of the arcs")
    ] = 0.2

    def place(self, size: Size, rng: Generator) -> Scene:
        """Scatter the loops of one image."""
        directions = (
            self.direction + np.arange(self.planes) * 180 / self.planes + rng.normal(0, 6, self.planes)
        ) % 180
        openness = self.openness.draw_many(rng, self.planes)
        defects: list[Defect] = []
        for group in range(self.count):
            plane = int(rng.integers(self.planes))
            diameter, contrast = float(self.diameter.draw(rng)), float(self.contrast.draw(rng))
            x, y = rng.uniform((0, 0), size.xy).tolist()
            long = max(diameter / self.pixel_size / 2, _SMALLEST)
            loop = Ellipse(x, y, long, max(long * openness[plane], _SMALLEST / 2), float(directions[plane]))
            side = 1 if rng.random() < 0.5 else -1
            small = diameter < self.arcs_from
            faint = Style(contrast=0 if small else self.outline * contrast)
            defects.append(Defect(LOOP, loop.outline(), group, style=faint))
            if small:
                defects += lobes(loop, group, contrast, self.white, side)
            else:
                defects += arcs(loop, group, contrast, side)
        return Scene(defects)
