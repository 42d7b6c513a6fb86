"""A dataset's folder: files that appear whole or not at all, and paths that never lead out of it."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from dislo_gen.errors import DatasetError

_LEFTOVER = re.compile(r"\.(?P<name>.+)\.dislo-gen-\d+")


def is_leftover(path: Path) -> bool:
    """Say whether a file is one that a killed run of this program was about to finish."""
    return _LEFTOVER.fullmatch(path.name) is not None and path.is_file() and not path.is_symlink()


MAX_FILE_BYTES = 1024**3
"""Largest file of a dataset that is read; checked before any memory is taken."""


def unique_names(names: Iterable[str]) -> list[str]:
    """Return the names, each that came before with a number: a, b, a-2."""
    found: list[str] = []
    for name in names:
        candidate, number = name, 2
        while candidate in found:
            candidate, number = f"{name}-{number}", number + 1
        found.append(candidate)
    return found


def file_sha256(path: Path) -> str:
    """Return a file's SHA-256.

    Raises:
        DatasetError: it is missing or cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise DatasetError(f"{path}: cannot be read: {error.strerror or error}") from error


class Folder:
    """A folder that files are put into and read from by relative path.

    Args:
        root: the folder; created when the first file is put.
    """

    def __init__(self, root: str | Path) -> None:
        self.root = Path(root)

    def path(self, relative: str) -> Path:
        """Return where a file of this folder lies.

        Raises:
            DatasetError: the path is absolute, climbs out with ``..``, or goes through a link that does.
        """
        pure = PurePosixPath(relative)
        bad = pure.is_absolute() or ".." in pure.parts or "\\" in relative or ":" in relative or not pure.parts
        path = self.root / relative
        if bad or not path.resolve().is_relative_to(self.root.resolve()):
            raise DatasetError(f"{self.root}: the path {relative!r} leads out of the dataset")
        return path

    def put(self, relative: str, data: bytes) -> str:
        """Write a file whole or not at all and return its SHA-256.

        Raises:
            DatasetError: it cannot be written (no permission, no space left).
        """
        path = self.path(relative)
        temporary = path.with_name(f".{path.name}.dislo-gen-{os.getpid()}")
        try:
            try:
                temporary.write_bytes(data)
            except FileNotFoundError:
                path.parent.mkdir(parents=True, exist_ok=True)
                temporary.write_bytes(data)
            temporary.replace(path)
        except BaseException as error:  # Ctrl-C, too, must leave nothing half-written
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
            if isinstance(error, OSError):
                raise DatasetError(f"{path}: cannot be written: {error.strerror or error}") from error
            raise
        return hashlib.sha256(data).hexdigest()

    def get(self, relative: str) -> bytes:
        """Read a file.

        Raises:
            DatasetError: it is missing or cannot be read.
        """
        path = self.path(relative)
        try:
            size = path.stat().st_size
            if size > MAX_FILE_BYTES:
                raise DatasetError(f"{path}: {size} bytes are more than the {MAX_FILE_BYTES} that are read")
            return path.read_bytes()
        except FileNotFoundError:
            raise DatasetError(f"{path}: there is no such file") from None
        except OSError as error:
            raise DatasetError(f"{path}: cannot be read: {error.strerror or error}") from error

    def sweep(self) -> None:
        """Remove half-written files that a killed run left behind.

        Raises:
            DatasetError: one cannot be removed.
        """
        for path in self.root.rglob(".*"):
            if is_leftover(path):
                self._unlink(path)

    def remove(self, relative: str) -> None:
        """Remove a file, if it is there.

        Raises:
            DatasetError: it cannot be removed, or the path leads out of the folder.
        """
        self._unlink(self.path(relative))

    @staticmethod
    def _unlink(path: Path) -> None:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise DatasetError(f"{path}: cannot be removed: {error.strerror or error}") from error


class SampleFiles:
    """The files of one sample, as a writer sees them.

    Attributes:
        index: the sample's number.
        stem: the number with six digits, for file names.
        checksums: path to SHA-256 of every file put so far.
    """

    def __init__(self, folder: Folder, index: int) -> None:
        self._folder = folder
        self.index = index
        self.stem = f"{index:06d}"
        self.checksums: dict[str, str] = {}

    def put(self, relative: str, data: bytes) -> None:
        """Write one file, whole or not at all; its path is relative to the dataset's folder."""
        self.checksums[relative] = self._folder.put(relative, data)

    def get(self, relative: str) -> bytes:
        """Read one file; its path is relative to the dataset's folder."""
        return self._folder.get(relative)

    def exists(self, relative: str) -> bool:
        """Say whether a file is there."""
        return self._folder.path(relative).is_file()
