"""Reading a single picture."""

from __future__ import annotations

import io
from pathlib import Path

from dislo_gen.interfaces import Image
from dislo_gen.micrographs.film import Micrograph, open_film
from dislo_gen.micrographs.looking.grey import as_image
from dislo_gen.micrographs.looking.seeing import see_named
from dislo_gen.micrographs.values import decode_values


def read_micrograph(path: str | Path, frame: int = 0) -> Micrograph:
    """Read a picture: any file that `open_film` opens.

    Args:
        path: the file.
        frame: which picture of a stack or film, from 0.

    Raises:
        DatasetError: it is missing, broken, too large, not a picture, or has fewer frames.
        MissingExtraError: files of this kind need an extra that is not installed; the message names it.
    """
    with open_film(path) as film:
        return film.frame(frame)


def read_picture(source: Path | bytes, where: object) -> Image:
    """Read a whole picture from a file or from memory, (H, W) float32 from 0 to 1.

    Args:
        source: the file, or what is in it.
        where: what to call it in messages if it is in memory.

    Raises:
        DatasetError, MissingExtraError: as for `read_micrograph`.
    """
    if isinstance(source, Path):
        return read_micrograph(source).image
    return as_image(see_named(decode_values(io.BytesIO(source), where), where)[0])
