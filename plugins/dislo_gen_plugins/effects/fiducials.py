"""Scale bars, text and other marks on a picture."""

from __future__ import annotations

import functools
from typing import Annotated, ClassVar, Literal

import numpy as np
from numpy.random import Generator
from PIL import Image as PillowImage
from PIL import ImageDraw, ImageFont

from dislo_gen import Effect, Help, Image, Range, Scene, Uniform, Varied, component

_LEAST_SIDE = 8  # px; a picture smaller than this has no room for a mark
_LENGTHS = (5, 10, 20, 50, 100, 200, 500)
_TEXTS = (
    "200 kV",
    "g = 111",
    "BF",
    "DF",
    "x 40k",
    "Time: {0} s",
    "Temp (C): {1}",
    "Frame {0}",
    "{0}.tif",
    "{1} nm/s",
)


@component
class Fiducials(Effect):
    """Scale bars, text, info strips and crosses, drawn over the picture: things a network has to ignore."""

    acts_on: ClassVar[Literal["specimen", "image"]] = "image"

    marks: Annotated[Varied[int], Range(0, 12), Help("how many marks; 0 for none")] = Uniform(1, 3)
    opacity: Annotated[Varied[float], Range(0, 1), Help("0: invisible; 1: as black or white as ink")] = Uniform(
        0.7, 1.0
    )
    height: Annotated[Varied[float], Range(0.01, 0.2), Help("height of the text over the picture's height")] = (
        Uniform(0.03, 0.06)
    )
    strips: Annotated[
        Varied[float],
        Range(0, 1),
        Help("probability that a mark is an info strip along the lower edge"),
    ] = 0.15

    def apply(self, image: Image, scene: Scene, rng: Generator) -> Image:
        """Return the picture with marks on it."""
        del scene
        height, width = image.shape
        result = image.copy()
        if not self.marks or not self.opacity or min(height, width) < _LEAST_SIDE:
            return result
        ink = PillowImage.new("L", (width, height))
        cover = PillowImage.new("L", (width, height))
        pens = _Pens(ImageDraw.Draw(ink), ImageDraw.Draw(cover))
        strip = rng.random() < 1 - (1 - self.strips) ** self.marks
        if strip:
            self._strip(pens, (width, height), rng)
        corners = _corners(rng)[2 * strip :]
        for _ in range(self.marks - strip):
            self._mark(pens, (width, height), corners, rng)
        share = np.asarray(cover) * np.float32(self.opacity / 255)
        result += (np.asarray(ink) * np.float32(1 / 255) - result) * share
        return np.clip(result, 0, 1, out=result)

    def _strip(self, pens: _Pens, size: tuple[int, int], rng: Generator) -> None:
        width, height = size
        grey = 255 if rng.random() < 0.75 else 0
        letters = max(4, round(self.height * height))
        top = height - round(letters * 2.7)
        pens.box((0, top, width, height), 255 - grey)
        self._bar_and_label(pens, (letters, top + letters // 2), width // 4, letters, grey, rng)
        pens.text((width // 2, top + letters), _text(rng), letters, grey)

    def _mark(self, pens: _Pens, size: tuple[int, int], corners: list[tuple[bool, bool]], rng: Generator) -> None:
        """Draw a mark into the first free corner, which it takes; a cross lies anywhere and takes none."""
        width, height = size
        grey = 255 if rng.random() < 0.75 else 0
        letters = max(4, round(self.height * height))
        margin = max(1, letters // 2)
        kind = rng.random()
        if kind < 0.85 and corners:
            right, low = corners.pop(0)
            x = round(width * 0.6) if right else margin
            y = height - round(2.6 * letters) if low else margin
            if kind < 0.45:
                length = round(width * rng.uniform(0.1, 0.3))
                if rng.random() < 0.3:
                    box = x - margin, y - margin // 2, x + length + margin, y + round(2.3 * letters)
                    pens.box(box, 255 - grey)
                self._bar_and_label(pens, (x, y), length, letters, grey, rng)
            else:
                pens.text((x, y + letters if low else y), _text(rng), letters, grey)
        else:
            x, y = (int(rng.integers(side)) for side in size)
            pens.line((x - letters, y, x + letters, y), max(1, letters // 10), grey)
            pens.line((x, y - letters, x, y + letters), max(1, letters // 10), grey)

    def _bar_and_label(
        self, pens: _Pens, at: tuple[int, int], length: int, letters: int, grey: int, rng: Generator
    ) -> None:
        x, y = at
        thick = max(1, letters // 3)
        pens.box((x, y, x + length, y + thick), grey)
        unit = "nm" if rng.random() < 0.85 else "um"  # the font has no Greek letters
        label = f"{_LENGTHS[int(rng.integers(len(_LENGTHS)))]} {unit}"
        left = x + (length - round(_font(letters).getlength(label))) // 2
        pens.text((max(0, left), y + thick + letters // 4), label, letters, grey)


class _Pens:
    """Draws the same mark twice: its grey, and where it covers the picture."""

    def __init__(self, ink: ImageDraw.ImageDraw, cover: ImageDraw.ImageDraw) -> None:
        self._both = (ink, cover)

    def box(self, corners: tuple[int, int, int, int], grey: int) -> None:
        for draw, value in zip(self._both, (grey, 255), strict=True):
            draw.rectangle((*corners[:2], max(corners[0], corners[2]), max(corners[1], corners[3])), fill=value)

    def line(self, ends: tuple[int, int, int, int], thickness: int, grey: int) -> None:
        for draw, value in zip(self._both, (grey, 255), strict=True):
            draw.line(ends, fill=value, width=thickness)

    def text(self, at: tuple[int, int], text: str, height: int, grey: int) -> None:
        ink, cover = self._both
        # Antialiased letters on a cover that is antialiased the same way: the ink beneath may be sharp.
        left, top, right, low = ink.textbbox(at, text, font=_font(height))
        covered = PillowImage.new("L", (max(1, round(right - left)) + 2, max(1, round(low - top)) + 2))
        ImageDraw.Draw(covered).text((at[0] - left + 1, at[1] - top + 1), text, fill=255, font=_font(height))
        place = round(left) - 1, round(top) - 1
        ink.bitmap(place, covered.point(lambda v: 255 * (v > 0)), fill=grey)
        cover.bitmap(place, covered, fill=255)


def _corners(rng: Generator) -> list[tuple[bool, bool]]:
    """Return (right, low) of every corner in the order in which marks take them: mostly low ones first."""
    low, high = ([(bool(right), is_low) for right in rng.permutation(2)] for is_low in (True, False))
    return low + high


def _text(rng: Generator) -> str:
    template = _TEXTS[int(rng.integers(len(_TEXTS)))]
    return template.format(int(rng.integers(10, 9999)), int(rng.integers(20, 900)))


@functools.lru_cache(maxsize=32)
def _font(height: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size=height)
