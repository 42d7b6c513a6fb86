"""Repairing: samples that failed verification are made again, and compared with what their records said."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import attrs

from dislo_gen.dataset import Dataset, describe_dataset, read_manifest, record_path, write_sample
from dislo_gen.errors import DatasetError
from dislo_gen.existing import refuse_changes
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
    manifest, folder = dataset.manifest, dataset.folder
    recipe = manifest.load_recipe(str(folder.root))
    refuse_changes(
        read_manifest(folder),
        describe_dataset(recipe, manifest.seed, manifest.count, manifest.writer),
        f"{folder.root}: nothing is repaired, because samples made here would not be this dataset's.",
    )
    repairs = []
    for number, index in enumerate(indices, start=1):
        old = _record(dataset, index)
        sample = make_sample(recipe, manifest.seed, index)
        folder.remove(record_path(index))  # whatever happens now, the sample counts as missing until it is whole
        write_sample(sample, folder, manifest.writer)
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


def _record(dataset: Dataset, index: int) -> Record | None:
    try:
        record = dataset.record(index)
    except DatasetError:
        return None
    return record if record.index == index and record.seed == dataset.manifest.seed else None
