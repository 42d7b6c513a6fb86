"""Which files of a folder are labelme's: each is read once, and what is none of them hides none of them."""

from __future__ import annotations

import logging
from pathlib import Path

from dislo_gen import paths
from dislo_gen.dataset import kind_of_folder
from dislo_gen.errors import DatasetError
from dislo_gen.files import Folder
from dislo_gen.labelme.format import LabelmeFile, is_labelme, is_meant
from dislo_gen.labelme.text import parse_plain
from dislo_gen.micrographs import natural_order
from dislo_gen.plain import MAX_FILE_BYTES
from dislo_gen.predictions import PREDICTIONS_FORMAT, is_corrected, open_predictions

LABELME = "labelme"
"""The folder in a folder of predictions that holds them as labelme files."""

_HEAD = 1 << 20
_NAMED = 20
_LOOKED_INTO = 50
logger = logging.getLogger("dislo_gen")


def labelme_files(folder: Path) -> list[tuple[Path, LabelmeFile]]:
    """Read every labelme file of a folder, in natural order of their names.

    Hidden files, JSON files of other programs, and what is no regular file are passed over.

    Raises:
        DatasetError: the folder cannot be read, or labelme files in it are broken; one line for each.
    """
    found: list[tuple[Path, LabelmeFile]] = []
    problems: list[str] = []
    for path in sorted(paths.inside(folder), key=natural_order):
        if path.suffix.lower() != ".json" or path.name.startswith(".") or not _is_regular(path):
            continue
        try:
            labels = _read(path)
        except DatasetError as error:
            problems.append(str(error))
        else:
            found += [] if labels is None else [(path, labels)]
    if problems:
        more = [f"{folder}: {len(problems) - _NAMED} more files are broken"] if len(problems) > _NAMED else []
        raise DatasetError("\n".join(problems[:_NAMED] + more))
    return found


def said_of_folders_inside(folder: Path) -> str:
    """Return a clause that names folders inside a folder in which there are labelme files; nothing without any."""
    found = []
    for inner in sorted(paths.inside(folder), key=natural_order)[:_LOOKED_INTO]:
        try:
            if inner.name.startswith(".") or not paths.is_folder(inner):
                continue
            files = [each for each in paths.inside(inner) if each.suffix.lower() == ".json" and _is_regular(each)]
            if any(is_labelme(each) for each in files[:_LOOKED_INTO]):
                found.append(inner.name)
        except DatasetError:
            continue
    return f"; there are some in folders inside it, to be named each: {', '.join(found[:5])}" if found else ""


def is_predictions(folder: Path) -> bool:
    """Say whether a folder is one that ``dislo-gen predict`` wrote."""
    return manifest_format(folder) == PREDICTIONS_FORMAT


def said_of_predictions(folder: Path) -> str:
    """Say how many of the labels in a folder of predictions a person corrected, and whose the others are."""
    said = f"the labels in {folder / LABELME} are read as they are"
    try:
        predictions = open_predictions(folder)
    except DatasetError:
        return said
    corrected = sum(is_corrected(predictions.folder, name) for name in predictions.names)
    count = len(predictions.names)
    others = "all are what a network found"
    if corrected:
        others = f"{corrected} {'was' if corrected == 1 else 'were'} corrected by somebody"
    if 0 < corrected < count:
        found = count - corrected
        others += f", and {found} {'is' if found == 1 else 'are'} what a network found"
    advice = "" if corrected == count else "; what is wrong in these is taken for true, so correct or delete them"
    return f"{said}: of {count} pictures {others}{advice}"


def manifest_format(folder: Path) -> str | None:
    """Return what a folder's ``dataset.json`` says that it is; None without one, or if it says nothing."""
    try:
        said = kind_of_folder(Folder(folder))
    except DatasetError:
        return None
    return said if isinstance(said, str) else None


def _is_regular(path: Path) -> bool:
    try:
        if paths.is_file(path):
            return True
        if path.is_symlink() and not paths.exists(path):
            logger.warning("%s: this link leads to nothing; it is passed over", path)
    except DatasetError as error:
        logger.warning("%s", error)
    return False


def _read(path: Path) -> LabelmeFile | None:
    try:
        data = paths.read_bytes(path, MAX_FILE_BYTES)
    except DatasetError as error:
        if _mentions_shapes(_head(path)):
            raise
        if not _head(path):
            logger.warning("%s", error)  # it cannot be read at all, so nobody knows what it is
        return None
    if not _mentions_shapes(data):
        return None
    plain, encoding = parse_plain(data, path)
    return LabelmeFile.from_dict(plain, str(path), encoding) if is_meant(plain) else None


def _mentions_shapes(data: bytes) -> bool:
    """Say whether there is labelme's word in a text, in UTF-8, UTF-16 or UTF-32."""
    return any(("\0" * zeros).join('"shapes"').encode() in data for zeros in (0, 1, 3))


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_HEAD)
    except OSError:
        return b""
