"""From a frame's values to the picture that is looked at, and the part of it that is the micrograph."""

from __future__ import annotations

import logging
from pathlib import Path

from dislo_gen.errors import DatasetError
from dislo_gen.micrographs.facts import Values
from dislo_gen.micrographs.looking.content import Box, content_box
from dislo_gen.micrographs.looking.grey import Grey, plain_grey, stretched
from dislo_gen.micrographs.looking.voids import constant_corners, filled, valid_box
from dislo_gen.micrographs.values import read_values

logger = logging.getLogger("dislo_gen")

_SUBSTANTIAL = 0.1  # of a picture's area
_NAMED = 5  # a folder may hold thousands of pictures

__all__ = ["Box", "Grey", "read_grey", "say_cut", "see", "see_named"]


def see(values: Values) -> tuple[Grey, Box]:
    """Return a frame's grey values, and the box of what is looked at.

    Margins are found first, on the values as they are: places without values, title bars and scale bars, frames,
    corners that were filled when the frame was turned. Eight bits then stay as they are, the picture that every
    viewer shows; deeper ones are stretched from what is inside the box. The frames of a film are each stretched
    by themselves: a lamp that flickers or a beam that drifts leaves them alike.

    Args:
        values: (H, W), (H, W, 3) or (H, W, 4), any type of number; NaN, infinity and masked pixels are no values.

    Returns:
        (H, W) uint8 or uint16, with a value everywhere; and left, top, right, bottom in px.

    Raises:
        DatasetError: there is no value in it.
    """
    pixels, empty = plain_grey(values)
    box: Box = (0, 0, pixels.shape[1], pixels.shape[0])
    if empty is not None:
        box = valid_box(empty, box)
    box = _inside(pixels, box)
    corners = constant_corners(pixels, box)
    if corners is not None:
        box = _inside(pixels, valid_box(corners, box))
    if empty is not None:
        pixels = filled(pixels, empty, box) if pixels.dtype.kind == "f" else pixels
    return (pixels if pixels.dtype == "uint8" else stretched(pixels, box)), box


def read_grey(path: Path, frame: int = 0) -> Grey:
    """Read a picture as grey values.

    Eight bits stay as they are, uint8. Deeper pictures become uint16, stretched from the 0.1st to the 99.9th
    percentile of the micrograph in them, hot pixels and title bars apart, because cameras seldom use their whole
    range.

    Args:
        path: PNG, JPEG, BMP, GIF, TIFF, or a microscope's own format.
        frame: which picture of a stack, from 0.

    Returns:
        (H, W) uint8 or uint16.

    Raises:
        DatasetError: it is broken, too large, not a picture, or has fewer frames.
        MissingExtraError: it is of a microscope's format, and the library that reads those is not installed.
    """
    return see_named(read_values(path, frame), path)[0]


def see_named(values: Values, where: object) -> tuple[Grey, Box]:
    """As `see`, with ``where`` to call the picture by in messages."""
    try:
        return see(values)
    except DatasetError as error:
        raise DatasetError(f"{where}: {error}") from None


def say_cut(where: object, shape: tuple[int, ...], box: Box) -> None:
    """Say how much of a picture is margin if that is a substantial part: once for a film, and for pictures alike.

    Args:
        where: the picture's file.
        shape: (H, W) of the whole picture.
        box: what is looked at.
    """
    (height, width), (left, top, right, bottom) = shape, box
    share = 1 - (right - left) * (bottom - top) / (width * height)
    if share < _SUBSTANTIAL or str(where) in _said or (shape, box) in _said or len(_said) > 2 * _NAMED:
        return
    _said.update({str(where), (shape, box)})
    if len(_said) > 2 * _NAMED:
        logger.warning(
            "%s: margins of this picture and of others are not looked at; no more are named here", where
        )
        return
    sides = ((left, "left"), (top, "above"), (width - right, "right"), (height - bottom, "below"))
    logger.warning(
        "%s: %.0f %% of the picture are margin and are not looked at: %s; %d x %d of %d x %d px are left",
        *(where, 100 * share, ", ".join(f"{cut} px {side}" for cut, side in sides if cut)),
        *(right - left, bottom - top, width, height),
    )


_said: set[object] = set()


def _inside(pixels: Values, box: Box) -> Box:
    left, top, right, bottom = box
    found = content_box(pixels[top:bottom, left:right])
    return left + found[0], top + found[1], left + found[2], top + found[3]
