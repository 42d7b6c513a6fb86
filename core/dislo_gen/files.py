"""A dataset's folder: files that appear whole or not at all, and paths that never lead out of it."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from dislo_gen import paths
from dislo_gen.errors import DatasetError

LOCK = ".dislo-gen.lock"
"""A run holds this file while it writes into a folder."""

KEPT = "kept"
"""In this folder of a folder lies what a run would have replaced and somebody else had changed."""

MAX_NAME_BYTES = 120
"""Longest name that `safe_name` gives, in UTF-8: a number, a suffix and a temporary name's ends still fit."""

_NO_NAME = frozenset('/\\:*?"<>|')
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_LEFTOVER = re.compile(r"\.(?P<name>.+)\.dislo-gen-\d+")


def is_leftover(path: Path) -> bool:
    """Say whether a file is one that a killed run of this program was about to finish, or its lock."""
    own = _LEFTOVER.fullmatch(path.name) is not None or path.name == LOCK
    return own and not path.is_symlink() and paths.is_file(path)


MAX_FILE_BYTES = 1024**3
"""Largest file of a dataset that is read; checked before any memory is taken."""


def unique_names(names: Iterable[str]) -> list[str]:
    """Return the names, each that came before with a number: a, b, a-2."""
    found: dict[str, None] = {}
    last: dict[str, int] = {}  # counting anew from 2 would take a minute for thousands of equal names
    for name in names:
        candidate = name
        while candidate in found:
            last[name] = last.get(name, 1) + 1
            candidate = f"{name}-{last[name]}"
        found[candidate] = None
    return list(found)


def safe_name(text: str) -> str:
    """Return a name for a file that every file system takes, as like a text as can be.

    Whatever is no part of a name somewhere (slashes, colons, control characters, bytes that are no UTF-8) becomes
    an underscore; dots that would hide it, and dots and spaces at its end, go; one that is too long is cut and
    gets a short hash of the whole, so that two long texts that begin alike have names of their own.
    """
    normal = unicodedata.normalize("NFC", text)
    name = "".join(c if c.isprintable() and c not in _NO_NAME else "_" for c in normal)
    name = name.lstrip(". ").rstrip(". ") or "_"
    if _DEVICES.fullmatch(name):
        name = f"_{name}"
    if len(name.encode()) <= MAX_NAME_BYTES:
        return name
    mark = "-" + hashlib.sha256(normal.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    kept = name.encode()[: MAX_NAME_BYTES - len(mark)].decode("utf-8", "ignore")
    return kept.rstrip(". ") + mark


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
        bad = pure.is_absolute() or ".." in pure.parts or not pure.parts or any(c in relative for c in "\\:\0")
        path = self.root / relative
        if bad or not paths.real(path).is_relative_to(paths.real(self.root)):
            raise DatasetError(f"{self.root}: the path {relative!r} leads out of the dataset")
        return path

    @contextlib.contextmanager
    def taken(self) -> Iterator[None]:
        """Hold the folder for one run: while it does, no other run can take it. The folder is made if missing.

        The operating system gives the lock back when the process ends, however it ends.

        Raises:
            DatasetError: another run has it, or it cannot be written to.
        """
        from filelock import FileLock, Timeout

        path = self.root / LOCK
        if paths.exists(self.root) and not paths.is_folder(self.root):
            raise DatasetError(f"{self.root}: this is a file; choose a folder with --out")
        made = not paths.exists(self.root)
        lock = FileLock(path, timeout=0)
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            lock.acquire()
        except Timeout:
            raise DatasetError(
                f"{self.root}: another run is writing into this folder; wait for it to end, or choose another "
                f"folder with --out"
            ) from None
        except (OSError, ValueError) as error:
            raise DatasetError(f"{self.root}: cannot be written: {paths.why(error)}") from error
        except NotImplementedError:  # a file system without locks: as safe as it was before there were any here
            yield
            return
        try:
            yield
        finally:
            with contextlib.suppress(OSError):  # before it is let go, or it might be somebody else's already
                path.unlink(missing_ok=True)
            lock.release()
            if made:
                with contextlib.suppress(OSError):  # a run that came to nothing leaves nothing
                    self.root.rmdir()

    def is_unchanged(self, relative: str, sha256: str) -> bool:
        """Say whether a file is there and has the bytes that were written.

        Raises:
            DatasetError: it cannot be read.
        """
        path = self.path(relative)
        return paths.is_file(path) and file_sha256(path) == sha256

    def keep_changed(self, files: Mapping[str, object]) -> dict[str, str]:
        """Move files that are no longer what was written, and are not empty, into the folder `KEPT`.

        Args:
            files: path to the SHA-256 that was written.

        Returns:
            Where each lies now.

        Raises:
            DatasetError: one cannot be read or moved.
        """
        kept = {}
        for relative, sha256 in files.items():
            found = paths.look(self.path(relative))
            if found is not None and found.st_size and not self.is_unchanged(relative, str(sha256)):
                kept[relative] = self.keep_aside(relative)
        return kept

    def keep_aside(self, relative: str) -> str:
        """Move a file that somebody changed into the folder `KEPT`, and return its path there.

        Nothing that lies there already is replaced: the name gets a number.

        Raises:
            DatasetError: it cannot be moved.
        """
        path, number = self.path(relative), 1
        pure = PurePosixPath(relative)
        while paths.exists(self.path(found := f"{KEPT}/{pure.with_stem(f'{pure.stem}-{number}')}")):
            number += 1
        aside = self.path(found)
        try:
            aside.parent.mkdir(parents=True, exist_ok=True)
            path.rename(aside)
        except OSError as error:
            raise DatasetError(f"{path}: cannot be moved to {aside}: {paths.why(error)}") from error
        return found

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

    @contextlib.contextmanager
    def writing(self, relative: str) -> Iterator[Path]:
        """Give a path to write a large file to, bit by bit; it takes its place once it is whole, or not at all.

        Where nothing is written to it, what lies in its place stays.

        Raises:
            DatasetError: it cannot be written (no permission, no space left).
        """
        path = self.path(relative)
        temporary = path.with_name(f".{path.name}.dislo-gen-{os.getpid()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            yield temporary
            if paths.exists(temporary):
                temporary.replace(path)
        except OSError as error:
            raise DatasetError(f"{path}: cannot be written: {paths.why(error)}") from error
        finally:  # Ctrl-C, too, must leave nothing half-written
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)

    def get(self, relative: str) -> bytes:
        """Read a file.

        Raises:
            DatasetError: it is missing or cannot be read.
        """
        return paths.read_bytes(self.regular(relative), MAX_FILE_BYTES)

    def regular(self, relative: str) -> Path:
        """Return where a file of this folder lies, which is to be read.

        Raises:
            DatasetError: it is a pipe, which would be waited for, or a device.
        """
        path = self.path(relative)
        if paths.exists(path) and not paths.is_file(path) and not paths.is_folder(path):
            raise DatasetError(f"{path}: this is no regular file")
        return path

    def sweep(self) -> None:
        """Remove half-written files that a killed run left behind.

        Raises:
            DatasetError: one cannot be removed.
        """
        hidden = (root / name for root, _, names in paths.walk(self.root) for name in names if name[0] == ".")
        for path in list(hidden):
            if path.name != LOCK and is_leftover(path):  # the lock is this very run's
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
        shape: (height, width) that the record says the image has, for files that are read: what has another is
            refused before it is decoded; else None.
        masks: how many masks the record says there are, likewise.
        checksums: path to SHA-256 of every file put so far.
    """

    def __init__(
        self, folder: Folder, index: int, shape: tuple[int, ...] | None = None, masks: int | None = None
    ) -> None:
        self._folder = folder
        self.index = index
        self.shape = shape
        self.masks = masks
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
        return paths.is_file(self._folder.path(relative))
