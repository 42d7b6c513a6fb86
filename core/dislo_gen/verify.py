"""Verifying: is a dataset on disk what its records say?"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import attrs
import numpy as np

from dislo_gen.belonging import Belonging
from dislo_gen.dataset import MANIFEST, Dataset, open_dataset, plain_record, read_manifest, record_path
from dislo_gen.errors import DatasetError
from dislo_gen.files import Folder, SampleFiles
from dislo_gen.hooks import describe_hook
from dislo_gen.record import Record
from dislo_gen.replay import compare, replay
from dislo_gen.sample import Sample


@attrs.frozen
class Finding:
    """One thing wrong with one sample, or with ``samples`` of them from ``index`` on."""

    index: int
    problem: str
    samples: int = 1


def verify(
    dataset: Dataset | str | Path, *, replayed: bool = False, progress: Callable[[int, int], object] | None = None
) -> list[Finding]:
    """Check every sample of a dataset against its record.

    Args:
        dataset: an open dataset, or its folder.
        replayed: besides the files' checksums, make each sample again and compare its bytes.
        progress: called with (checked, count).

    Returns:
        What is wrong, sample by sample; empty if nothing is.

    Raises:
        RecipeError, PluginError: samples are to be made again, and a plugin that made them is not installed here.
    """
    if not isinstance(dataset, Dataset):
        dataset = open_dataset(dataset)
    if replayed:
        check_plugins(dataset)
    count = len(dataset.indices)
    findings = _missing(dataset)
    belonging, owners = Belonging(read_manifest(dataset.folder)), dict[str, int]()
    for number, index in enumerate(dataset.indices, start=1):
        findings += [Finding(index, problem) for problem in _check(dataset, index, replayed, belonging, owners)]
        if progress:
            progress(number, count)
    return sorted(findings, key=lambda finding: finding.index)


def check_plugins(dataset: Dataset) -> None:
    """Raise a RecipeError or PluginError unless everything that made a dataset is installed here."""
    for hook in dataset.manifest.load_recipe(str(dataset.folder.path(MANIFEST))).hooks:
        describe_hook(hook)


def _missing(dataset: Dataset) -> list[Finding]:
    """One finding for each gap, however long: a manifest may claim any number of samples."""
    findings = []
    edges = [-1, *(index for index in dataset.indices if index < dataset.manifest.count), dataset.manifest.count]
    for before, after in pairwise(edges):
        gap = after - before - 1
        if gap:
            after_it = "one" if gap == 2 else str(gap - 1)
            several = f"and the {after_it} after it are" if gap > 1 else "is"
            findings.append(Finding(before + 1, f"{several} missing", gap))
    return findings


def _check(
    dataset: Dataset, index: int, replayed: bool, belonging: Belonging, owners: dict[str, int]
) -> list[str]:
    """Return what is wrong with a sample; ``owners`` are the samples whose files have been looked at."""
    try:
        plain = plain_record(dataset.folder, index)
        record = Record.from_dict(plain, str(dataset.folder.path(record_path(index))))
    except DatasetError as error:
        return [str(error)]
    problems = []
    if record.index != index:
        problems.append(f"its record is that of sample {record.index} with seed {record.seed}")
    elif foreign := belonging.problem(plain):
        problems.append(foreign)
    if record.masks.count != len(record.scene.labelled):
        problems.append(f"its record has {record.masks.count} masks and {len(record.scene.labelled)} labels")
    if not record.files:
        problems.append("its record lists no files")
    for relative, checksum in record.files.items():
        if owners.setdefault(relative, index) != index:
            problems.append(f"its record lists {relative}, as sample {owners[relative]} does")
        try:
            found = hashlib.sha256(dataset.folder.get(relative)).hexdigest()
        except DatasetError as error:
            problems.append(str(error))
        else:
            if found != checksum:
                problems.append(f"{relative} is not the file that was written (SHA-256 differs)")
    if replayed:
        try:
            again = replay(record)
            differs = compare(again, record)
            problems += [
                f"{line} when it is made again" for line in differs or _compare_files(dataset, record, again)
            ]
        except Exception as error:  # one broken sample must not end the check of the others
            problems.append(f"it cannot be made again: {error}")
    return problems


def _compare_files(dataset: Dataset, record: Record, again: Sample) -> list[str]:
    """Say how the files on disk differ from those that would be written now, whatever their record says of them.

    Pictures are compared, and not bytes: another version of a library may pack the same picture otherwise.
    """
    writer = dataset.manifest.writer
    with tempfile.TemporaryDirectory(prefix="dislo-gen-") as scratch:
        written = SampleFiles(Folder(scratch), record.index)
        writer.write(again, written)
        if written.checksums == record.files:
            return []
        if written.checksums.keys() != record.files.keys():
            return ["its list of files differs"]
        new = writer.read(written)
    old = writer.read(SampleFiles(dataset.folder, record.index, record.image.shape, record.masks.count))
    names = ("the image on disk", "the masks on disk")
    same = [np.array_equal(before, now) for before, now in zip(old, new, strict=True)]
    return [f"{name} differ{'s' * (number == 0)}" for number, name in enumerate(names) if not same[number]]
