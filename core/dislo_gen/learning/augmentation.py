"""What is done to pictures while a network learns, so that no exposure or camera surprises it later."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.random import Generator
from scipy.ndimage import gaussian_filter

from dislo_gen.component import component
from dislo_gen.component_tables import register_table
from dislo_gen.interfaces import Image
from dislo_gen.markers import Help, Range, Unit


@component
class Augmentation:
    """Random changes of a picture's grey values.

    The paper changes brightness and contrast, adds Gaussian noise and equalises histograms (Govind et al. 2023,
    section 3); mild blur, gamma and inversion are added to these. Each change is drawn for each picture anew.
    """

    share: Annotated[
        float, Range(0, 1), Help("probability of each of noise, brightness, contrast, gamma, blur")
    ] = 0.5
    noise: Annotated[float, Range(0, 0.5), Help("largest standard deviation of Gaussian noise")] = 0.05
    brightness: Annotated[float, Range(0, 0.5), Help("largest change of brightness, up or down")] = 0.15
    contrast: Annotated[float, Range(0, 0.9), Help("largest change of contrast, as a part of it")] = 0.3
    gamma: Annotated[float, Range(1, 3), Help("largest gamma; its inverse is the smallest")] = 1.4
    blur: Annotated[float, Range(0, 5), Unit("px"), Help("largest standard deviation of Gaussian blur")] = 0.8
    equalise: Annotated[float, Range(0, 1), Help("probability that the histogram is equalised")] = 0.1
    invert: Annotated[float, Range(0, 1), Help("probability that dark and bright change places")] = 0.05
    flips: Annotated[
        bool, Help("turn and mirror pictures that come back: those of datasets and labelled frames")
    ] = True

    def apply(self, image: Image, rng: Generator) -> Image:
        """Return a changed picture, (H, W) float32 from 0 to 1; the given one stays as it was."""
        # Every draw happens whatever the others say, so that changing one setting leaves the others' draws alone.
        happens = rng.random(7)
        level, slope, bend, softness, grain = rng.uniform(-1, 1, 5)
        noise_rng = rng.spawn(1)[0]
        changed = image
        if happens[0] < self.equalise:
            changed = _equalised(changed)
        if happens[1] < self.share:
            changed = changed ** np.float32(self.gamma**bend)
        if happens[2] < self.share:
            mean = changed.mean()
            changed = (changed - mean) * np.float32(1 + self.contrast * slope) + mean
        if happens[3] < self.share:
            changed = changed + np.float32(self.brightness * level)
        if happens[4] < self.share and self.blur:
            changed = gaussian_filter(changed, self.blur * abs(softness))
        if happens[5] < self.share and self.noise:
            sigma = np.float32(self.noise * abs(grain))
            changed = changed + sigma * noise_rng.standard_normal(changed.shape, dtype=np.float32)
        if happens[6] < self.invert:
            changed = 1 - changed
        result: Image = np.clip(changed, 0, 1, dtype=np.float32)
        return result


register_table(Augmentation, "augmentation")

NO_AUGMENTATION = Augmentation(share=0, equalise=0, invert=0, flips=False)
"""Leaves pictures as they are."""


def _equalised(image: Image) -> Image:
    from skimage.exposure import equalize_hist

    equal: Image = equalize_hist(image).astype(np.float32)
    return equal
