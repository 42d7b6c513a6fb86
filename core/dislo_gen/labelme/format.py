"""labelme's JSON, every version from 4.5 on, checked field by field: the files come from strangers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from dislo_gen.errors import DatasetError, shown
from dislo_gen.labelme.text import UTF_8, read_plain
from dislo_gen.size import MAX_SIDE

_OTHER_TYPES = {"rotation": "oriented_rectangle", "quadrilateral": "oriented_rectangle", "polyline": "linestrip"}
"""What X-AnyLabeling and others that write such files call labelme's shapes."""

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
        frame: which frame of a film the labels are for, from 0, or None.
        encoding: of the file's text.
    """

    shapes: tuple[LabelledShape, ...]
    image_path: str | None = None
    image_data: str | None = attrs.field(default=None, repr=False)
    width: int | None = None
    height: int | None = None
    frame: int | None = None
    encoding: str = UTF_8

    @classmethod
    def read(cls, path: str | Path) -> LabelmeFile:
        """Read a file.

        Raises:
            DatasetError: it is missing, too large, not JSON, or not labelme's.
        """
        plain, encoding = read_plain(Path(path))
        return cls.from_dict(plain, str(path), encoding)

    @classmethod
    def from_dict(cls, plain: Any, where: str, encoding: str = UTF_8) -> LabelmeFile:
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
                _frame(plain),
                encoding,
            )
        except ValueError as error:
            raise DatasetError(f"{where}: {error}") from None


def is_labelme(path: str | Path) -> bool:
    """Say whether a file is one of labelme's, without saying whether all of it is right."""
    try:
        plain, _ = read_plain(Path(path))
    except DatasetError:
        return False
    return isinstance(plain, dict) and ("imagePath" in plain or isinstance(plain.get("shapes"), list))


def is_meant(plain: Any) -> bool:
    """Say whether plain data are a labelme file, if perhaps a wrong one; other programs have shapes, too."""
    if not isinstance(plain, dict) or "shapes" not in plain:
        return False
    if "imagePath" in plain or "imageData" in plain:
        return True
    shapes = plain["shapes"]
    return (
        isinstance(shapes, list)
        and bool(shapes)
        and all(isinstance(shape, dict) and "points" in shape for shape in shapes)
    )


def _shape(plain: Any, place: str) -> LabelledShape:
    if not isinstance(plain, dict):
        raise ValueError(f"{place}: must be a table, not {shown(plain)}")
    group_id = _whole(plain.get("group_id"))
    group_id = None if group_id == "" else group_id
    if group_id is not None and not _is_group(group_id):
        raise ValueError(f"{place}.group_id: must be a whole number or null, not {shown(group_id)}")
    flags = plain.get("flags") or None
    if flags is not None and not (isinstance(flags, dict) and all(isinstance(v, bool) for v in flags.values())):
        raise ValueError(f"{place}.flags: must be a table of true and false, not {shown(flags)}")
    shape_type = (_text(plain, "shape_type", f"{place}.") or "").lower()
    return LabelledShape(
        place,
        _label(plain, f"{place}."),
        _OTHER_TYPES.get(shape_type, shape_type) or "polygon",  # which it was before there were others
        _points(plain.get("points"), f"{place}.points"),
        group_id,
        _text(plain, "description", f"{place}.") or "",
        flags or {},
    )


def _label(plain: dict[str, Any], place: str) -> str:
    value = plain.get("label")
    if isinstance(value, int) and not isinstance(value, bool):  # classes by their numbers
        return str(value)
    return _text(plain, "label", place) or ""


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
    value = _whole(plain.get(key))
    if value is None or (value == 0 and not isinstance(value, bool)):
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MAX_SIDE:
        raise ValueError(f"{key}: must be a whole number from 1 to {MAX_SIDE} px, not {shown(value)}")
    return value


def _frame(plain: dict[str, Any]) -> int | None:
    value = _whole(plain.get("frame"))
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 2**53:
        return value
    return None  # labelme has no such field; who put something else there meant something else


def _whole(value: Any) -> Any:
    """Return a float or a text that is a whole number as one: other programs write such."""
    if isinstance(value, str) and re.fullmatch(r"\s*-?[0-9]{1,15}\s*", value):
        return int(value)
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) <= 2**53 else value
