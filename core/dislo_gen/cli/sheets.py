"""The sheets of ``dislo-gen plugins show``."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from dislo_gen.cli import console

_SUFFIXES = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG"}
_QUALITY = 90


def draw_sheet(kind: str, name: str, cls: type[Any], wanted: Path | None) -> None:
    """Draw a component's sheet into a file, by default one in the user's cache, and say where it is.

    Raises:
        DisloGenError: a file was asked for, and the component has no picture or the file cannot be written.
    """
    from dislo_gen.component_sheet import component_sheet
    from dislo_gen.errors import DisloGenError, PluginError
    from dislo_gen.files import Folder
    from dislo_gen.sheet_scene import DRAWN_KINDS

    if kind not in DRAWN_KINDS:
        if wanted is not None:
            raise PluginError(f"a {kind} has no picture; there are sheets for: {', '.join(DRAWN_KINDS)}")
        return
    if wanted is not None:
        check_file(wanted)
    path = wanted or _cached(f"{kind}-{name.replace(':', '-')}.png")
    try:
        with console.err.status(f"Drawing the sheet of {name} …"):
            sheet = component_sheet(cls())
        Folder(path.parent).put(path.name, _encoded(sheet.picture, path))
    except (DisloGenError, TypeError, OSError) as error:
        if wanted is not None:
            raise DisloGenError(f"no sheet: {error}") from None
        console.warn(f"no sheet: {error}")
        return
    for problem in sheet.problems:
        console.warn(problem)
    console.say(f"Sheet of what its parameters do: {path}")
    if sheet.unseen:
        console.say(f"Not on it, for nothing changes in its picture: {', '.join(sheet.unseen)}")


def check_file(path: Path) -> None:
    """Refuse a file that is no picture, before any work is done.

    Raises:
        DisloGenError: it has another suffix, or its folder is missing.
    """
    from dislo_gen.errors import DisloGenError

    if path.suffix.lower() not in _SUFFIXES:
        raise DisloGenError(f"--sheet {path}: write a file that ends in {', '.join(_SUFFIXES)}")
    if not path.parent.is_dir():
        raise DisloGenError(f"--sheet {path}: there is no folder {path.parent}")


def _encoded(picture: Any, path: Path) -> bytes:
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, _SUFFIXES[path.suffix.lower()], quality=_QUALITY)
    return buffer.getvalue()


def _cached(name: str) -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("dislo-gen") / "sheets" / name
