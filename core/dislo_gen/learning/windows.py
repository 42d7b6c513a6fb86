"""Windows: the part of a labelled frame that a network is shown, at the size it learns at."""

from __future__ import annotations

from typing import TypeVar

import attrs
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from dislo_gen.errors import LearningError, shown
from dislo_gen.interfaces import Image, Masks
from dislo_gen.rasterize import rasterize
from dislo_gen.sample import Sample
from dislo_gen.scene import Scene
from dislo_gen.size import MAX_SIDE, Size
from dislo_gen.visibility import measure_visibility

T = TypeVar("T", bound=np.generic)
_SCALES = (0.8, 1.6)
"""How much larger or smaller than in the whole frame things may be shown."""


def check_scale(_instance: object, _attribute: object, value: float) -> None:
    """Check, as a validator of attrs, that pictures can be scaled by a factor."""
    if not 1e-3 <= value <= 1e3:
        raise ValueError(f"scale: must be between 0.001 and 1000, not {shown(value)}")


def fitting_scale(found: Size, wanted: Size) -> float:
    """Return the factor that makes the longer side of a picture as long as the network's longer side."""
    return max(wanted.xy) / max(found.xy)


def scale_of(found: Size, wanted: Size, scale: float | None) -> float:
    """Return the factor by which a picture is scaled before a network sees it.

    Args:
        found: the picture's size, without title bars.
        wanted: the size that the network learnt at.
        scale: the factor, if it is given; else it is `fitting_scale`.

    Raises:
        LearningError: the picture would be too large.
    """
    factor = scale or fitting_scale(found, wanted)
    if max(found.xy) * factor > MAX_SIDE:
        width, height = found.xy
        raise LearningError(
            f"--scale {factor:g}: a picture of {width} x {height} px would be longer than {MAX_SIDE} px"
        )
    return factor


def resize(image: Image, size: Size) -> Image:
    """Return a picture of another size, (H, W) float32; made smaller, it is smoothed first."""
    if image.shape == size.shape:
        return image
    from skimage.transform import resize as resized

    smaller = size.shape[0] < image.shape[0] or size.shape[1] < image.shape[1]
    result: Image = resized(image, size.shape, order=1, mode="edge", anti_aliasing=smaller).astype(np.float32)
    return result.clip(0, 1)


def resize_mask(mask: NDArray[np.bool_], size: Size) -> NDArray[np.bool_]:
    """Return a mask of another size: where `resize` gives a half or more, (H, W) bool.

    Made larger, only what lies around the mask's pixels is calculated, which for one line in a whole picture
    takes a twentieth of the time, and gives the same to the last pixel.
    """
    height, width = size.shape
    if mask.shape == size.shape or height < mask.shape[0] or width < mask.shape[1]:
        return resize(mask.astype(np.float32), size) >= 0.5
    from scipy.ndimage import map_coordinates

    result = np.zeros(size.shape, dtype=np.bool_)
    if mask.any():
        rows, y, down = _stretch(np.asarray(mask.any(axis=1)), height)
        columns, x, across = _stretch(np.asarray(mask.any(axis=0)), width)
        part = mask[rows, columns].astype(np.float32)
        values = map_coordinates(part, np.meshgrid(y, x, indexing="ij"), order=1, mode="nearest")
        result[down, across] = values >= 0.5
    return result


def _stretch(filled: NDArray[np.bool_], count: int) -> tuple[slice, NDArray[np.float64], slice]:
    """Stretch a side to ``count`` px, of which only what is filled, and what borders on it, matters.

    Returns:
        What matters of the side; the places in there of the pixels of the long side; and which pixels these are.
    """
    found = np.flatnonzero(filled)
    first, last = max(0, int(found[0]) - 1), min(len(filled) - 1, int(found[-1]) + 1)
    # The places that scikit-image interpolates at, to the last bit.
    at = np.clip((np.arange(count) + 0.5) * (len(filled) / count) - 0.5, 0, len(filled) - 1)
    begin, end = int(np.searchsorted(at, first, "left")), int(np.searchsorted(at, last, "right"))
    return slice(first, last + 1), at[begin:end] - first, slice(begin, end)


def scaled_size(size: Size, scale: float) -> Size:
    """Return a size times a factor, at least 1 px."""
    return Size(*(max(1, round(side * scale)) for side in size.xy))


def whole(sample: Sample, size: Size, line_width: float, scale: float | None = None) -> Sample:
    """Return what is looked at of a sample, scaled as a network sees it, with new masks.

    Args:
        sample: any labelled picture.
        size: that the network learnt at.
        line_width: of curves in their masks, px of the scaled picture.
        scale: see `scale_of`.
    """
    image, labels = looked_at(sample)
    found = Size(*image.shape[::-1])
    wanted = scaled_size(found, scale_of(found, size, scale))
    if wanted == found and image is sample.image:
        return sample
    factors = np.asarray(wanted.xy) / np.asarray(found.xy)
    scene, masks = _labelled(labels.map_points(lambda points: points * factors), wanted, line_width)
    return attrs.evolve(sample, image=resize(image, wanted), masks=masks, scene=scene)


def looked_at(sample: Sample) -> tuple[Image, Scene]:
    """Return the part of a frame inside its title bars, which is all that predicting looks at, and its labels."""
    image, scene = sample.image, sample.scene
    height, width = image.shape
    box = tuple((sample.stored_record or {}).get("box") or (0, 0, width, height))
    left, top, right, bottom = box
    if box == (0, 0, width, height):
        return image, scene
    return image[top:bottom, left:right], scene.map_points(lambda points: points - (left, top))


def random_window(
    sample: Sample, size: Size, line_width: float, rng: Generator, scale: float | None = None
) -> tuple[Image, Masks]:
    """Return a part of a sample at a random scale and place, turned or mirrored, with masks drawn anew.

    Args:
        sample: any labelled picture.
        size: of the window; smaller pictures give smaller windows.
        line_width: of curves in their masks, px of the window.
        rng: draws place, turn, and a scale around the usual one.
        scale: the usual one; see `scale_of`.
    """
    picture, labels = looked_at(sample)
    found = Size(*picture.shape[::-1])
    scale = scale_of(found, size, scale) * float(np.exp(rng.uniform(*np.log(_SCALES))))
    part = np.minimum(np.asarray(size.xy) / scale, found.xy)
    corner = np.floor(rng.random(2) * (np.asarray(found.xy) - part)).astype(int)
    end = np.minimum(np.ceil(corner + part).astype(int), found.xy)
    window = Size(
        *(min(full, max(1, round(side * scale))) for side, full in zip(end - corner, size.xy, strict=True))
    )
    image = resize(picture[corner[1] : end[1], corner[0] : end[0]], window)
    factors = np.asarray(window.xy) / (end - corner)
    turn = int(rng.integers(8))
    turned = turn_image(image, turn)
    scene = labels.map_points(lambda points: turn_points((points - corner) * factors, turn, window))
    _, masks = _labelled(scene, Size(*turned.shape[::-1]), line_width)
    return turned, masks


def turn_image(image: NDArray[T], turn: int) -> NDArray[T]:
    """Return one of the eight ways to turn and mirror (..., H, W) arrays; 0 leaves them as they are."""
    turned = image
    if turn & 1:
        turned = turned[..., ::-1]
    if turn & 2:
        turned = turned[..., ::-1, :]
    if turn & 4:
        turned = np.swapaxes(turned, -1, -2)
    return np.ascontiguousarray(turned)


def turn_points(points: NDArray[np.float64], turn: int, size: Size) -> NDArray[np.float64]:
    """Return points, (N, 2) px, as `turn_image` moves a picture of this size."""
    turned = points.copy()
    if turn & 1:
        turned[:, 0] = size.width - turned[:, 0]
    if turn & 2:
        turned[:, 1] = size.height - turned[:, 1]
    return turned[:, ::-1] if turn & 4 else turned


def _labelled(scene: Scene, size: Size, line_width: float) -> tuple[Scene, Masks]:
    """Draw masks; what shows no pixel any more loses its label."""
    scene = measure_visibility(scene, size)
    masks = rasterize(scene, size, line_width)
    seen = {d.id for d, mask in zip(scene.labelled, masks, strict=True) if mask.any()}
    kept = Scene(attrs.evolve(d, labelled=d.labelled and d.id in seen) for d in scene)
    return kept, masks[[bool(mask.any()) for mask in masks]]
