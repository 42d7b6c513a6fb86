"""Writing predictions, and looking at what is there: what was written, what is damaged, what somebody changed."""

from __future__ import annotations

import contextlib
import hashlib
import io
import logging
from collections.abc import Mapping

import attrs
from PIL import Image as PillowImage

from dislo_gen import paths
from dislo_gen.convert import converter
from dislo_gen.errors import DatasetError
from dislo_gen.files import Folder
from dislo_gen.mask_pages import decode_masks
from dislo_gen.plain import dump_json, parse_json
from dislo_gen.predictions.records import PredictionRecord, read_record, record_path
from dislo_gen.size import Size

logger = logging.getLogger("dislo_gen")


@attrs.frozen
class Held:
    """What a folder holds of one picture.

    Attributes:
        record: its record, if there is a readable one.
        missing: its files that are not there, are empty, or are no longer what they are named.
        changed: its files that are whole, and not as they were written: somebody's work.
    """

    record: PredictionRecord | None = None
    missing: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()


def look_at(folder: Folder, name: str, sha256: str, frame: int) -> Held:
    """Look at what a folder holds of a picture.

    Args:
        folder: of the predictions.
        name: the picture's.
        sha256: of the file it was read from.
        frame: its number in there.
    """
    try:
        record = read_record(folder, name)
    except DatasetError:
        return Held()
    if (record.name, record.sha256, record.frame) != (name, sha256, frame):
        return Held()
    missing, changed = condition(folder, record)
    return Held(record, missing, changed)


def condition(folder: Folder, record: PredictionRecord) -> tuple[frozenset[str], frozenset[str]]:
    """Return which of a record's files are missing or damaged, and which somebody changed."""
    missing: set[str] = set()
    changed: set[str] = set()
    for relative, sha256 in record.files.items():
        try:
            data = folder.get(relative)
        except DatasetError:
            missing.add(relative)
            continue
        if hashlib.sha256(data).hexdigest() != sha256:
            (changed if _is_whole(relative, data, record) else missing).add(relative)
    return frozenset(missing), frozenset(changed)


def is_corrected(folder: Folder, name: str) -> bool:
    """Say whether somebody changed the labels of a picture after they were written."""
    relative = f"labelme/{name}.json"
    try:
        written = read_record(folder, name).files.get(relative, "")
        return not folder.is_unchanged(relative, written)
    except DatasetError:
        return False


def _is_whole(relative: str, data: bytes, record: PredictionRecord) -> bool:
    """Say whether a file is still what its name says, whoever wrote it."""
    try:
        if relative.endswith(".json"):
            parse_json(data.decode("utf-8-sig"), relative)
        elif relative.endswith(".tif"):
            decode_masks(data, Size(*record.size).shape, relative)
        else:
            with PillowImage.open(io.BytesIO(data), formats=["PNG"]) as opened:
                Size(*opened.size)
                opened.load()
    except Exception:  # decoders raise whatever they like at damaged files
        return False
    return bool(data)


def put_files(folder: Folder, held: Held, contents: Mapping[str, bytes]) -> dict[str, str]:
    """Write a picture's files and return the SHA-256 of each as it was written.

    What somebody changed stays as it is: labels where they lie; anything else that no record tells of is moved
    to the folder ``kept`` before its place is taken, for a mask that belongs to other lines would mislead.

    Args:
        folder: of the predictions.
        held: what it holds of the picture.
        contents: the files, by their path inside the folder.
    """
    checksums = {}
    for relative, data in contents.items():
        checksums[relative] = hashlib.sha256(data).hexdigest()
        path = folder.path(relative)
        there = paths.look(path)
        if there is not None and there.st_size:
            if relative in held.changed or folder.is_unchanged(relative, checksums[relative]):
                continue
            ours = held.record is not None and relative in held.record.files and relative not in held.missing
            if not ours and not _leave(folder, relative):
                continue
        folder.put(relative, data)
    return checksums


def _leave(folder: Folder, relative: str) -> bool:
    """Make room for a file where another lies that no record tells of; say whether there is room now."""
    if relative.startswith("labelme/"):
        with contextlib.suppress(DatasetError, UnicodeDecodeError):
            parse_json(folder.get(relative).decode("utf-8-sig"), relative)
            logger.warning("%s: is not what was written here; it stays as it is", folder.path(relative))
            return False
    kept = folder.keep_aside(relative)
    logger.warning("%s: was not what was written here; it lies in %s now", folder.path(relative), kept)
    return True


def put_record(folder: Folder, record: PredictionRecord) -> PredictionRecord:
    """Write a picture's record, with its checksum; it comes last, so a picture with a record is complete."""
    signed = record.signed()
    relative, data = record_path(record.name), dump_json(converter.unstructure(signed))
    path = folder.path(relative)
    if paths.exists(path) and not _is_ours(folder, record.name):
        kept = folder.keep_aside(relative)
        logger.warning("%s: was not what was written here; it lies in %s now", path, kept)
    folder.put(relative, data)
    return signed


def _is_ours(folder: Folder, name: str) -> bool:
    try:
        return read_record(folder, name).is_as_written
    except DatasetError:
        return not (found := paths.look(folder.path(record_path(name)))) or not found.st_size


def set_aside(folder: Folder, name: str) -> list[str]:
    """Remove what a folder holds of a picture; what somebody changed is moved to the folder ``kept``.

    Returns:
        Where that lies now.
    """
    kept: list[str] = []
    record: PredictionRecord | None = None
    with contextlib.suppress(DatasetError):
        record = read_record(folder, name)
    files = {} if record is None else record.files
    kept += folder.keep_changed(files).values()
    for relative in files:
        folder.remove(relative)
    relative = record_path(name)
    if paths.exists(folder.path(relative)) and not _is_ours(folder, name):
        kept.append(folder.keep_aside(relative))
    folder.remove(relative)
    return kept
