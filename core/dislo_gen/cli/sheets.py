"""The sheets of ``dislo-gen plugins show``."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from dislo_gen import paths
from dislo_gen.cli import console

_SUFFIXES = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG"}
_QUALITY = 90


def draw_sheet(kind: str, name: str, cls: type[Any], wanted: Path | None) -> Path | None:
    """Draw a component's sheet into a file, by default one in the user's cache; return where it is.

    For a kind without a picture nothing is done.

    Raises:
        DisloGenError: a file was asked for, and the sheet cannot be drawn or the file cannot be written.
    """
    from dislo_gen.component_sheet import component_sheet
    from dislo_gen.errors import DisloGenError
    from dislo_gen.files import Folder
    from dislo_gen.sheet_scene import DRAWN_KINDS

    if kind not in DRAWN_KINDS:
        return None
    try:
        # A link is written through, as by any other program.
        path = _cached(f"{kind}-{name.replace(':', '-')}.png") if wanted is None else paths.real(wanted)
        with console.err.status(f"Drawing the sheet of {name} …"):
            sheet = component_sheet(_made(kind, name, cls))
        Folder(path.parent).put(
            path.name, _encoded(sheet.picture, wanted or path)
        )  # a link's target may end in anything
    except (DisloGenError, OSError) as error:
        if wanted is not None:
            raise DisloGenError(f"no sheet: {error}") from None
        console.warn(f"no sheet: {error}")
        return None
    for problem in sheet.problems:
        console.warn(problem)
    if sheet.left_out:
        console.say(sheet.left_out)
    return wanted or path


def check_wanted(kind: str, path: Path | None, no_sheet: bool) -> None:
    """Refuse what cannot be done, before anything is drawn or printed.

    Raises:
        DisloGenError: there is no picture of this kind, or the file is none that can be written.
    """
    from dislo_gen.errors import DisloGenError
    from dislo_gen.sheet_scene import DRAWN_KINDS

    if path is None:
        return
    if no_sheet:
        raise DisloGenError("--sheet and --no-sheet exclude each other")
    if kind not in DRAWN_KINDS:
        raise DisloGenError(f"--sheet: a {kind} has no picture; there are sheets for: {', '.join(DRAWN_KINDS)}")
    if path.suffix.lower() not in _SUFFIXES:
        raise DisloGenError(f"--sheet {path}: write a file that ends in {', '.join(_SUFFIXES)}")
    if set(path.name) & set(":\\"):
        raise DisloGenError(f"--sheet {path}: a file's name may hold neither ':' nor '\\'")
    if paths.is_folder(path):
        raise DisloGenError(f"--sheet {path}: this is a folder")
    if not paths.is_folder(path.parent):
        raise DisloGenError(f"--sheet {path}: there is no folder {path.parent}")


def _made(kind: str, name: str, cls: type[Any]) -> Any:
    import attrs

    from dislo_gen.errors import PluginError
    from dislo_gen.parameters import parameters

    required = [p.name for p in parameters(cls) if p.default is attrs.NOTHING]
    if required:
        raise PluginError(f"{kind} '{name}' cannot be drawn by its defaults: {', '.join(required)} must be given")
    return cls()


def _encoded(picture: Any, path: Path) -> bytes:
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, _SUFFIXES[path.suffix.lower()], quality=_QUALITY)
    return buffer.getvalue()


def _cached(name: str) -> Path:
    from dislo_gen.users_cache import cache_folder

    return cache_folder("sheets") / name
