"""Making a dataset: whole files, resumable, the same bytes for any number of processes."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dislo_gen import paths
from dislo_gen.contact_sheet import contact_sheet
from dislo_gen.dataset import (
    MANIFEST,
    MANIFEST_FORMAT,
    PREVIEW,
    Dataset,
    Manifest,
    complete_indices,
    describe_dataset,
    kind_of_folder,
    open_dataset,
    plain_record,
    read_manifest,
    record_path,
    save_manifest,
)
from dislo_gen.defaults import default_writer
from dislo_gen.errors import DatasetError
from dislo_gen.existing import forget_damaged, put_away_preview, refuse_changes, set_aside_changed
from dislo_gen.files import KEPT, Folder, is_leftover
from dislo_gen.hooks import broker
from dislo_gen.interfaces import Writer
from dislo_gen.png import encode_png
from dislo_gen.recipe import Recipe, check_recipe
from dislo_gen.workers import Job, run

PREVIEW_SAMPLES = 16
logger = logging.getLogger("dislo_gen")


def generate(
    recipe: Recipe,
    count: int,
    seed: int = 0,
    out: str | Path = "dislo-data",
    *,
    jobs: int = 1,
    writer: Writer | None = None,
    overwrite: bool = False,
    progress: Callable[[int, int], object] | None = None,
) -> Dataset:
    """Make samples 0 to ``count - 1`` and write them into a folder.

    A folder that holds part of the same dataset is completed, and samples in it that are visibly damaged are made
    again; one that holds another dataset is refused.

    Args:
        recipe: what to make.
        count: how many samples.
        seed: any whole number from 0.
        out: the folder; made if missing.
        jobs: how many processes work at it.
        writer: the dataset's format; by default the installed default writer.
        overwrite: remove the dataset that is there first (its files only, nothing else in the folder; those that
            somebody has changed are moved into the folder ``kept``).
        progress: called with (complete, count) at the start and after each sample.

    Returns:
        The complete dataset, open for reading.

    Raises:
        DatasetError: the folder holds something else, another run is writing into it, or it cannot be written; a
            worker died.
        PluginError: a component failed or broke its contract.
        TypeError: this is no recipe, but the name of one, say.
        ValueError: count, seed or jobs is out of range.
    """
    check_recipe(recipe)
    if count < 1 or seed < 0 or jobs < 1:
        raise ValueError(f"count and jobs start at 1, seed at 0, not {count}, {jobs} and {seed}")
    writer = writer or default_writer()
    folder = Folder(out)
    manifest = describe_dataset(recipe, seed, count, writer)
    with folder.taken():
        _take_folder(folder, manifest, overwrite)
        return _complete(folder, Job(recipe, seed, writer, str(folder.root)), count, jobs, progress)


def _complete(
    folder: Folder, job: Job, count: int, jobs: int, progress: Callable[[int, int], object] | None
) -> Dataset:
    """Make what is missing or damaged of a dataset whose manifest is there."""
    forget_damaged(folder)
    done = set(complete_indices(folder))
    before = sum(index < count for index in done)
    missing = (index for index in range(count) if index not in done)
    if before < count:
        put_away_preview(folder)  # it would be out of date if this run were killed
        for slot, part in job.recipe.slots().items():
            for remark in part.remarks():
                logger.warning("%s: %s", slot, remark)
    if progress:
        progress(before, count)
    with contextlib.closing(run(job, missing, jobs)) as finished:
        for complete, _ in enumerate(finished, start=before + 1):
            if progress:
                progress(complete, count)
    dataset = open_dataset(folder.root)
    # There is none where this run made samples, or one that did was killed before it came here.
    if not paths.exists(folder.path(PREVIEW)):
        folder.put(PREVIEW, encode_png(contact_sheet(dataset[:PREVIEW_SAMPLES]), marked=True))
        broker().observe("dataset_finished", folder=folder.root, count=len(dataset))
    return dataset


def _take_folder(folder: Folder, manifest: dict[str, Any], overwrite: bool) -> None:
    """Make the folder ready for this dataset: new, resumed, or emptied of an old one."""
    root = folder.root
    strangers = [path for path in paths.inside(root) if path.name != KEPT and not is_leftover(path)]
    if paths.is_file(root / MANIFEST):
        if overwrite:
            _check_ours(folder)
            remove_dataset(folder)
        else:
            old = read_manifest(folder)
            if complete_indices(folder):  # a run that failed before its first sample binds nobody
                refuse_changes(
                    old,
                    manifest,
                    f"{root}: this folder holds a different dataset; choose another with --out, or replace it "
                    f"with --overwrite.",
                )
                manifest["count"] = max(manifest["count"], Manifest.from_dict(old, str(root / MANIFEST)).count)
    elif strangers:
        raise DatasetError(f"{root}: the folder is not empty and holds no {MANIFEST}; choose another with --out")
    folder.sweep()
    save_manifest(folder, manifest)


def _check_ours(folder: Folder) -> None:
    """Refuse to replace what is no dataset; a manifest that cannot be read, and is not empty, is kept aside."""
    try:
        kind = kind_of_folder(folder)
    except DatasetError:
        found = paths.look(folder.path(MANIFEST))
        if found is not None and found.st_size:
            logger.warning(
                "%s: a %s that cannot be read is kept: %s", folder.root, MANIFEST, folder.keep_aside(MANIFEST)
            )
        return
    if kind != MANIFEST_FORMAT:
        raise DatasetError(f"{folder.root}: this folder holds something else; choose another with --out")


def remove_dataset(folder: Folder) -> None:
    """Remove a dataset's own files: what its records list, the records, the preview, the manifest.

    Anything else in the folder stays, and what somebody has changed is moved aside. Every path is checked before
    the first file goes.

    Raises:
        DatasetError: a record is broken or lists a path outside the folder; nothing has been removed.
    """
    files: dict[str, object] = {}
    records = []
    for index in complete_indices(folder):
        record = record_path(index)
        plain = plain_record(folder, index)
        listed = plain.get("files", {}) if isinstance(plain, dict) else None
        if not isinstance(listed, dict):
            raise DatasetError(f"{folder.path(record)}: files: must be a table; remove the dataset by hand")
        files |= listed
        records.append(record)
    places = [folder.path(relative) for relative in (*files, *records)]
    set_aside_changed(folder, files)
    put_away_preview(folder)
    for relative in (*files, *records, MANIFEST):
        folder.remove(relative)
    folder.sweep()
    for emptied in sorted({path.parent for path in places} - {folder.root}, reverse=True):
        with contextlib.suppress(OSError):  # somebody keeps files of their own in it
            emptied.rmdir()
