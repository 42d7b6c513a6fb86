"""One labelled frame: its labels, and the picture that they belong to."""

from __future__ import annotations

import base64
import binascii
import hashlib
import logging
import re
from collections import Counter
from pathlib import Path, PureWindowsPath
from typing import get_args

import attrs

from dislo_gen.errors import DatasetError, shown
from dislo_gen.interfaces import Image
from dislo_gen.labelme.format import LabelmeFile
from dislo_gen.labelme.meaning import SKIPPED, PolygonsAs, scene_of
from dislo_gen.micrographs import SUFFIXES, read_picture
from dislo_gen.rasterize import rasterize
from dislo_gen.sample import Sample
from dislo_gen.scene import Scene
from dislo_gen.size import Size
from dislo_gen.visibility import measure_visibility

logger = logging.getLogger("dislo_gen")

LINE_WIDTH = 3.0
"""Width of curves in the masks of labelled frames, px."""

_MAX_MASK_PIXELS = 2**32


@attrs.frozen(eq=False)
class LabelledFrame:
    """A frame that a person labelled; its picture is read when it is asked for.

    Attributes:
        file: the labelme file.
        labels: what it says, without an embedded picture.
        scene: what the labels mean, in px of the picture.
        embedded: whether the picture is in the file itself.
    """

    file: Path
    labels: LabelmeFile
    scene: Scene
    embedded: bool

    @property
    def name(self) -> str:
        """The file's name without its suffix."""
        return self.file.stem

    @property
    def picture(self) -> Path:
        """The file that the picture is read from: the labelme file itself if it is embedded.

        Raises:
            DatasetError: its path leads elsewhere, or there is none.
        """
        return self.file if self.embedded else picture_path(self.labels, self.file)

    def image(self) -> Image:
        """Read the whole picture, (H, W) float32 from 0 to 1.

        Raises:
            DatasetError: it is missing, broken, lies elsewhere, or has another size than the labels say.
            MissingExtraError: it is of a microscope's format, and the library that reads those is not installed.
        """
        if self.embedded:
            data = LabelmeFile.read(self.file).image_data or ""
            image = read_picture(_decode(data, self.file), f"{self.file}: imageData")
        else:
            image = read_picture(self.picture, self.file)
        height, width = image.shape
        if (self.labels.width or width, self.labels.height or height) != (width, height):
            raise DatasetError(
                f"{self.file}: imageWidth, imageHeight: the labels are for a picture of {self.labels.width} x "
                f"{self.labels.height} px, and this one has {width} x {height}"
            )
        return image

    def sample(self, line_width: float = LINE_WIDTH, index: int = 0) -> Sample:
        """Read the picture and draw the masks.

        Args:
            line_width: of curves in the masks, px.
            index: the sample's number.

        Raises:
            DatasetError, MissingExtraError: as for `image`; or the masks would not fit into memory.
        """
        image = self.image()
        size = Size(*image.shape[::-1])
        scene = measure_visibility(self.scene, size)
        if len(scene.labelled) * image.size > _MAX_MASK_PIXELS:
            raise DatasetError(
                f"{self.file}: {len(scene.labelled)} masks of {size.width} x {size.height} px are more than the "
                f"{_MAX_MASK_PIXELS} px that are drawn"
            )
        masks = rasterize(scene, size, line_width)
        record = {"name": self.name, "file": self.file.name, "picture": self.picture.name}
        return Sample(image, masks, scene, seed=0, index=index, stored_record=record)

    def fingerprint(self) -> str:
        """Return the SHA-256 of the labels and of the picture.

        Raises:
            DatasetError: one of them cannot be read.
        """
        digest = hashlib.sha256()
        for path in (self.file, self.picture):
            try:
                with path.open("rb") as opened:
                    digest.update(hashlib.file_digest(opened, "sha256").digest())
            except OSError as error:
                raise DatasetError(f"{path}: cannot be read: {error.strerror or error}") from error
        return digest.hexdigest()


def read_labelme(path: str | Path, polygons_as: PolygonsAs = "auto") -> LabelledFrame:
    """Read a labelme file, of any version from 4.5 on.

    Points and painted masks are passed over, which is logged as a warning.

    Args:
        path: the JSON file.
        polygons_as: what polygons are: "lines" takes each as an open line, "regions" as an area. "auto" takes
            one as a line if the chord that closes it is more than 1.5 times as long as its longest other edge,
            or if it is flatter than a rectangle 75 times as long as it is wide.

    Raises:
        DatasetError: it is missing, too large, not labelme's, or wrong somewhere; the message names the place.
    """
    if polygons_as not in get_args(PolygonsAs):
        raise DatasetError(f"polygons are read as {', '.join(get_args(PolygonsAs))}, not {shown(polygons_as)}")
    path = Path(path)
    labels = LabelmeFile.read(path)
    try:
        scene = scene_of(labels.shapes, polygons_as)
    except ValueError as error:
        raise DatasetError(f"{path}: {error}") from None
    skipped = Counter(shape.type for shape in labels.shapes if shape.type in SKIPPED)
    if skipped:
        what = ", ".join(f"{count} of type '{name}'" for name, count in skipped.items())
        logger.warning("%s: labels that are neither curves nor outlines are left out: %s", path, what)
    embedded = bool(labels.image_data)
    return LabelledFrame(path, attrs.evolve(labels, image_data=None), scene, embedded)


def picture_path(labels: LabelmeFile, file: Path) -> Path:
    r"""Return where the picture lies that ``imagePath`` names.

    It may lie in the labelme file's folder, in the folder above that one, and below either; labels and pictures
    often lie side by side, as ``labels/`` and ``images/``. Backslashes are read as Windows means them.

    Raises:
        DatasetError: the path leads elsewhere, links included, is absolute, or names no picture.
    """
    if not labels.image_path:
        raise DatasetError(
            f"{file}: imagePath: there is neither a path of the picture nor the picture (imageData)"
        )
    where = f"{file}: imagePath: {shown(labels.image_path)}"
    relative = PureWindowsPath(labels.image_path).as_posix()
    if relative.startswith("/") or re.match("[A-Za-z]:", relative) or "\0" in relative:
        raise DatasetError(f"{where} is not relative to the file's folder; put the picture beside the labels")
    path = file.parent / relative
    try:
        outside = not path.resolve().is_relative_to(file.parent.resolve().parent)
        found = path.is_file()
    except (OSError, RuntimeError, ValueError):  # a name too long, links in a circle
        outside, found = False, False
    if outside:
        raise DatasetError(
            f"{where} leads farther out than to the folder above; put the picture beside the labels"
        )
    if path.suffix.lower() not in SUFFIXES:
        raise DatasetError(f"{where} is no picture of a kind that is read: {', '.join(SUFFIXES)}")
    if not found:
        raise DatasetError(f"{where}: there is no such picture")
    return path


def _decode(data: str, file: Path) -> bytes:
    try:
        return base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        raise DatasetError(f"{file}: imageData: this is not base64") from None
