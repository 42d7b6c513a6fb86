"""Where the program keeps what can be made again: in the user's own cache folder, and nowhere else."""

from __future__ import annotations

from pathlib import Path


def cache_folder(name: str) -> Path:
    """Return the folder for things of one kind, such as "sheets"; it need not be there."""
    from platformdirs import user_cache_path

    return user_cache_path("dislo-gen") / name
