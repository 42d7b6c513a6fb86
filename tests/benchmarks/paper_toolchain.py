"""The toolchain that the paper names, doing the same work: the yardstick of the speed benchmark.

The ``noise`` package called for every pixel, SciPy's Gaussian filter, Matplotlib for the image and for each
mask (Govind et al. 2023, sections 2.1 and 2.4). Nothing here is slowed down: arrays stay arrays, one figure is
reused, and the files are plain PNGs.
"""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import noise
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline
from scipy.ndimage import gaussian_filter

mpl.use("Agg")
import matplotlib.pyplot as plt

SIZE = 512
LINES = 10


def perlin(wavelength: float, base: int) -> NDArray[np.float64]:
    """Perlin noise, one call a pixel."""
    return np.array(
        [[noise.pnoise2(x / wavelength, y / wavelength, base=base) for x in range(SIZE)] for y in range(SIZE)]
    )


def background(rng: Generator) -> NDArray[np.float64]:
    """Equations (1) to (6)."""
    p3 = perlin(rng.uniform(10, 100), int(rng.integers(256))) + rng.uniform(0.2, 0.4) * perlin(
        rng.uniform(10, 100), int(rng.integers(256))
    )
    p3 = (p3 - p3.min()) / (p3.max() - p3.min())
    p4 = p3 + rng.uniform(0.5, 0.7) * rng.uniform(-1, 1, p3.shape)
    p5 = gaussian_filter(p4, 1.0)
    p6 = p5 + rng.uniform(0.2, 0.4) * p4.std() * rng.uniform(-1, 1, p3.shape)
    return np.clip(gaussian_filter(p6, rng.uniform(0.6, 0.8)), 0, 1)


def lines(rng: Generator) -> list[NDArray[np.float64]]:
    """A pileup of ten splines."""
    t = np.linspace(0, 1, 5)
    base = np.stack((80 + 30 * np.sin(3 * t), 200 + 90 * t), axis=1)
    fine = np.linspace(0, 1, 60)
    return [
        CubicSpline(t, base + np.array((30.0 * n, 0)) + rng.normal(0, 2, base.shape))(fine) for n in range(LINES)
    ]


def make(folder: Path, index: int, rng: Generator) -> None:
    """Make one image and its masks and write them as PNG files."""
    picture, curves = background(rng), lines(rng)
    figure = plt.figure(figsize=(SIZE / 100, SIZE / 100), dpi=100)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.imshow(picture, cmap="gray", vmin=0, vmax=1, aspect="auto", extent=(0, SIZE, SIZE, 0))
    for curve in curves:
        axes.plot(*curve.T, color=str(rng.uniform(0.1, 0.4)), linewidth=rng.uniform(1, 3))
    axes.set(xlim=(0, SIZE), ylim=(SIZE, 0))
    figure.savefig(folder / f"{index:06d}.png", dpi=100)
    for number, curve in enumerate(curves):
        axes.clear()
        axes.set_axis_off()
        axes.plot(*curve.T, color="black", linewidth=2)
        axes.set(xlim=(0, SIZE), ylim=(SIZE, 0))
        figure.savefig(folder / f"{index:06d}_{number:02d}.png", dpi=100)
    plt.close(figure)
