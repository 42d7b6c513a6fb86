"""Where the picture lies that labels belong to."""

from __future__ import annotations

import functools
import os
import re
import time
import unicodedata
from pathlib import Path, PureWindowsPath
from urllib.parse import unquote

from dislo_gen import paths
from dislo_gen.errors import DatasetError, shown
from dislo_gen.labelme.format import LabelmeFile
from dislo_gen.micrographs import SUFFIXES


def picture_path(labels: LabelmeFile, file: Path) -> Path:
    r"""Return where the picture lies that ``imagePath`` names.

    It may lie in the labelme file's folder, in the folder above that one, and below either; labels and pictures
    often lie side by side, as ``labels/`` and ``images/``. Backslashes are read as Windows means them. Where the
    path leads to no picture in these folders, because the labels were made on another machine, it is the
    picture of that file name beside the labels or in an ``images/`` folder: letter by letter, else without regard
    to Unicode forms and capitals, else one that differs in its suffix only. A link that lies there is followed.

    Raises:
        DatasetError: there is no such picture, or it would have to be one elsewhere.
    """
    if not labels.image_path:
        found = _of_that_name(file.stem, file.parent)
        if found is None:
            raise DatasetError(
                f"{file}: imagePath: there is neither a path of the picture nor the picture (imageData)"
            )
        return found
    *_, name = re.split(r"[/\\]|^[A-Za-z]:", labels.image_path)
    path = _named(labels.image_path, file)
    if path is not None and path.suffix.lower() in SUFFIXES and _is_there(path):
        return path
    found = _of_that_name(name, file.parent) or _of_that_name(_from_address(name), file.parent)
    if found is None:
        raise DatasetError(f"{file}: imagePath: {shown(labels.image_path)}{_why_not(path, labels.image_path)}")
    return found


def _from_address(name: str) -> str:
    """Return a file's name as it was before it became part of a web address, or got spaces around it."""
    return unquote(re.split(r"[?#]", name)[0]).strip().replace("/", "")


def _named(text: str, file: Path) -> Path | None:
    """Return the very path that is named, or None if it leads out of the labels' folder and the one above."""
    if os.sep == "/" and "\\" in text and "/" not in text and "\0" not in text and _is_there(file.parent / text):
        return file.parent / text  # a name with a backslash in it, as only Windows forbids it
    relative = PureWindowsPath(text).as_posix()
    if relative.startswith("/") or re.match("[A-Za-z]:", relative) or "\0" in relative:
        return None
    folder = paths.absolute(file.parent)
    # As it is written: where links lead that lie in these folders is up to whoever put them there.
    path = Path(os.path.normpath(folder / relative))
    inside = path.is_relative_to(Path(os.path.normpath(folder)).parent)
    return file.parent / os.path.relpath(path, os.path.normpath(folder)) if inside else None


def _of_that_name(name: str, folder: Path) -> Path | None:
    """Return the picture of a file name beside the labels, or in a folder of pictures."""
    if not name or name in (".", "..") or "\0" in name:
        return None
    # The folder above is another one where the labels' folder is a link: both are meant.
    above = (folder / "..", paths.absolute(folder).parent)
    places = [folder, folder / "images", *(each / "images" for each in above), *above]
    if Path(name).suffix.lower() in SUFFIXES:
        for place in places:
            if _is_there(place / name):
                return place / name
    is_picture = Path(name).suffix.lower() in SUFFIXES
    if not is_picture and re.fullmatch(r"\.[A-Za-z]{1,5}", Path(name).suffix):
        return None  # it names something that is no picture
    stem = _plain(Path(name).stem if is_picture else name)
    for place in places[:-2]:
        others = [other for other in _pictures_in(place).get(stem, ()) if _is_there(place / other)]
        if others:
            nearest = min(others, key=lambda other: (_plain(other) != _plain(name), _rank(other), other))
            return place / nearest
    return None


def _pictures_in(folder: Path) -> dict[str, list[str]]:
    """Return the names of the pictures in a folder by their stems."""
    try:
        changed = folder.stat().st_mtime_ns
        # Clocks of file systems tick slowly: a folder that changed just now may change again unnoticed.
        settled = time.time_ns() - changed > 2_000_000_000
        return (_listed if settled else _listed.__wrapped__)(str(folder.absolute()), changed)
    except (OSError, ValueError):
        return {}


@functools.lru_cache(maxsize=16)
def _listed(folder: str, _changed: int) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in os.listdir(folder):  # noqa: PTH208 - names are all that is wanted, of folders of thousands
        stem, suffix = os.path.splitext(name)  # noqa: PTH122 - as above
        if suffix.lower() in SUFFIXES and not name.startswith("."):
            found.setdefault(_plain(stem), []).append(name)
    return found


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _rank(name: str) -> int:
    return SUFFIXES.index(Path(name).suffix.lower())


def _is_there(path: Path) -> bool:
    try:
        return paths.is_file(path)
    except DatasetError:  # a name too long, links in a circle
        return False


def _why_not(path: Path | None, text: str) -> str:
    if path is None:
        way = "is not relative to the file's folder"
        if not re.match(r"[/\\]|[A-Za-z]:", text) and "\0" not in text:
            way = "leads farther out than to the folder above"
        return f" {way}, and no picture of that name lies there; put the picture beside the labels"
    if path.suffix.lower() not in SUFFIXES:
        return f" is no picture of a kind that is read: {', '.join(SUFFIXES)}"
    try:
        target = path.readlink()
    except (OSError, ValueError):
        return ": there is no such picture"
    return f": there is no such picture: {path} is a link to {target}, and no file lies there"
