"""What shows many predictions at once, an overview and films of overlays: drawn anew once they are out of date."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable, Sequence

import attrs

from dislo_gen import paths
from dislo_gen.convert import converter
from dislo_gen.dataset import MANIFEST
from dislo_gen.errors import MissingExtraError
from dislo_gen.files import Folder, file_sha256
from dislo_gen.plain import dump_json
from dislo_gen.predictions.film import draw_film
from dislo_gen.predictions.overview import OVERVIEW, draw_overview, shown_names
from dislo_gen.predictions.reading import Predictions, open_predictions
from dislo_gen.predictions.records import Drawn, record_path

FILM = "film.mp4"

logger = logging.getLogger("dislo_gen")


def draw_summaries(folder: Folder, progress: Callable[[int, int], object] | None = None) -> None:
    """Draw what is missing or out of date of a folder's overview and films, and note it in ``dataset.json``.

    There is an overview of two pictures or more, and a film of every film of which two frames or more were looked
    at: ``film.mp4``, or ``film-NAME.mp4`` where there are several. What somebody changed among them is moved to
    the folder ``kept`` before its place is taken.

    Args:
        folder: held by this run.
        progress: called with (done, all) while a film is drawn.

    Raises:
        DatasetError: something cannot be read or written.
    """
    predictions = open_predictions(folder.root)
    old = {drawn.path: drawn for drawn in predictions.manifest.drawn}
    wanted = _wanted(predictions)
    new: list[Drawn] = []
    for path, names in wanted.items():
        records = _state(folder, names)
        known = old.get(path)
        if known is not None and known.records == records and folder.is_unchanged(path, known.sha256):
            new.append(known)
            continue
        sha256 = _draw(folder, path, names, known, progress)
        new += [Drawn(path, sha256, records)] if sha256 else [known] if known is not None else []
    for path, drawn in old.items():
        if path not in wanted:
            _make_room(folder, path, drawn, "")
            folder.remove(path)
    if tuple(new) != predictions.manifest.drawn:
        plain = converter.unstructure(attrs.evolve(predictions.manifest, drawn=tuple(new)))
        folder.put(MANIFEST, dump_json(plain))


def _wanted(predictions: Predictions) -> dict[str, list[str]]:
    """Return the files that there should be, each with the names of the pictures it shows."""
    names = predictions.names
    wanted = {OVERVIEW: shown_names(names)} if len(names) > 1 else {}
    films: dict[str, list[str]] = {source.name: [] for source in predictions.manifest.sources if source.frames > 1}
    for name in names:
        frame = re.fullmatch(r"(.+)-\d{6,}", name)
        if frame is not None and frame[1] in films:
            films[frame[1]].append(name)
    shown = {film: frames for film, frames in films.items() if len(frames) > 1}
    return wanted | {FILM if len(shown) == 1 else f"film-{film}.mp4": frames for film, frames in shown.items()}


def _state(folder: Folder, names: Sequence[str]) -> str:
    """Return what changes with the records of these pictures, and with which they are."""
    known = hashlib.sha256()
    for name in names:
        known.update(f"{name}\0{file_sha256(folder.path(record_path(name)))}\0".encode())
    return known.hexdigest()


def _draw(
    folder: Folder,
    path: str,
    names: Sequence[str],
    known: Drawn | None,
    progress: Callable[[int, int], object] | None,
) -> str | None:
    """Draw one of them and return its SHA-256; None if it cannot be drawn, which is said then."""
    if path == OVERVIEW:
        data = draw_overview(folder, names)
        if data is None:
            return None
        _make_room(folder, path, known, hashlib.sha256(data).hexdigest())
        return folder.put(path, data)
    try:
        with folder.writing(path) as temporary:
            if not draw_film(folder, names, temporary, progress or _nothing):
                return None
            sha256 = file_sha256(temporary)
            _make_room(folder, path, known, sha256)
    except MissingExtraError as error:
        logger.warning("%s: is not made: %s", folder.path(path), error)
        return None
    return sha256


def _make_room(folder: Folder, path: str, known: Drawn | None, sha256: str) -> None:
    """Move what lies in a file's place to the folder ``kept``, unless it was written here or is the same."""
    there = paths.look(folder.path(path))
    if there is None or not there.st_size or folder.is_unchanged(path, sha256):
        return
    if known is None or not folder.is_unchanged(path, known.sha256):
        kept = folder.keep_aside(path)
        logger.warning("%s: was not what was written here; it lies in %s now", folder.path(path), kept)


def _nothing(_done: int, _all: int) -> None: ...
