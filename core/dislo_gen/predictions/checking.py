"""Is a folder of predictions what its records say?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import attrs

from dislo_gen.errors import DatasetError
from dislo_gen.predictions.reading import Predictions, open_predictions
from dislo_gen.predictions.records import read_record
from dislo_gen.predictions.writing import condition

MISSING = "is missing"
"""What is wrong with a picture that has no record: its predictions were removed, or not made yet."""


@attrs.frozen
class PredictionProblem:
    """One thing about one picture that is not as it was written.

    Attributes:
        name: the picture's.
        problem: what is wrong, as the rest of a sentence.
        corrected: whether it is labels that somebody corrected, which is what they are for, and no damage.
    """

    name: str
    problem: str
    corrected: bool = False


def verify_predictions(
    predictions: Predictions | str | Path, progress: Callable[[int, int], object] | None = None
) -> list[PredictionProblem]:
    """Check every picture's files against its record.

    Args:
        predictions: an open folder of predictions, or its path.
        progress: called with (checked, count).

    Returns:
        What is not as it was written, picture by picture; empty if everything is.

    Raises:
        DatasetError: these are no predictions.
    """
    if not isinstance(predictions, Predictions):
        predictions = open_predictions(predictions)
    found, complete = [], set(predictions.names)
    of_file: dict[str, list[str]] = {}  # equal files have a name each
    for source in predictions.manifest.sources:
        of_file.setdefault(source.sha256, []).append(source.name)
    for number, name in enumerate(predictions.manifest.names, start=1):
        found += _check(predictions, name, of_file) if name in complete else [PredictionProblem(name, MISSING)]
        if progress:
            progress(number, len(predictions.manifest.names))
    return found


def _check(predictions: Predictions, name: str, of_file: Mapping[str, Sequence[str]]) -> list[PredictionProblem]:
    try:
        record = read_record(predictions.folder, name)
    except DatasetError as error:
        return [PredictionProblem(name, str(error))]
    problems = []
    # Folders of earlier versions say of no name whose it is.
    if record.name != name or (of_file and not name.startswith(tuple(of_file.get(record.sha256, ())))):
        problems.append(PredictionProblem(name, f"its record is that of {record.name}, of another file"))
    if not record.is_as_written:
        problems.append(PredictionProblem(name, "its record was changed after it was written"))
    if not record.files:
        problems.append(PredictionProblem(name, "its record lists no files"))
    missing, changed = condition(predictions.folder, record)
    problems += [PredictionProblem(name, f"{relative} is missing or damaged") for relative in sorted(missing)]
    for relative in sorted(changed):
        labels = relative.startswith("labelme/")
        what = "was corrected" if labels else "is not the file that was written"
        problems.append(PredictionProblem(name, f"{relative} {what} (SHA-256 differs)", labels))
    return problems
