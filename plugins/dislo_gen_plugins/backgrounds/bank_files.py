"""The files of a bank of pictures: which there are, their checksums, and whether every one can be used."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path

from dislo_gen import DatasetError, read_values

SUFFIXES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp")
_NAMED = 12  # a folder of the wrong files may hold hundreds


def check_bank(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each of a bank's pictures by its path inside the bank, after decoding it once.

    A picture that cannot be used is found here, before the first image is made, and not when it is first drawn:
    a bank cannot change any more once images were made from it.

    Raises:
        DatasetError: the folder is missing or has no picture, or pictures cannot be used; each is named.
    """
    checksums, problems = {}, []
    files = bank_files(folder)
    for path in files:  # one at a time: memory is bounded by the largest picture
        try:
            sha256 = checksum(path)
            problem = _problem(path, sha256)
        except DatasetError as error:
            problem = str(error)
        else:
            checksums[path.relative_to(folder).as_posix()] = sha256
        if problem:
            problems.append(problem)
    if len(problems) == 1:
        raise DatasetError(f"{problems[0]}; mend it or take it out of the folder of patches")
    if problems:
        named = "".join(f"\n  {problem}" for problem in problems[:_NAMED])
        more = f"\n  and {len(problems) - _NAMED} more" if len(problems) > _NAMED else ""
        raise DatasetError(
            f"{folder}: {len(problems)} of the {len(files)} pictures in this folder cannot be used; mend them or "
            f"take them out of it:{named}{more}"
        )
    return checksums


@functools.cache
def _problem(path: Path, sha256: str) -> str | None:
    """What keeps a picture from being used; remembered for these contents of it."""
    del sha256
    try:
        read_values(path)
    except DatasetError as error:
        return str(error)
    return None


def bank_files(folder: Path) -> list[Path]:
    """Return a bank's picture files, sorted, those in folders inside it included.

    The list is remembered until a folder in the bank changes: it is asked for at every image.

    Raises:
        DatasetError: the folder is missing or has no picture.
    """
    if folder.exists() and not folder.is_dir():
        raise DatasetError(f"{folder}: this is a file; background.patches names the folder that pictures lie in")
    if not folder.is_dir():
        raise DatasetError(f"{folder}: there is no such folder of patches; name one with background.patches")
    known = _listings.get(folder)
    if known is None or any(_changed(inside) != stamp for inside, stamp in known[0]):
        inner = [folder, *(path for path in folder.rglob("*") if path.is_dir())]
        stamps = [(inside, _changed(inside)) for inside in inner]
        known = stamps, sorted(f for f in folder.rglob("*") if f.suffix.lower() in SUFFIXES and f.is_file())
        _listings[folder] = known
    if not known[1]:
        raise DatasetError(f"{folder}: there is no picture in this folder ({', '.join(SUFFIXES)})")
    return known[1]


_listings: dict[Path, tuple[list[tuple[Path, int]], list[Path]]] = {}


def _changed(folder: Path) -> int:
    """When something was last added to a folder or removed from it, in ns; 0 if the folder is gone."""
    try:
        return folder.stat().st_mtime_ns
    except OSError:
        return 0


@functools.cache
def file_sha256(path: Path, stamp: tuple[int, int]) -> str:
    """Return a file's SHA-256; ``stamp`` is its size and time of change, so that a changed file is read anew."""
    del stamp
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise DatasetError(f"{path}: cannot be read: {error.strerror or error}") from error


def checksum(path: Path) -> str:
    """Return a file's SHA-256, remembered until it changes.

    Raises:
        DatasetError: the file is missing or cannot be read.
    """
    try:
        stat = path.stat()
    except OSError as error:
        raise DatasetError(f"{path}: {error.strerror or error}") from error
    return file_sha256(path, (stat.st_size, stat.st_mtime_ns))
