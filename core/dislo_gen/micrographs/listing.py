"""Which files are micrographs."""

from __future__ import annotations

import os
import re
from pathlib import Path

from dislo_gen.errors import DatasetError
from dislo_gen.micrographs import video
from dislo_gen.micrographs.microscopes import READERS
from dislo_gen.micrographs.tvips import LATER_PART

SUFFIXES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".gif", *READERS, *video.SUFFIXES)
"""How names of files that can be read end."""


def micrograph_files(path: str | Path) -> list[Path]:
    """Return the picture itself, or the pictures in a folder and in the folders inside it.

    Hidden files and folders are left out, and so are the later parts of a TVIPS film, which its first one brings
    with it. Numbers in names are ordered as numbers: ``frame-9.png`` comes before ``frame-10.png``.

    Raises:
        DatasetError: there is nothing there, no picture in the folder, or the file is of a kind that is not read.
    """
    path = Path(path)
    if path.is_dir():
        found = sorted(_inside(path), key=natural_order)
        if not found:
            raise DatasetError(f"{path}: there is no picture in this folder ({', '.join(SUFFIXES)})")
        return found
    if not path.exists():
        raise DatasetError(f"{path}: there is no such file or folder of pictures")
    if path.suffix.lower() not in SUFFIXES:
        raise DatasetError(
            f"{path}: files of this kind are not read as pictures; these are: {', '.join(SUFFIXES)}"
        )
    return [path]


def natural_order(path: Path) -> list[tuple[int, int, str]]:
    """Return what to sort paths by, so that numbers in them count as numbers."""
    parts = re.split(r"([0-9]+)", path.as_posix())
    return [(0, int(part), part) if part[:1].isdecimal() else (1, 0, part) for part in parts]


def _inside(folder: Path) -> list[Path]:
    def refuse(error: OSError) -> None:
        raise DatasetError(f"{error.filename}: cannot be read: {error.strerror or error}") from error

    found = []
    for root, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            file = Path(root, name)
            is_picture = file.suffix.lower() in SUFFIXES and not LATER_PART.fullmatch(name)
            if is_picture and not name.startswith(".") and file.is_file():
                found.append(file)
    return found
