"""Which files are micrographs."""

from __future__ import annotations

import logging
import re
from pathlib import Path

from dislo_gen import paths
from dislo_gen.errors import DatasetError
from dislo_gen.micrographs import video
from dislo_gen.micrographs.microscopes import READERS
from dislo_gen.micrographs.microscopes.tvips import LATER_PART

logger = logging.getLogger("dislo_gen")

SUFFIXES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".gif", *READERS, *video.SUFFIXES)
"""How names of files that can be read end."""

_OTHER_PICTURES = re.compile(
    r"\.(webp|hei[cf]|avif|jp2|j2k|jxl|psd|xcf|svg|eps|pdf|dng|cr2|nef|raw|dcm|czi|nd2|lif|lsm|hspy|zspy|h5|hdf5|nxs"
    r"|np[yz]|mrcs|st|ali|rec|blo|mib|seq|prz|bcf|emi|img|sxm|webm|wmv|flv|mpe?g|m4v|3gp|m?ts|ogv)"
)
_NAMED = 5
_OWN = ("dataset.json", "run.json", "evaluation.json")
_OWN_HEAD = b'"format": "dislo-gen '


def micrograph_files(path: str | Path) -> list[Path]:
    """Return the picture itself, or the pictures in a folder and in the folders inside it.

    Left out are hidden files and folders, the later parts of a TVIPS film, which its first one brings with it, and
    folders that dislo-gen itself wrote into, such as what it found in these pictures; links to folders are not
    followed. Pictures of kinds that are not read, links that lead nowhere, and folders inside it that may not be
    read are left out too, and the log names them. Numbers in names are ordered as numbers: ``frame-9.png`` comes
    before ``frame-10.png``.

    Raises:
        DatasetError: there is nothing there, no picture in the folder, or the file is of a kind that is not read.
    """
    path = Path(path)
    if paths.is_folder(path):
        found, others = _inside(path)
        if not found:
            more = f"; {_counted(others)} of other kinds" if others else ""
            raise DatasetError(f"{path}: there is no picture in this folder ({', '.join(SUFFIXES)}){more}")
        if others:
            logger.warning("%s: left out, as they cannot be read: %s", path, _counted(others))
        return sorted(found, key=natural_order)
    if not paths.exists(path):
        raise DatasetError(f"{path}: there is no such file or folder of pictures")
    if path.suffix.lower() not in SUFFIXES:
        raise DatasetError(
            f"{path}: files of this kind are not read as pictures; these are: {', '.join(SUFFIXES)}"
        )
    if not paths.is_file(path):
        raise DatasetError(f"{path}: this is no file but a device or a pipe, which is not read")
    return [path]


def natural_order(path: Path) -> list[tuple[int, int, str]]:
    """Return what to sort paths by, so that numbers in them count as numbers."""
    parts = re.split(r"([0-9]+)", path.as_posix())
    return [(0, int(part), part) if part[:1].isdecimal() else (1, 0, part) for part in parts]


def _inside(folder: Path) -> tuple[list[Path], list[str]]:
    """Return the pictures in a folder, and the paths inside it of what looks like one and is not read."""
    found: list[Path] = []
    others: list[str] = []

    def leave_out(path: Path) -> None:
        others.append(path.relative_to(folder).as_posix())

    for root, folders, names in paths.walk(folder, leave_out):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        if root != folder and _is_own(root, names):
            folders.clear()
            continue
        for name in sorted(names):
            file = root / name
            suffix = file.suffix.lower()
            if name.startswith(".") or LATER_PART.fullmatch(name):
                continue
            if suffix in SUFFIXES and _is_file(file):
                found.append(file)
            elif suffix in SUFFIXES or _OTHER_PICTURES.fullmatch(suffix):
                leave_out(file)
    return found, others


def _is_own(folder: Path, names: list[str]) -> bool:
    """Say whether dislo-gen wrote a folder: what it found in pictures would else be looked at as more of them."""
    for name in _OWN:
        if name in names and _is_file(folder / name):
            try:
                with (folder / name).open("rb") as file:
                    if _OWN_HEAD in file.read(200):
                        return True
            except OSError:
                continue
    return False


def _is_file(path: Path) -> bool:
    try:
        return paths.is_file(path)
    except DatasetError:  # a link in a circle
        return False


def _counted(names: list[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
