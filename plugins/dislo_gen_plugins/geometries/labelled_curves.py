"""Curves that a person labelled in real images, as a source of line shapes."""

from __future__ import annotations

import functools
import hashlib
import logging
import stat
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dislo_gen import DatasetError, LabelmeFile, read_json

logger = logging.getLogger("dislo_gen")

_LINE_TYPES = ("linestrip", "line", "polygon")


def curve_files(source: Path) -> list[Path]:
    """Return the JSON files of a folder, sorted, or the one file itself; hidden files are left out.

    Only regular files are read: a link may lead to a device that never ends.

    Raises:
        DatasetError: there is no such file, or the folder has no JSON file, or it cannot be looked at.
    """
    try:
        if stat.S_ISDIR(source.stat().st_mode):
            names = (path for path in source.iterdir() if path.suffix.lower() == ".json")
            files = sorted(path for path in names if not path.name.startswith(".") and _is_file(path))
            if not files:
                raise DatasetError(f"{source}: there is no .json file of labelled curves in this folder")
            return files
    except (FileNotFoundError, NotADirectoryError):
        raise DatasetError(f"{source}: there is no such file or folder of labelled curves") from None
    except (OSError, ValueError) as error:
        raise DatasetError(f"{source}: cannot be used: {getattr(error, 'strerror', None) or error}") from None
    if not _is_file(source):
        raise DatasetError(f"{source}: this is no file but a device or a pipe, which is not read")
    return [source]


def _is_file(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError:  # a link that leads nowhere, or in a circle
        return False


def load_curves(source: Path) -> tuple[NDArray[np.float64], ...]:
    """Read every curve of at least three points from labelme files or from records of this program.

    In labelme files these are the shapes ``linestrip``, ``line`` and ``polygon`` (an open line that was stored
    as a polygon: its closing chord is not part of it); in records, the labelled open curves. Files of a folder
    that are neither are passed over, and the log says how many.

    Raises:
        DatasetError: a file is broken, none is one of these, or there is no curve in any of them.
    """
    curves, _ = _load(source, _stamp(source))
    return curves


def checksums(source: Path) -> dict[str, str]:
    """Return file name to SHA-256 for each file that `load_curves` reads."""
    _, found = _load(source, _stamp(source))
    return dict(found)


def combined_checksum(source: Path) -> str:
    """Return one SHA-256 for everything that `load_curves` reads."""
    lines = "".join(f"{name} {sha256}\n" for name, sha256 in checksums(source).items())
    return hashlib.sha256(lines.encode()).hexdigest()


def _stamp(source: Path) -> tuple[tuple[str, int, int], ...]:
    """What changes when a file does, so that curves are read once and a changed file anew."""
    looked = ((file, file.stat()) for file in curve_files(source))
    return tuple((str(file), found.st_size, found.st_mtime_ns) for file, found in looked)


@functools.lru_cache(maxsize=8)
def _load(
    source: Path, stamp: tuple[tuple[str, int, int], ...]
) -> tuple[tuple[NDArray[np.float64], ...], tuple[tuple[str, str], ...]]:
    files = [Path(name) for name, _, _ in stamp]
    read = [(file, _read(file)) for file in files]
    used = [(file, curves) for file, curves in read if curves is not None]
    if not used:
        first = files[0] if len(files) == 1 else source
        raise DatasetError(f"{first}: neither a labelme file (no list 'shapes') nor a record (no 'scene')")
    if len(used) < len(files):
        others = [file.name for file, curves in read if curves is None]
        logger.warning(
            "%s: passed over, as neither labelme files nor records: %d of %d .json files, such as %s",
            *(source, len(others), len(files), others[0]),
        )
    curves = tuple(curve for _, found in used for curve in found)
    if not curves:
        raise DatasetError(f"{source}: there is no labelled curve of at least three points")
    return curves, tuple((file.name, _sha256(file)) for file, _ in used)


def _sha256(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as error:
        raise DatasetError(f"{file}: cannot be read: {error.strerror or error}") from None


def _read(file: Path) -> list[NDArray[np.float64]] | None:
    """Return a file's curves; None if it is neither of labelme nor a record."""
    plain = read_json(file)
    if isinstance(plain, dict) and isinstance(plain.get("shapes"), list):
        shapes = LabelmeFile.from_dict(plain, str(file)).shapes
        parts: list[Any] = [shape.points for shape in shapes if shape.type in _LINE_TYPES]
    elif isinstance(plain, dict) and isinstance(plain.get("scene"), dict):
        parts = [_open_curve(defect) for defect in plain["scene"].get("defects", [])]
    else:
        return None
    return [_points(part, file) for part in parts if isinstance(part, (list, np.ndarray)) and len(part) >= 3]


def _open_curve(defect: Any) -> Any:
    shape = defect.get("shape") if isinstance(defect, dict) else None
    is_line = isinstance(shape, dict) and shape.get("type") == "open curve" and defect.get("labelled", True)
    return shape.get("points") if is_line and isinstance(shape, dict) else None


def _points(part: list[Any] | NDArray[np.float64], file: Path) -> NDArray[np.float64]:
    try:
        points = np.asarray(part, dtype=np.float64)
    except (TypeError, ValueError):
        points = np.empty(0)
    if points.ndim != 2 or points.shape[1] != 2 or not np.isfinite(points).all():
        raise DatasetError(f"{file}: a curve's points must be a list of [x, y] pairs")
    if np.array_equal(points[0], points[-1]):
        raise DatasetError(f"{file}: a curve ends where it begins, at {points[0].tolist()}; lines have two ends")
    return points
