"""labelme's JSON, every version from 4.5 on, checked field by field: the files come from strangers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from dislo_gen.errors import DatasetError, shown
from dislo_gen.plain import read_json
from dislo_gen.size import MAX_SIDE

FARTHEST = 16 * MAX_SIDE
"""Largest coordinate in px: labels may reach out of the picture, but not to where arithmetic fails."""


@attrs.frozen(eq=False)
class LabelledShape:
    """One shape as labelme stores it.

    Attributes:
        place: where it stands in the file, such as ``shapes[3]``.
        label: what the person called it.
        type: labelme's ``shape_type``: "linestrip", "polygon", …
        points: (N, 2) float64, N >= 1, in px; labelme's origin is ours, the corner of the top-left pixel.
        group_id: the number that joins several shapes, or None.
        description: the person's note.
        flags: the person's ticks.
    """

    place: str
    label: str
    type: str
    points: NDArray[np.float64]
    group_id: int | None = None
    description: str = ""
    flags: Mapping[str, bool] = attrs.Factory(dict)


@attrs.frozen(eq=False)
class LabelmeFile:
    """What a labelme file says.

    Attributes:
        shapes: in the file's order.
        image_path: the picture's path, relative to the file's folder, as it is written there; or None.
        image_data: the picture itself in base64, or None.
        width, height: of the picture in px, or None.
    """

    shapes: tuple[LabelledShape, ...]
    image_path: str | None = None
    image_data: str | None = attrs.field(default=None, repr=False)
    width: int | None = None
    height: int | None = None

    @classmethod
    def read(cls, path: str | Path) -> LabelmeFile:
        """Read a file.

        Raises:
            DatasetError: it is missing, too large, not JSON, or not labelme's.
        """
        return cls.from_dict(read_json(Path(path)), str(path))

    @classmethod
    def from_dict(cls, plain: Any, where: str) -> LabelmeFile:
        """Read a file's plain data; ``where`` is what to call it in messages.

        Raises:
            DatasetError: it is not labelme's, or wrong somewhere; the message names the place.
        """
        shapes = plain.get("shapes") if isinstance(plain, dict) else None
        if not isinstance(plain, dict) or not isinstance(shapes, list):
            raise DatasetError(f"{where}: there is no list 'shapes', so this is not a labelme file")
        try:
            return cls(
                tuple(_shape(shape, f"shapes[{number}]") for number, shape in enumerate(shapes)),
                _text(plain, "imagePath", ""),
                _text(plain, "imageData", ""),
                _side(plain, "imageWidth"),
                _side(plain, "imageHeight"),
            )
        except ValueError as error:
            raise DatasetError(f"{where}: {error}") from None


def is_labelme(path: str | Path) -> bool:
    """Say whether a file is one of labelme's, without saying whether all of it is right."""
    try:
        plain = read_json(Path(path))
    except DatasetError:
        return False
    return isinstance(plain, dict) and isinstance(plain.get("shapes"), list)


def _shape(plain: Any, place: str) -> LabelledShape:
    if not isinstance(plain, dict):
        raise ValueError(f"{place}: must be a table, not {shown(plain)}")
    group_id = plain.get("group_id")
    if group_id is not None and not _is_group(group_id):
        raise ValueError(f"{place}.group_id: must be a whole number or null, not {shown(group_id)}")
    flags = plain.get("flags")
    if flags is not None and not (isinstance(flags, dict) and all(isinstance(v, bool) for v in flags.values())):
        raise ValueError(f"{place}.flags: must be a table of true and false, not {shown(flags)}")
    return LabelledShape(
        place,
        _text(plain, "label", f"{place}.") or "",
        _text(plain, "shape_type", f"{place}.") or "polygon",  # which it was before there were others
        _points(plain.get("points"), f"{place}.points"),
        group_id,
        _text(plain, "description", f"{place}.") or "",
        flags or {},
    )


def _points(plain: Any, place: str) -> NDArray[np.float64]:
    if not isinstance(plain, list) or not plain:
        raise ValueError(f"{place}: must be a list of points, [x, y] pairs of numbers, not {shown(plain)}")
    for number, point in enumerate(plain):
        if not isinstance(point, list) or len(point) != 2 or not all(map(_is_coordinate, point)):
            raise ValueError(
                f"{place}[{number}]: points are [x, y] pairs of numbers up to {FARTHEST} px, not {shown(point)}"
            )
    return np.array(plain, dtype=np.float64)


def _is_group(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= 2**53


def _is_coordinate(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= FARTHEST


def _text(plain: dict[str, Any], key: str, place: str) -> str | None:
    value = plain.get(key)
    if value is not None and not isinstance(value, str):
        raise ValueError(f"{place}{key}: must be a text, not {shown(value)}")
    return value


def _side(plain: dict[str, Any], key: str) -> int | None:
    value = plain.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MAX_SIDE:
        raise ValueError(f"{key}: must be a whole number from 1 to {MAX_SIDE} px, not {shown(value)}")
    return value
