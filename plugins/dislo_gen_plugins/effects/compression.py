"""JPEG and video compression."""

from __future__ import annotations

import io
from typing import Annotated, ClassVar, Literal

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image as PillowImage

from dislo_gen import Effect, Help, Image, Range, Scene, Uniform, Varied, component

_BEST, _WORST = 96, 6
_SHIFT = 4  # pixels by which the blocks of the second coding lie beside those of the first
_COARSEST = 0.5


@component
class Compression(Effect):
    """What JPEG and video leave of a picture: blocks, ringing, lost grain.

    A video is coded at a lower resolution, and a second time when it is edited, with its blocks elsewhere; each of
    its frames is coded as JPEG does it (ISO/IEC 10918-1), which is what intra-coded frames come to.
    """

    acts_on: ClassVar[Literal["specimen", "image"]] = "image"

    loss: Annotated[
        Varied[float], Range(0, 1), Help("0: untouched; 0.5: visible blocks; 1: hardly recognisable")
    ] = Uniform(0.1, 0.7)
    video: Annotated[
        Varied[float], Range(0, 1), Help("0: none; above: coded twice, at up to half the resolution")
    ] = 0.0

    def apply(self, image: Image, scene: Scene, rng: Generator) -> Image:
        """Return the picture after coding and decoding."""
        del scene, rng
        if not (self.loss or self.video):
            return image.copy()
        height, width = image.shape
        pixels = (image * np.float32(255) + np.float32(0.5)).astype(np.uint8)
        if self.video:
            share = 1 - self.video * (1 - _COARSEST)
            small = max(1, round(width * share)), max(1, round(height * share))
            pixels = _resized(pixels, small)
            pixels = self._coded(np.pad(pixels, ((_SHIFT, 0), (_SHIFT, 0)), mode="edge"))[_SHIFT:, _SHIFT:]
        pixels = self._coded(pixels)
        if self.video:
            pixels = _resized(pixels, (width, height))
        return pixels * np.float32(1 / 255)

    def _coded(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        quality = round(_BEST - (_BEST - _WORST) * self.loss**0.5)
        buffer = io.BytesIO()
        PillowImage.fromarray(np.ascontiguousarray(pixels)).save(buffer, "JPEG", quality=quality)
        return np.asarray(PillowImage.open(buffer))


def _resized(pixels: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    return np.asarray(PillowImage.fromarray(pixels).resize(size, PillowImage.Resampling.BILINEAR))
