"""The files of a bank of pictures: which there are, their checksums, and whether every one can be used."""

from __future__ import annotations

import functools
import hashlib
import os
import re
import stat
from pathlib import Path

from dislo_gen import DatasetError, MissingExtraError, micrograph_files, open_film

_NAMED = 12  # a folder of the wrong files may hold hundreds
_LOOKED_AT = 16  # frames of a film that are decoded to see whether it can be used
_FRAME = re.compile(r"(.*\.[A-Za-z0-9]+)#([0-9]{1,9})")


def check_bank(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each of a bank's files by its path inside the bank, after decoding it once.

    A picture that cannot be used is found here, before the first image is made, and not when it is first drawn:
    a bank cannot change any more once images were made from it. Of a film some frames are decoded, its first and
    its last among them.

    Raises:
        DatasetError: the folder is missing or has no picture, or pictures cannot be used; each is named.
        MissingExtraError: files of a kind in it need an extra that is not installed.
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
    """What keeps a picture or film from being used; remembered for these contents of it."""
    del sha256
    try:
        with open_film(path) as film:
            step = max(1, -(-film.count // (_LOOKED_AT - 1)))
            for index in sorted({*range(0, film.count, step), film.count - 1}):
                film.frame(index)
    except MissingExtraError:
        raise
    except DatasetError as error:
        return str(error)
    return None


def bank_files(folder: Path) -> list[Path]:
    """Return a bank's files as `micrograph_files` lists them, those that links lead to outside of it left out.

    The list is remembered until a folder in the bank changes: it is asked for at every image.

    Raises:
        DatasetError: the folder is missing or has no picture.
    """
    return _listed(folder).files


def patch_names(folder: Path) -> list[str]:
    """Return the names of a bank's pictures: paths inside the bank; frame 12 of a film is ``film.tif#12``.

    Raises:
        DatasetError: the folder is missing, has no picture, or a file in it cannot be opened.
        MissingExtraError: files of a kind in it need an extra that is not installed.
    """
    known = _listed(folder)
    if not known.names:
        for path in known.files:
            name, count = path.relative_to(folder).as_posix(), _count(path, checksum(path))
            known.names.extend([name] if count == 1 else [f"{name}#{index}" for index in range(count)])
    return known.names


def split_name(name: str) -> tuple[str, int]:
    """Return the file and the frame that a picture's name means."""
    match = _FRAME.fullmatch(name)
    return (match[1], int(match[2])) if match else (name, 0)


@functools.cache
def _count(path: Path, sha256: str) -> int:
    """How many frames there are in a file of these contents."""
    del sha256
    with open_film(path) as film:
        return film.count


class _Listing:
    """A bank's files, and the names of the pictures in them once they were asked for."""

    def __init__(self, folder: Path) -> None:
        self.stamps = [(Path(root), _changed(Path(root))) for root, _, _ in os.walk(folder)]
        self.files = [file for file in micrograph_files(folder) if lies_in(file, folder)]
        self.names: list[str] = []

    def is_current(self) -> bool:
        return all(_changed(inside) == stamp for inside, stamp in self.stamps)


def _listed(folder: Path) -> _Listing:
    _check_folder(folder)
    known = _listings.get(folder)
    if known is None or not known.is_current():
        known = _listings[folder] = _Listing(folder)
    if not known.files:
        raise DatasetError(f"{folder}: the pictures in this folder are links out of it; put the files into it")
    return known


_listings: dict[Path, _Listing] = {}


def lies_in(file: Path, folder: Path) -> bool:
    """Say whether a file lies in a folder once links are followed."""
    inside, outside = (os.path.realpath(path) for path in (file, folder))
    return Path(inside).is_relative_to(outside)


def _check_folder(folder: Path) -> None:
    try:
        is_folder = stat.S_ISDIR(folder.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        raise DatasetError(
            f"{folder}: there is no such folder of patches; name one with background.patches"
        ) from None
    except (OSError, ValueError) as error:
        raise DatasetError(f"{folder}: cannot be used: {getattr(error, 'strerror', None) or error}") from None
    if not is_folder:
        raise DatasetError(f"{folder}: this is a file; background.patches names a folder of pictures or films")


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
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
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
