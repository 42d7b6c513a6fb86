"""The one door to paths: looking at what is there, with one sentence for whatever keeps it from being looked at.

`pathlib` answers "no" to some of these questions and raises to others: a name of 300 letters, a folder that may
not be entered, links in a circle, a working folder that was removed, a home of nobody. Here each raises a
`DatasetError` that names the path. Everything that looks at a path of a user's, or at one in a file, asks here.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from dislo_gen.errors import DatasetError

Where = str | os.PathLike[str]

_INSIDE = re.compile(r"<[\w.]+ object at 0x[0-9a-f]+>")  # what libraries call the file's bytes, which says nothing


def why(error: BaseException) -> str:
    """Return the reason of an error, the system's or a decoder's, in its own words, on one line."""
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return " ".join(_INSIDE.sub("", str(text)).split())


def unusable(path: Where, error: BaseException) -> DatasetError:
    """Return the sentence for a path that cannot be looked at."""
    if isinstance(error, RuntimeError):
        return DatasetError(f"{_named(path)}: cannot be used: {why(error).partition(' from ')[0]}")
    return DatasetError(f"{_named(path)}: cannot be used: {why(error)}")


def look(path: Where) -> os.stat_result | None:
    """Return what the operating system says of what lies there, links followed; None if there is nothing.

    Raises:
        DatasetError: it cannot be looked at.
    """
    try:
        return os.stat(path)  # noqa: PTH116 - pathlib's own raises what this is here to catch
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        raise unusable(path, error) from None


def exists(path: Where) -> bool:
    """Say whether anything lies there."""
    return look(path) is not None


def is_file(path: Where) -> bool:
    """Say whether a regular file lies there: neither a folder nor a device nor a pipe."""
    found = look(path)
    return found is not None and stat.S_ISREG(found.st_mode)


def is_folder(path: Where) -> bool:
    """Say whether a folder lies there."""
    found = look(path)
    return found is not None and stat.S_ISDIR(found.st_mode)


def inside(folder: Where) -> list[Path]:
    """Return what lies in a folder, sorted by name; nothing if there is no such folder.

    Raises:
        DatasetError: it cannot be read, or is no folder.
    """
    if look(folder) is None:
        return []
    try:
        return sorted(Path(folder).iterdir())
    except (OSError, ValueError) as error:
        raise unusable(folder, error) from None


def walk(
    folder: Where, unreadable: Callable[[Path], object] | None = None
) -> Iterator[tuple[Path, list[str], list[str]]]:
    """Yield every folder in a folder, itself first, with the names of the folders and of the files in it.

    Names of folders that are taken out of the list are not gone into; links to folders are not followed.

    Args:
        folder: to begin with.
        unreadable: called with each folder inside it that cannot be read; the others follow.

    Raises:
        DatasetError: the folder itself cannot be read; without ``unreadable``, or one inside it.
    """

    def refuse(error: OSError) -> None:
        where = Path(error.filename or folder)
        if unreadable is None or where == Path(folder):
            raise unusable(where, error) from None
        unreadable(where)

    for root, folders, names in os.walk(folder, onerror=refuse):
        yield Path(root), folders, names


def real(path: Where) -> Path:
    """Return the path with its links followed, absolute.

    Raises:
        DatasetError: links lead in a circle, it is no path at all, or the working folder is gone.
    """
    try:
        return Path(path).resolve()
    except (OSError, RuntimeError, ValueError) as error:
        raise unusable(path, error) from None


def absolute(path: Where) -> Path:
    """Return the path from the root on, its links as they are.

    Raises:
        DatasetError: the working folder is gone.
    """
    try:
        return Path(path).absolute()
    except (OSError, ValueError) as error:
        raise unusable(path, error) from None


def expand(path: Where) -> Path:
    """Return the path with a leading ``~`` or ``~name`` put in full.

    Raises:
        DatasetError: nobody of that name has a home here.
    """
    try:
        return Path(path).expanduser()
    except RuntimeError:
        raise DatasetError(f"{_named(path)}: cannot be used: there is no home of that name") from None


def read_bytes(path: Where, most: int) -> bytes:
    """Read a file of bounded size, whatever it says of its own.

    Args:
        path: the file.
        most: largest number of bytes that are read.

    Raises:
        DatasetError: it is missing, unreadable, or larger; or a pipe, which would be waited for.
    """
    there = look(path)
    if there is not None and not (stat.S_ISREG(there.st_mode) or stat.S_ISDIR(there.st_mode)):
        raise DatasetError(f"{_named(path)}: this is no regular file")
    try:
        with Path(path).open("rb") as file:
            data = file.read(most + 1)
    except FileNotFoundError:
        raise DatasetError(f"{_named(path)}: there is no such file") from None
    except IsADirectoryError:
        raise DatasetError(f"{_named(path)}: this is a folder, and a file is wanted") from None
    except (OSError, ValueError) as error:
        raise DatasetError(f"{_named(path)}: cannot be read: {why(error)}") from None
    if len(data) > most:
        raise DatasetError(f"{_named(path)}: its bytes are more than the {most} that are read of such a file")
    return data


def _named(path: Where) -> str:
    """Return a path for a message; one far too long is cut short in its middle."""
    text = os.fspath(path)
    return text if len(text) <= 240 else f"{text[:100]}…{text[-60:]}"
