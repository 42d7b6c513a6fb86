"""The folder of predictions: names for pictures, and whether it is the one that is written here."""

from __future__ import annotations

from typing import Any

from dislo_gen.dataset import MANIFEST
from dislo_gen.errors import DatasetError
from dislo_gen.existing import refuse_changes
from dislo_gen.files import Folder, is_leftover
from dislo_gen.plain import dump_json, read_json
from dislo_gen.predictions import PREDICTIONS_FORMAT, record_path


def take_folder(folder: Folder, manifest: dict[str, Any]) -> None:
    """Make the folder ready for these predictions: new, or the one that holds part of them.

    Raises:
        DatasetError: it holds something else.
    """
    root = folder.root
    if root.exists() and not root.is_dir():
        raise DatasetError(f"{root}: this is a file; choose a folder with --out")
    path = root / MANIFEST
    if path.is_file():
        old = read_json(path)
        problem = f"{root}: this folder holds other predictions; choose another with --out."
        if not isinstance(old, dict) or old.get("format") != PREDICTIONS_FORMAT:
            raise DatasetError(f"{root}: this folder holds something else; choose another with --out")
        refuse_changes({**old, "names": None}, {**manifest, "names": None}, problem)
        kept = [name for name in old.get("names", []) if name not in manifest["names"]]
        manifest["names"] = [*kept, *manifest["names"]]
    elif root.exists() and any(not is_leftover(inside) for inside in root.iterdir()):
        raise DatasetError(f"{root}: the folder is not empty and holds no {MANIFEST}; choose another with --out")
    folder.sweep()
    folder.put(MANIFEST, dump_json(manifest))


def is_done(folder: Folder, name: str, sha256: str) -> bool:
    """Say whether a picture of this content has been looked at already."""
    path = folder.path(record_path(name))
    if not path.is_file():
        return False
    plain = read_json(path)
    return isinstance(plain, dict) and plain.get("sha256") == sha256
