"""A dataset that is already there: is it the one that is made here, and which of its samples are damaged?"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Mapping
from typing import Any

from dislo_gen import paths
from dislo_gen.belonging import Belonging
from dislo_gen.dataset import PREVIEW, complete_indices, plain_record, read_manifest, record_path
from dislo_gen.errors import DatasetError
from dislo_gen.files import Folder
from dislo_gen.plain import differences
from dislo_gen.png import is_marked
from dislo_gen.record import RECORD_FORMAT, RECORD_VERSION, check_format

# What may differ between two runs into one folder: how far it goes, and how to go on.
_FREE = ("count", "resume")
_CHANGES_SHOWN = 12
_DAMAGES_SHOWN = 3
logger = logging.getLogger("dislo_gen")


def refuse_changes(old: dict[str, Any], new: dict[str, Any], problem: str) -> None:
    """Raise a DatasetError unless two manifests stand for the same samples.

    Args:
        old: the plain manifest that is there.
        new: that of the samples that would be made here and now.
        problem: what to say first if they differ; the differences follow, a line each.
    """
    found = differences(*({key: value for key, value in each.items() if key not in _FREE} for each in (old, new)))
    if found:
        shown = "".join(f"\n  {line}" for line in found[:_CHANGES_SHOWN])
        more = f"\n  and {len(found) - _CHANGES_SHOWN} more" if len(found) > _CHANGES_SHOWN else ""
        raise DatasetError(f"{problem} The differences:{shown}{more}")


def set_aside_changed(folder: Folder, files: Mapping[str, object]) -> dict[str, str]:
    """Move files that are no longer what was written, and are not empty, into the folder `KEPT`, and say so.

    Args:
        folder: the dataset's.
        files: path to the SHA-256 that was written.

    Returns:
        Where each lies now.
    """
    kept = folder.keep_changed(files)
    if kept:
        shown = ", ".join(list(kept.values())[:_DAMAGES_SHOWN])
        more = f" and {len(kept) - _DAMAGES_SHOWN} more" if len(kept) > _DAMAGES_SHOWN else ""
        logger.warning("%s: what somebody has changed is kept: %s%s", folder.root, shown, more)
    return kept


def put_away_preview(folder: Folder) -> None:
    """Remove the preview; one that somebody has changed, or put there, is kept aside."""
    path = folder.path(PREVIEW)
    if paths.is_file(path) and not is_marked(folder.get(PREVIEW)):
        logger.warning("%s: a preview that is not ours is kept: %s", folder.root, folder.keep_aside(PREVIEW))
    folder.remove(PREVIEW)


def forget_damaged(folder: Folder) -> None:
    """Remove the records of samples that are visibly damaged, so that they count as missing, and say so.

    So are records of other recipes. Files of theirs that somebody has changed are kept aside.
    """
    belonging = Belonging(read_manifest(folder))
    damaged = {index: found for index in complete_indices(folder) if (found := damage(folder, index, belonging))}
    if not damaged:
        return
    for index in damaged:
        with contextlib.suppress(DatasetError):  # a record that cannot be read, or lists what lies elsewhere
            files = plain_record(folder, index).get("files")
            set_aside_changed(folder, files if isinstance(files, dict) else {})
        put_away_record(folder, index, belonging)
    shown = "; ".join(f"{index}: {found}" for index, found in list(damaged.items())[:_DAMAGES_SHOWN])
    more = f"; and {len(damaged) - _DAMAGES_SHOWN} more" if len(damaged) > _DAMAGES_SHOWN else ""
    what = "1 sample is" if len(damaged) == 1 else f"{len(damaged)} samples are"
    logger.warning("%s: %s damaged and will be made again (%s%s)", folder.root, what, shown, more)


def put_away_record(folder: Folder, index: int, belonging: Belonging) -> None:
    """Remove a sample's record; one that is not what was written here, and is not empty, is kept aside."""
    name = record_path(index)
    found = paths.look(folder.path(name))
    if found is not None and found.st_size and _record_damage(folder, index, belonging):
        logger.warning("%s: a record that is not ours is kept: %s", folder.root, folder.keep_aside(name))
    folder.remove(name)


def damage(folder: Folder, index: int, belonging: Belonging | None = None) -> str | None:
    """Say what is wrong with a sample that has a record, as far as it shows without reading its files."""
    if wrong := _record_damage(folder, index, belonging):
        return wrong
    for relative in plain_record(folder, index)["files"]:
        try:
            path = folder.path(relative)
            if not paths.is_file(path):
                return f"{relative} is missing"
            if (found := paths.look(path)) is not None and not found.st_size:
                return f"{relative} is empty"
        except DatasetError:
            return f"{relative} cannot be read"
    return None


def _record_damage(folder: Folder, index: int, belonging: Belonging | None) -> str | None:
    """Say what is wrong with a sample's record, whatever its files are."""
    name = record_path(index)
    try:
        plain = plain_record(folder, index)
        check_format(plain, RECORD_FORMAT, RECORD_VERSION, name)
    except DatasetError:
        return f"{name} cannot be read"
    files = plain.get("files")
    if plain.get("index") != index or not isinstance(files, dict) or not files:
        return f"{name} is not its record"
    if belonging is not None and (foreign := belonging.problem(plain)):
        return foreign
    return None
