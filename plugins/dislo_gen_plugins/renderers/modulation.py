"""Brightness that defects change: what is dark becomes darker, and grain stays."""

from __future__ import annotations

import math
from collections.abc import Callable

import cairo
import numpy as np
from numpy.typing import NDArray

from dislo_gen import Defect, Image, Size, surface_array, trace_path
from dislo_gen_plugins.renderers.contrast_table import ContrastTable
from dislo_gen_plugins.renderers.ribbon import Track, patches

_LookUp = Callable[[NDArray[np.float32], NDArray[np.float32]], NDArray[np.float32]]


class Modulation:
    """A picture whose brightness is changed, one defect after the other."""

    def __init__(self, picture: Image) -> None:
        self.picture = picture
        self._change = np.zeros_like(picture)

    def add_line(self, track: Track, table: ContrastTable, scale: float, contrast: float) -> None:
        """Look up a table along a line; ``scale`` is what its unit of distance is in pixels."""
        self._add(
            track,
            table.reach * scale,
            lambda distance, depth: table.look_up(distance / np.float32(scale), depth) * np.float32(contrast),
        )

    def add_profile(self, track: Track, width: float, contrast: float) -> None:
        """Draw a line with a Gaussian profile of this full width at half maximum."""
        width = max(width, 1e-3)
        self._add(
            track,
            1.5 * width + 1,
            lambda distance, _depth: (
                np.exp(distance * distance * np.float32(-4 * math.log(2) / width**2)) * np.float32(contrast)
            ),
        )

    def fill(self, defect: Defect, change: float) -> None:
        """Change the brightness inside a region."""
        height, width = self.picture.shape
        surface = cairo.ImageSurface(cairo.FORMAT_A8, width, height)
        context = cairo.Context(surface)
        trace_path(context, defect.shape)
        context.fill()
        factor = np.float32(change * defect.style.contrast / 255)
        self.picture *= 1 + factor * surface_array(surface)

    def _add(self, track: Track, reach: float, look_up: _LookUp) -> None:
        height, width = self.picture.shape
        boxes = []
        for patch in patches(track, reach, Size(width, height)):
            near = np.flatnonzero((np.abs(patch.distance) < reach) & (patch.weight > 0))
            contrast = np.zeros(patch.distance.size, dtype=np.float32)
            contrast[near] = look_up(patch.distance.ravel()[near], patch.depth.ravel()[near])
            contrast[near] *= patch.weight.ravel()[near]
            self._change[patch.rows, patch.columns] += contrast.reshape(patch.distance.shape)
            boxes.append((patch.rows, patch.columns))
        # Pieces of one line add up; different lines, whose images lie over each other, multiply.
        if boxes:
            rows = slice(min(b[0].start for b in boxes), max(b[0].stop for b in boxes))
            columns = slice(min(b[1].start for b in boxes), max(b[1].stop for b in boxes))
            change = self._change[rows, columns]
            np.maximum(change, -1, out=change)
            change += 1
            self.picture[rows, columns] *= change
            change[...] = 0
