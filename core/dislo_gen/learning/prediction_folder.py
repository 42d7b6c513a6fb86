"""The folder of predictions: is it the one that is written here, and whose is each name in it?"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import attrs

from dislo_gen import paths
from dislo_gen.convert import converter
from dislo_gen.dataset import MANIFEST
from dislo_gen.errors import DatasetError
from dislo_gen.existing import refuse_changes
from dislo_gen.files import Folder, is_leftover, safe_name
from dislo_gen.micrographs import natural_order
from dislo_gen.plain import differences, dump_json, read_json
from dislo_gen.predictions import (
    PREDICTIONS_FORMAT,
    NamedSource,
    PredictionsManifest,
    read_manifest,
    read_record,
    set_aside,
)

logger = logging.getLogger("dislo_gen")


def take_folder(
    folder: Folder,
    manifest: PredictionsManifest,
    overwrite: bool,
    wanted: Callable[[Sequence[NamedSource]], set[str]],
) -> PredictionsManifest:
    """Make the folder ready for predictions with these settings: new, or the one that holds part of them.

    Predictions with other settings are made anew where all of them are wanted; what somebody changed is kept.

    Args:
        folder: held by this run.
        manifest: of the predictions about to be made, without sources.
        overwrite: whether predictions with other settings are removed where nobody wants them made anew, too.
        wanted: returns the names of what is wanted, given whose names are taken.

    Returns:
        The manifest with what the folder holds already.

    Raises:
        DatasetError: it holds something else, or predictions of other pictures with other settings.
    """
    root = folder.root
    if not paths.is_file(root / MANIFEST):
        if any(not is_leftover(path) for path in paths.inside(root)):
            raise DatasetError(
                f"{root}: the folder is not empty and holds no {MANIFEST}; choose another with --out"
            )
        return manifest
    plain = read_json(root / MANIFEST)
    if not isinstance(plain, dict) or plain.get("format") != PREDICTIONS_FORMAT:
        raise DatasetError(f"{root}: this folder holds something else; choose another with --out")
    old = read_manifest(folder)
    sources = old.sources or _named_before(folder, old)
    changes = differences(_settings(old), _settings(manifest))
    if changes:
        others = {*old.names} - wanted(sources)
        if others and not overwrite:
            refuse_changes(
                _settings(old),
                _settings(manifest),
                f"{root}: this folder holds {_pictures(len(others))} more, with other settings; name all of "
                f"them to find their lines anew, choose another folder with --out, or remove them with "
                f"--overwrite, which keeps what you corrected in '{root / 'kept'}'.",
            )
        if others:
            logger.warning("%s: predictions of %s with other settings are removed", root, _pictures(len(others)))
        logger.warning("%s: lines are found anew, with %s", root, _in_words(changes))
        forget(folder, old.names)
        old = attrs.evolve(old, names=())
    folder.sweep()
    return attrs.evolve(manifest, names=old.names, sources=sources, drawn=old.drawn)


def _in_words(changes: Sequence[str]) -> str:
    told = ["other weights" if line.startswith("weights: ") else line.removeprefix("finding.") for line in changes]
    return "; ".join(told)


def _pictures(count: int) -> str:
    return "1 picture" if count == 1 else f"{count} pictures"


def forget(folder: Folder, names: Iterable[str]) -> None:
    """Remove predictions from a folder; what somebody changed among their files is kept, and it is said where."""
    for name in names:
        for kept in set_aside(folder, name):
            logger.warning("%s: somebody changed this; it lies in %s now", name, folder.root / kept)


def _settings(manifest: PredictionsManifest) -> dict[str, Any]:
    """Return what two runs into one folder must have in common; where the weights lie is not part of it."""
    plain: dict[str, Any] = converter.unstructure(attrs.evolve(manifest, names=(), sources=(), drawn=()))
    return {**plain, "weights": manifest.weights.sha256}


def _named_before(folder: Folder, old: PredictionsManifest) -> tuple[NamedSource, ...]:
    """Return whose the names are in a folder of an earlier version, which has them in its records only."""
    found = []
    for name in old.names:
        try:
            record = read_record(folder, name)
        except DatasetError:
            continue
        found.append(NamedSource(name, record.source, record.sha256, record.frames))
    return tuple(found)


def name_sources(
    known: Sequence[NamedSource], wanted: Sequence[tuple[str, str, int]]
) -> tuple[list[NamedSource], list[NamedSource]]:
    """Give every picture or film the name that belongs to it.

    A name belongs to its source by content: who has one keeps it, in whatever order and from whatever place
    files are given. Equal files that are given together have a name each.

    Args:
        known: whose names are taken.
        wanted: file name, SHA-256 and number of frames of each source.

    Returns:
        All names that are taken now; and the wanted sources, in order.
    """
    free: dict[str, list[NamedSource]] = {}
    for source in known:
        free.setdefault(source.sha256, []).append(source)
    given: dict[int, NamedSource] = {}
    for same_file in (True, False):  # of equal files each keeps its own name first
        for number, (file, sha256, count) in enumerate(wanted):
            if number in given:
                continue
            fit = (s for s in free.get(sha256, []) if s.frames == count and (s.file == file or not same_file))
            own = next(fit, None)
            if own is not None:
                free[sha256].remove(own)
                given[number] = own
    names, found = _Names(known), list(known)
    for number, (file, sha256, count) in enumerate(wanted):
        if number not in given:
            given[number] = NamedSource(names.new(_stem(file), count), file, sha256, count)
            found.append(given[number])
    return found, [given[number] for number in range(len(wanted))]


class _Names:
    """Names that differ on every file system, and whose frames' names differ, too."""

    def __init__(self, taken: Iterable[NamedSource]) -> None:
        self._taken: set[str] = set()
        self._films: set[str] = set()
        self._last: dict[str, int] = {}
        for source in taken:
            self._take(source.name, source.frames)

    def new(self, stem: str, count: int) -> str:
        """Return a name for a source of so many frames that is nobody's yet."""
        name, key = stem, stem.casefold()
        while self._is_taken(name, count):
            self._last[key] = self._last.get(key, 1) + 1
            name = f"{stem}-{self._last[key]}"
        self._take(name, count)
        return name

    def _is_taken(self, name: str, count: int) -> bool:
        key = name.casefold()
        frame = re.fullmatch(r"(.+)-\d{6,}", key)
        if key in self._taken or (frame is not None and frame[1] in self._films):
            return True
        return count > 1 and any(re.fullmatch(re.escape(key) + r"-\d{6,}", other) for other in self._taken)

    def _take(self, name: str, count: int) -> None:
        self._taken.add(name.casefold())
        if count > 1:
            self._films.add(name.casefold())


def _stem(file: str) -> str:
    return safe_name(file.rpartition(".")[0] or file)


def save_names(
    folder: Folder, manifest: PredictionsManifest, sources: Sequence[NamedSource], names: Iterable[str]
) -> None:
    """Write ``dataset.json``; names come as they were given, and in natural order once some are added."""
    every = list(dict.fromkeys(names))
    if manifest.names:
        every = sorted({*manifest.names, *every}, key=lambda name: natural_order(Path(name)))
    plain = attrs.evolve(manifest, names=tuple(every), sources=tuple(sources))
    folder.put(MANIFEST, dump_json(converter.unstructure(plain)))
