"""Writing scenes as labelme files, so that a person can look at them and correct them."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dislo_gen.files import Folder
from dislo_gen.labelme.thinning import thinned
from dislo_gen.sample import Sample
from dislo_gen.scene import Defect, Scene
from dislo_gen.shapes import DECIMALS, ClosedCurve, OpenCurve
from dislo_gen.size import Size

VERSION = "5.5.0"  # every labelme from 4.5 to 6 reads its fields
TOLERANCE = 0.25
"""How far in px a curve may move where points are left out: what remains, a person can edit."""


def write_labelme(
    path: str | Path,
    labelled: Sample | Scene,
    image_path: str,
    size: Size | None = None,
    image_data: bytes | None = None,
    notes: Sequence[str] | None = None,
    *,
    unlabelled: bool = False,
) -> None:
    """Write a scene as a labelme file, which appears whole or not at all.

    Args:
        path: the file; its folder is made if it is missing.
        labelled: the scene, or a sample with one.
        image_path: where the picture lies, relative to the file's folder.
        size: of the picture; a sample knows its own.
        image_data: the picture's file, if it is to be in the labelme file itself.
        notes: a description for each defect that is written.
        unlabelled: whether defects without a mask, such as slip traces, are written, too.

    Raises:
        DatasetError: it cannot be written.
        ValueError: there is no size, or not one note for each defect.
    """
    if isinstance(labelled, Sample):
        scene, size = labelled.scene, size or Size(*labelled.image.shape[::-1])
    else:
        scene = labelled
    if size is None:
        raise ValueError("a scene by itself needs the picture's size")
    path = Path(path)
    data = encode_labelme(scene, image_path, size, notes, image_data, unlabelled=unlabelled)
    Folder(path.parent).put(path.name, data)


def encode_labelme(
    scene: Scene,
    image_path: str,
    size: Size,
    notes: Sequence[str] | None = None,
    image_data: bytes | None = None,
    *,
    unlabelled: bool = False,
) -> bytes:
    """Return a scene as a labelme file's contents; see `write_labelme`."""
    defects = tuple(scene) if unlabelled else scene.labelled
    notes = [""] * len(defects) if notes is None else notes
    if len(notes) != len(defects):
        raise ValueError(
            f"there must be a note for each of the {len(defects)} defects, and there are {len(notes)}"
        )
    plain: dict[str, Any] = {
        "version": VERSION,
        "flags": {},
        "shapes": [_shape(defect, note) for defect, note in zip(defects, notes, strict=True)],
        "imagePath": image_path,
        "imageData": None if image_data is None else base64.b64encode(image_data).decode("ascii"),
        "imageHeight": size.height,
        "imageWidth": size.width,
    }
    return (json.dumps(plain, indent=2, allow_nan=False) + "\n").encode()


def _shape(defect: Defect, note: str) -> dict[str, Any]:
    points = thinned(defect.shape.points, TOLERANCE, closed=not isinstance(defect.shape, OpenCurve))
    # labelme knows no closed line: the flag, which it keeps, says that the polygon is its outline only.
    outline = isinstance(defect.shape, ClosedCurve)
    return {
        "label": defect.kind,
        "points": [[round(x, DECIMALS), round(y, DECIMALS)] for x, y in points.tolist()],
        "group_id": defect.group,
        "description": note,
        "shape_type": "linestrip" if isinstance(defect.shape, OpenCurve) else "polygon",
        "flags": {ClosedCurve.name: True} if outline else {},
        "mask": None,
    }
