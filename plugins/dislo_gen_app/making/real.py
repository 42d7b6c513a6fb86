"""A real picture beside the made one: of the same size in pixels, its grey values as they are in the file."""

from __future__ import annotations

from pathlib import Path

import attrs

from dislo_gen import Image, Micrograph, micrograph_files, open_film


@attrs.define
class Real:
    """A real picture.

    Attributes:
        micrograph: as it was read.
        x, y: where in it the part lies that is shown, each from 0 (left, top) to 1 (right, bottom).
    """

    micrograph: Micrograph
    x: float = 0.5
    y: float = 0.5

    @classmethod
    def read(cls, path: Path) -> Real:
        """Read a picture, the first of a film or the first in a folder.

        Raises:
            DisloGenError: there is none that can be read.
        """
        with open_film(micrograph_files(path)[0]) as film:
            return cls(film.frame(0))

    def part(self, width: int, height: int) -> Image:
        """Return as much of the picture as a made one of this size shows, without title bars and scale bars."""
        left, top, right, bottom = self.micrograph.box
        columns, rows = min(width, right - left), min(height, bottom - top)
        left += round(self.x * (right - left - columns))
        top += round(self.y * (bottom - top - rows))
        return self.micrograph.image[top : top + rows, left : left + columns]

    def is_larger(self, width: int, height: int) -> bool:
        """Say whether there is more of the picture than a made one of this size shows."""
        left, top, right, bottom = self.micrograph.box
        return right - left > width or bottom - top > height

    @property
    def about(self) -> str:
        """Its name, and which frame it is."""
        one = self.micrograph
        return f"{one.name}, frame 1 of {one.count}" if one.count > 1 else one.name
