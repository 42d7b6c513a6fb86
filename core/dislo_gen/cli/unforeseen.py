"""The last resort: what nobody foresaw becomes one sentence and a file to send to who can mend it."""

from __future__ import annotations

import contextlib
import datetime
import os
import platform
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path

from dislo_gen._version import __version__

TRACEBACK = "DISLO_GEN_TRACEBACK"
"""With this variable set, errors are shown with where in the code they were raised."""

UNFORESEEN = 1
"""Exit status of a fault of the program's own; 2 is that of what a user can mend."""

_LONGEST = 200


def unforeseen(error: BaseException, words: Sequence[str]) -> str:
    """Return the sentence for an error that nobody foresaw, and put a report of it into a file. Never raises."""
    told = " ".join(_text(error).split())
    short = told if len(told) <= _LONGEST else f"{told[:_LONGEST]}…"
    named = f"{type(error).__name__}: {short}" if short else type(error).__name__
    file = _report(error, words)
    how = f"with the file {file}" if file else f"with what {TRACEBACK}=1 shows"
    return (
        f"something went wrong that dislo-gen did not foresee ({named}); please report it to its developers {how}"
    )


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # somebody else's exception, which cannot even be printed
        return ""


def _report(error: BaseException, words: Sequence[str]) -> Path | None:
    """Write the report; None if there is no place for one."""
    try:
        lines = [
            f"dislo-gen {__version__}, Python {platform.python_version()}, {platform.platform()}",
            f"command: {['dislo-gen', *words]!r}",
            *_packages(),
            "",
            *traceback.format_exception(error),
        ]
        data = "\n".join(lines).encode("utf-8", "backslashreplace")
    except Exception:
        data = type(error).__name__.encode("utf-8", "backslashreplace")
    for folder in _places():
        with contextlib.suppress(
            Exception
        ):  # no home, no room, no permission: the next place, and in the end none
            folder.mkdir(parents=True, exist_ok=True)
            stamp = datetime.datetime.now().strftime("%Y%m%d-%H%M%S")
            path = folder / f"dislo-gen-error-{stamp}-{os.getpid()}.txt"
            path.write_bytes(data)
            return path
    return None


def _packages() -> list[str]:
    """Say which versions of the libraries that were imported are installed."""
    from importlib.metadata import packages_distributions, version

    imported = {name.partition(".")[0] for name in sys.modules}
    names = {name for module, found in packages_distributions().items() if module in imported for name in found}
    return [f"{name} {version(name)}" for name in sorted(names)]


def _places() -> list[Path]:
    """Return the folders that a report may lie in, the best first; a home of nobody has none."""
    found = []
    with contextlib.suppress(Exception):
        from dislo_gen.users_cache import cache_folder

        found.append(cache_folder("reports"))
    with contextlib.suppress(Exception):
        found.append(Path(tempfile.gettempdir()))
    return found
