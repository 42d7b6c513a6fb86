"""Distortion of the projector lens and of a scan."""

from __future__ import annotations

import math
from typing import Annotated, ClassVar, Literal

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from dislo_gen import Effect, Help, Image, Range, Scene, Size, Uniform, Unit, Varied, component, pixel_centres
from dislo_gen_plugins.effects.row_blocks import row_blocks

# Farther out than this (the square of r) scale and turn stay as they are: the map can be inverted everywhere.
_FARTHEST = 1.5
_STEPS, _PRECISION = 100, 1e-4


@component
class Distortion(Effect):
    """Barrel, pincushion and spiral distortion of a projector lens; shear, stretch and rotation of a scan.

    A pixel at p shows what was at q = c + (1 + k r²) R(spiral r²) A (p - c), where c is the picture's centre, r
    the distance from it over half the diagonal, and A turns, stretches and shears. Truth is moved by the inverse
    of that, to a thousandth of a pixel. Third-order distortions: Reimer and Kohl, Transmission Electron Microscopy
    (2008), section 2.3. What comes from outside repeats the edge.
    """

    acts_on: ClassVar[Literal["specimen", "image"]] = "image"

    radial: Annotated[
        Varied[float], Range(-0.2, 0.2), Help("displacement at the corners: positive barrel, negative pincushion")
    ] = Uniform(-0.03, 0.03)
    spiral: Annotated[
        Varied[float], Range(-15, 15), Unit("deg"), Help("by how much the corners are turned further")
    ] = 0.0
    shear: Annotated[Varied[float], Range(-0.3, 0.3), Help("shift of rows over their height")] = Uniform(
        -0.03, 0.03
    )
    stretch: Annotated[Varied[float], Range(-0.3, 0.3), Help("how much longer things are across than down")] = (
        Uniform(-0.03, 0.03)
    )
    rotation: Annotated[Varied[float], Range(-180, 180), Unit("deg"), Help("of the picture, clockwise")] = 0.0

    def apply(self, image: Image, scene: Scene, rng: Generator) -> Image:
        """Return the distorted picture, interpolated between pixels."""
        del scene, rng
        if self._is_none():
            return image.copy()
        size = Size(image.shape[1], image.shape[0])
        # A row and a column more than there are, so that every pixel has a neighbour to the right and below.
        padded = np.pad(image, ((0, 1), (0, 1)), mode="edge")
        result = np.empty_like(image)
        x, y = pixel_centres(size)
        for rows in row_blocks(size):
            result[rows] = _interpolated(padded, *self._origin(x, y[rows], size))
        return np.clip(result, 0, 1, out=result)

    def move(self, scene: Scene, size: Size) -> Scene:
        """Move every defect's points to where the picture has them."""
        return scene if self._is_none() else scene.map_points(lambda points: self._destination(points, size))

    def _is_none(self) -> bool:
        return not (self.radial or self.spiral or self.shear or self.stretch or self.rotation)

    def _origin(
        self, x: NDArray[np.float32], y: NDArray[np.float32], size: Size
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Where the distorted picture's points (x, y) come from."""
        x, y = x - np.float32(size.width / 2), y - np.float32(size.height / 2)
        squared = np.square(x) + np.square(y)
        squared *= np.float32(4 / (size.width**2 + size.height**2))
        np.minimum(squared, _FARTHEST, out=squared)
        (xx, xy), (yx, yy) = self._matrix().astype(np.float32)
        u, v = x * xx + y * xy, x * yx + y * yy
        if self.spiral:
            angle = squared * np.float32(math.radians(self.spiral))
            cosine, sine = np.cos(angle), np.sin(angle)
            u, v = cosine * u - sine * v, sine * u + cosine * v
        squared *= np.float32(self.radial)
        squared += 1
        u *= squared
        v *= squared
        u += np.float32(size.width / 2)
        v += np.float32(size.height / 2)
        return u, v

    def _destination(self, points: NDArray[np.float64], size: Size) -> NDArray[np.float64]:
        """Where points of the undistorted picture are in the distorted one: the inverse, by iteration."""
        centre = np.array(size.xy) / 2
        unit = float(np.hypot(*centre))
        wanted = points - centre
        back = np.linalg.inv(self._matrix())
        moved: NDArray[np.float64] = wanted
        for _ in range(_STEPS):
            squared = np.minimum(np.square(moved / unit).sum(axis=1), _FARTHEST)
            angle = -math.radians(self.spiral) * squared
            x, y = (wanted / (1 + self.radial * squared)[:, None]).T
            u, v = np.cos(angle) * x - np.sin(angle) * y, np.sin(angle) * x + np.cos(angle) * y
            before = moved
            moved = np.stack((back[0, 0] * u + back[0, 1] * v, back[1, 0] * u + back[1, 1] * v), axis=1)
            if np.abs(moved - before).max(initial=0.0) < _PRECISION:
                break
        moved += centre
        return moved

    def _matrix(self) -> NDArray[np.float64]:
        """What undoes rotation, shear and stretch."""
        turn = math.radians(-self.rotation)
        rotation = np.array([(math.cos(turn), -math.sin(turn)), (math.sin(turn), math.cos(turn))])
        root = math.sqrt(1 + self.stretch)
        matrix: NDArray[np.float64] = np.array([(1 / root, -self.shear), (0.0, root)]) @ rotation
        return matrix


def _interpolated(padded: Image, x: NDArray[np.float32], y: NDArray[np.float32]) -> Image:
    """Look a picture up at points given in pixels from its corner: bilinear, repeating the edge outside.

    Args:
        padded: (H + 1, W + 1) float32; the last row and column are there twice.
        x: where, across; changed in place.
        y: where, down, of the same shape; changed in place.
    """
    height, width = padded.shape
    x -= np.float32(0.5)
    y -= np.float32(0.5)
    np.clip(x, 0, width - 2, out=x)
    np.clip(y, 0, height - 2, out=y)
    column, row = x.astype(np.intp), y.astype(np.intp)
    x -= column
    y -= row
    row *= width
    row += column
    flat = padded.ravel()
    upper, right = flat.take(row), flat.take(row + 1)
    right -= upper
    right *= x
    upper += right
    row += width
    lower, right = flat.take(row), flat.take(row + 1)
    right -= lower
    right *= x
    lower += right
    lower -= upper
    lower *= y
    lower += upper
    result: Image = lower
    return result
