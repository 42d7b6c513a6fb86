"""Files that the page saves: whole or not at all, and never over what is there."""

from __future__ import annotations

import os
from pathlib import Path

from dislo_gen import DisloGenError, safe_name


def free_name(folder: Path, name: str) -> str:
    """Return a name in a folder that nothing has yet: the name itself, or one with a number."""
    wanted = Path(safe_name(name))
    candidate, number = wanted.name, 1
    while os.path.lexists(folder / candidate):
        number += 1
        candidate = f"{wanted.stem}-{number}{wanted.suffix}"
    return candidate


def save_new(folder: Path, name: str, data: bytes) -> Path:
    """Save a new file and return its path.

    Raises:
        DisloGenError: there is one of that name (another is offered), the name is none, or it cannot be written.
    """
    if not name or safe_name(name) != name:
        raise DisloGenError(f"{name or 'the name'}: is no name for a file; {safe_name(name)} would be")
    path, half = folder / name, folder / f".{name}.dislo-gen-{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            half.write_bytes(data)
            os.link(half, path)  # fails where there is something, which a rename would replace
        finally:
            half.unlink(missing_ok=True)
    except FileExistsError:
        raise DisloGenError(f"{path}: is there already and is kept; {free_name(folder, name)} is free") from None
    except OSError as error:
        raise DisloGenError(f"{path}: cannot be written: {error.strerror or error}") from None
    return path
