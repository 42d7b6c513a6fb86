"""Reading a single picture."""

from __future__ import annotations

import io
from pathlib import Path

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


def decode_micrograph(data: bytes, name: str) -> Micrograph:
    """Decode a picture that is in memory, as it is stored and not turned.

    Args:
        data: what would be in its file.
        name: what to call it in messages.

    Raises:
        DatasetError, MissingExtraError: as for `read_micrograph`.
    """
    grey, box = see_named(decode_values(io.BytesIO(data), name), name)
    return Micrograph(as_image(grey), box, name)
