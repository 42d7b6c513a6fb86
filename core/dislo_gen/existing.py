"""A dataset that is already there: is it the one that is made here, and which of its samples are damaged?"""

from __future__ import annotations

import logging
from typing import Any

from dislo_gen.dataset import complete_indices, record_path
from dislo_gen.errors import DatasetError
from dislo_gen.files import Folder
from dislo_gen.plain import differences, read_json
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


def forget_damaged(folder: Folder) -> None:
    """Remove the records of samples that are visibly damaged, so that they count as missing, and say so."""
    damaged = {index: found for index in complete_indices(folder) if (found := damage(folder, index))}
    if not damaged:
        return
    for index in damaged:
        folder.remove(record_path(index))
    shown = "; ".join(f"{index}: {found}" for index, found in list(damaged.items())[:_DAMAGES_SHOWN])
    more = f"; and {len(damaged) - _DAMAGES_SHOWN} more" if len(damaged) > _DAMAGES_SHOWN else ""
    what = "1 sample is" if len(damaged) == 1 else f"{len(damaged)} samples are"
    logger.warning("%s: %s damaged and will be made again (%s%s)", folder.root, what, shown, more)


def damage(folder: Folder, index: int) -> str | None:
    """Say what is wrong with a sample that has a record, as far as it shows without reading its files."""
    name = record_path(index)
    try:
        plain = read_json(folder.path(name))
        check_format(plain, RECORD_FORMAT, RECORD_VERSION, name)
    except DatasetError:
        return f"{name} cannot be read"
    files = plain.get("files")
    if plain.get("index") != index or not isinstance(files, dict) or not files:
        return f"{name} is not its record"
    for relative in files:
        try:
            path = folder.path(relative)
            if not path.is_file():
                return f"{relative} is missing"
            if not path.stat().st_size:
                return f"{relative} is empty"
        except (DatasetError, OSError):
            return f"{relative} cannot be read"
    return None
