"""One labelled frame: its labels, and the picture that they belong to."""

from __future__ import annotations

import base64
import binascii
import hashlib
import logging
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import get_args

import attrs

from dislo_gen.errors import DatasetError, shown
from dislo_gen.interfaces import Image
from dislo_gen.labelme.format import LabelmeFile
from dislo_gen.labelme.meaning import SKIPPED, PolygonsAs, chosen_kinds, is_dropped, kind_of_label, scene_of
from dislo_gen.labelme.picture import picture_path
from dislo_gen.labelme.text import UTF_8
from dislo_gen.micrographs import Micrograph, decode_micrograph, open_film
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
        dropped: names of labels that are no defects, and how often each was there; the scene is without them.
    """

    file: Path
    labels: LabelmeFile
    scene: Scene
    embedded: bool
    dropped: Mapping[str, int] = attrs.Factory(dict)

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
        return self.micrograph().image

    def micrograph(self) -> Micrograph:
        """Read the picture, and which part of it is no title bar; errors as for `image`."""
        if self.embedded:
            data = LabelmeFile.read(self.file).image_data or ""
            found = decode_micrograph(_decode(data, self.file), f"{self.file}: imageData")
        else:
            found = self._beside()
        height, width = found.image.shape
        if (self.labels.width or width, self.labels.height or height) != (width, height):
            raise DatasetError(
                f"{self.file}: imageWidth, imageHeight: the labels are for a picture of {self.labels.width} x "
                f"{self.labels.height} px, and this one has {width} x {height}"
            )
        return found

    def _beside(self) -> Micrograph:
        path = self.picture
        with open_film(path) as film:
            if film.count > 1 and self.labels.frame is None:
                logger.warning(
                    "%s: its picture, %s, has %d frames; the labels are taken to be the first one's",
                    *(self.file, path.name, film.count),
                )
            return film.frame(self.labels.frame or 0)

    def sample(self, line_width: float = LINE_WIDTH, index: int = 0) -> Sample:
        """Read the picture and draw the masks; the record has the box of what is no title bar.

        Args:
            line_width: of curves in the masks, px.
            index: the sample's number.

        Raises:
            DatasetError, MissingExtraError: as for `image`; or the masks would not fit into memory.
        """
        found = self.micrograph()
        image = found.image
        size = Size(*image.shape[::-1])
        scene = measure_visibility(self.scene, size)
        if len(scene.labelled) * image.size > _MAX_MASK_PIXELS:
            raise DatasetError(
                f"{self.file}: {len(scene.labelled)} masks of {size.width} x {size.height} px are more than the "
                f"{_MAX_MASK_PIXELS} px that are drawn"
            )
        masks = rasterize(scene, size, line_width)
        record = {"name": self.name, "file": self.file.name, "picture": self.picture.name, "box": found.box}
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


def read_labelme(
    path: str | Path, polygons_as: PolygonsAs = "auto", labels: str | Sequence[str] = ()
) -> LabelledFrame:
    """Read a labelme file, of any version from 3 on.

    Points and painted masks are passed over, which is logged as a warning. Labels that name no defect are left
    out: ``__ignore__``, ``_background_``, "unclear", "scale bar", "text" and a few like them.

    Args:
        path: the JSON file.
        polygons_as: what polygons are: "lines" takes each as an open line, "regions" as an area. "auto" takes
            one as a line if the chord that closes it is more than 1.5 times as long as its longest other edge,
            or if it is flatter than a rectangle 75 times as long as it is wide.
        labels: names of those that are to be found; by default all but slip traces.

    Raises:
        DatasetError: it is missing, too large, not labelme's, or wrong somewhere; the message names the place.
    """
    path = Path(path)
    read = LabelmeFile.read(path)
    if read.encoding not in (UTF_8, "utf-16", "utf-32"):
        logger.warning("%s: this is no UTF-8 text; it is read as %s", path, read.encoding)
    return frame_of(path, read, polygons_as, chosen_kinds(labels))


def frame_of(file: Path, labels: LabelmeFile, polygons_as: PolygonsAs, kinds: Sequence[str]) -> LabelledFrame:
    """Return what a labelme file that is read already means; see `read_labelme`."""
    if polygons_as not in get_args(PolygonsAs):
        raise DatasetError(f"polygons are read as {', '.join(get_args(PolygonsAs))}, not {shown(polygons_as)}")
    try:
        scene = scene_of(labels.shapes, polygons_as, kinds)
    except ValueError as error:
        raise DatasetError(f"{file}: {error}") from None
    skipped = Counter(shape.type for shape in labels.shapes if shape.type in SKIPPED)
    if skipped:
        what = ", ".join(f"{count} of type '{name}'" for name, count in skipped.items())
        logger.warning("%s: labels that are neither curves nor outlines are left out: %s", file, what)
    dropped = Counter(kind_of_label(shape.label) for shape in labels.shapes if is_dropped(shape, kinds))
    embedded = bool(labels.image_data)
    return LabelledFrame(file, attrs.evolve(labels, image_data=None), scene, embedded, dict(dropped))


def _decode(data: str, file: Path) -> bytes:
    # Some programs write lines, the address of data that browsers know, or no filling at the end.
    plain = "".join(re.sub(r"^data:[\w/+.;=-]{0,100},", "", data).split())
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise DatasetError(f"{file}: imageData: this is not base64") from None
