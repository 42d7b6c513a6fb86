"""Verifying: is a dataset on disk what its records say?"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import attrs

from dislo_gen.dataset import Dataset
from dislo_gen.errors import DatasetError
from dislo_gen.replay import compare, replay


@attrs.frozen
class Finding:
    """One thing wrong with one sample."""

    index: int
    problem: str


def verify(
    dataset: Dataset, *, replayed: bool = False, progress: Callable[[int, int], object] | None = None
) -> list[Finding]:
    """Check every sample of a dataset against its record.

    Args:
        dataset: an open dataset.
        replayed: besides the files' checksums, make each sample again and compare its bytes.
        progress: called with (checked, count).

    Returns:
        What is wrong, sample by sample; empty if nothing is.
    """
    count = dataset.manifest.count
    present = set(dataset.indices)
    findings: list[Finding] = []
    for number, index in enumerate(sorted(present | set(range(count))), start=1):
        if index in present:
            findings += [Finding(index, problem) for problem in _check(dataset, index, replayed)]
        else:
            findings.append(Finding(index, "is missing; 'dislo-gen resume' makes it"))
        if progress:
            progress(number, count)
    return findings


def _check(dataset: Dataset, index: int, replayed: bool) -> list[str]:
    try:
        record = dataset.record(index)
    except DatasetError as error:
        return [str(error)]
    problems = []
    if record.index != index or record.seed != dataset.manifest.seed:
        problems.append(f"its record is that of sample {record.index} with seed {record.seed}")
    if not record.files:
        problems.append("its record lists no files")
    for relative, checksum in record.files.items():
        try:
            found = hashlib.sha256(dataset.folder.get(relative)).hexdigest()
        except DatasetError as error:
            problems.append(str(error))
        else:
            if found != checksum:
                problems.append(f"{relative} is not the file that was written (SHA-256 differs)")
    if replayed:
        try:
            problems += [f"{line} when it is made again" for line in compare(replay(record), record)]
        except Exception as error:  # one broken sample must not end the check of the others
            problems.append(f"it cannot be made again: {error}")
    return problems
