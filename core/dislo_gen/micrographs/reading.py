"""Reading a micrograph."""

from __future__ import annotations

import io
from pathlib import Path

import attrs

from dislo_gen.errors import DatasetError
from dislo_gen.interfaces import Image
from dislo_gen.micrographs.content import content_box
from dislo_gen.micrographs.grey import Grey, as_image, read_grey, to_grey
from dislo_gen.micrographs.values import decode_values
from dislo_gen.size import MAX_SIDE


@attrs.frozen(eq=False)
class Micrograph:
    """A picture that somebody took.

    Attributes:
        image: (H, W) float32 from 0 to 1, the whole picture.
        box: left, top, right, bottom of the part without title bars, scale bars and frames, px.
        name: its file's name.
    """

    image: Image
    box: tuple[int, int, int, int]
    name: str

    def __repr__(self) -> str:
        height, width = self.image.shape
        return f"Micrograph({self.name!r}, image ({height}, {width}), box {self.box})"


def read_micrograph(path: str | Path, frame: int = 0) -> Micrograph:
    """Read a picture: PNG, JPEG, BMP, GIF, TIFF, or a microscope's own format (DM3, DM4, EMD, MRC, SER, TVIPS).

    Eight bits are taken as they are; deeper pictures, floating point ones among them, are stretched from their
    0.1st to their 99.9th percentile, because cameras seldom use their whole range. Colours become grey.

    Args:
        path: the file.
        frame: which picture of a stack, from 0.

    Raises:
        DatasetError: it is missing, broken, too large, not a picture, or has fewer frames.
        MissingExtraError: a microscope's format needs ``pip install 'dislo-gen[microscopes]'``.
    """
    path = Path(path)
    grey = read_grey(path, frame)
    _check_sides(grey, path)
    return Micrograph(as_image(grey), content_box(grey), path.name)


def read_picture(source: Path | bytes, where: object) -> Image:
    """Read a whole picture from a file or from memory, (H, W) float32 from 0 to 1.

    Args:
        source: the file, or what is in it.
        where: what to call it in messages if it is in memory.

    Raises:
        DatasetError, MissingExtraError: as for `read_micrograph`.
    """
    if isinstance(source, Path):
        where, grey = source, read_grey(source)
    else:
        grey = to_grey(decode_values(io.BytesIO(source), where))
    _check_sides(grey, where)
    return as_image(grey)


def _check_sides(grey: Grey, where: object) -> None:
    height, width = grey.shape
    if max(height, width) > MAX_SIDE:
        raise DatasetError(
            f"{where}: {width} x {height} px: a side may have at most {MAX_SIDE} px; scale the picture down"
        )
