"""Repairing: samples that failed verification are made again, and compared with what their records said."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence

import attrs

from dislo_gen.belonging import Belonging
from dislo_gen.dataset import Dataset, describe_dataset, plain_record, read_manifest, write_sample
from dislo_gen.errors import DatasetError
from dislo_gen.existing import put_away_record, refuse_changes, set_aside_changed
from dislo_gen.files import Folder
from dislo_gen.pipeline import make_sample
from dislo_gen.record import Record
from dislo_gen.replay import compare


@attrs.frozen
class Repair:
    """One sample that was made again.

    Attributes:
        index: its number.
        differences: how it differs from its record; empty if it has the record's bytes again, None if there was
            no readable record to compare it with.
    """

    index: int
    differences: tuple[str, ...] | None


def repair(
    dataset: Dataset, indices: Sequence[int], progress: Callable[[int, int], object] | None = None
) -> list[Repair]:
    """Make samples of a dataset again, in place.

    Files that somebody has changed, and that are still pictures which can be read, are moved aside first.

    Args:
        dataset: an open dataset.
        indices: numbers of the samples.
        progress: called with (repaired, count).

    Returns:
        How each compares with the record it had.

    Raises:
        DatasetError: samples made here would differ from the dataset's (other versions, another bank); nothing
            has been written. Or a file cannot be written.
        RecipeError, PluginError: a plugin that made the dataset is not installed or fails.
    """
    with dataset.folder.taken():
        return _repair(dataset, indices, progress)


def _repair(
    dataset: Dataset, indices: Sequence[int], progress: Callable[[int, int], object] | None
) -> list[Repair]:
    manifest, folder = dataset.manifest, dataset.folder
    recipe = manifest.load_recipe(str(folder.root))
    refuse_changes(
        read_manifest(folder),
        describe_dataset(recipe, manifest.seed, manifest.count, manifest.writer),
        f"{folder.root}: nothing is repaired, because samples made here would not be this dataset's.",
    )
    repairs, belonging = [], Belonging(read_manifest(folder))
    for number, index in enumerate(indices, start=1):
        old = _record(dataset, index, belonging)
        sample = make_sample(recipe, manifest.seed, index)
        kept = {} if old is None else _keep_work(dataset, old)
        # Whatever happens now, the sample counts as missing until it is whole.
        put_away_record(folder, index, belonging)
        write_sample(sample, folder, manifest.writer)
        _drop_equal(folder, kept)
        differences = None
        if old is not None:
            found = compare(sample, old)
            new = dataset.record(index).files
            found += [
                f"{name} differs" for name in sorted({*new, *old.files}) if new.get(name) != old.files.get(name)
            ]
            differences = tuple(found)
        repairs.append(Repair(index, differences))
        if progress:
            progress(number, len(indices))
    return repairs


def _record(dataset: Dataset, index: int, belonging: Belonging) -> Record | None:
    """Return the record that a sample has, if it can be read and is that of this dataset's sample."""
    try:
        record = dataset.record(index)
        plain = plain_record(dataset.folder, index)
    except DatasetError:
        return None
    return record if record.index == index and belonging.problem(plain) is None else None


def _keep_work(dataset: Dataset, record: Record) -> dict[str, str]:
    """Move a sample's changed files aside if they are somebody's work; what is merely broken is no work."""
    try:
        dataset.read(record.index)
    except DatasetError:
        return {}
    return set_aside_changed(dataset.folder, record.files)


def _drop_equal(folder: Folder, kept: Mapping[str, str]) -> None:
    """Remove from among what was kept aside the files that have come out the same: their record was wrong."""
    for relative, aside in kept.items():
        if folder.get(relative) == folder.get(aside):
            folder.remove(aside)
            for emptied in list(folder.path(aside).relative_to(folder.root).parents)[:-1]:
                with contextlib.suppress(OSError):  # something else is kept in it
                    (folder.root / emptied).rmdir()
