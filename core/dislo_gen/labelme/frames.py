"""Many labelled frames, read one by one."""

from __future__ import annotations

import functools
import hashlib
import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import attrs

from dislo_gen import paths
from dislo_gen.errors import DatasetError, did_you_mean, shown
from dislo_gen.labelme.listing import (
    LABELME,
    is_predictions,
    labelme_files,
    said_of_folders_inside,
    said_of_predictions,
)
from dislo_gen.labelme.meaning import PolygonsAs, chosen_kinds
from dislo_gen.labelme.read import LINE_WIDTH, LabelledFrame, frame_of, read_labelme
from dislo_gen.labelme.text import UTF_8
from dislo_gen.sample import Sample

_NAMED = 20
logger = logging.getLogger("dislo_gen")


@attrs.frozen(eq=False, slots=False)
class LabelledFrames(Sequence[Sample]):
    """Frames that a person labelled; ``frames[k]`` reads the k-th picture and draws its masks.

    Attributes:
        frames: the labels, in natural order of their files' names.
        polygons_as: what polygons were taken for.
        line_width: of curves in the masks, px.
        labels: the kinds that are to be found; none: all but slip traces.
    """

    frames: tuple[LabelledFrame, ...]
    polygons_as: PolygonsAs
    line_width: float
    labels: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.frames)

    def __getitem__(self, position: Any) -> Any:
        if isinstance(position, slice):
            return [self[k] for k in range(len(self))[position]]
        index = range(len(self))[position]
        return self.frames[index].sample(self.line_width, index)

    def __iter__(self) -> Iterator[Sample]:
        return (self[k] for k in range(len(self)))

    def counts(self) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
        """Return kinds and how many there are: to be found, learnt not to be found, and dropped."""
        wanted: Counter[str] = Counter()
        unwanted: Counter[str] = Counter()
        dropped: Counter[str] = Counter()
        for frame in self.frames:
            dropped.update(frame.dropped)
            for defect in frame.scene:
                (wanted if defect.labelled else unwanted)[defect.kind] += 1
        return dict(wanted), dict(unwanted), dict(dropped)

    def summary(self) -> str:
        """Say in one line which labels are to be found and which are not, with how many there are of each."""
        wanted, unwanted, dropped = (
            [f"{kind} ({count})" for kind, count in _listed(counts)] for counts in self.counts()
        )
        left = [f"left out: {', '.join(dropped)}"] if dropped else []
        left = [f"not to be found: {', '.join(unwanted)}", *left] if unwanted else left
        return "; ".join([f"to be found: {', '.join(wanted) or 'nothing'}", *left])

    @functools.cached_property
    def fingerprint(self) -> str:
        """A SHA-256 that another label, another picture or another way of reading them changes."""
        parts = [self.polygons_as, f"{self.line_width:g}"]
        parts += [f"labels {kind}" for kind in self.labels]
        parts += [f"dropped {kind}" for kind in sorted(self.counts()[2])]
        parts += [f"{frame.file.name} {frame.fingerprint()}" for frame in self.frames]
        return hashlib.sha256("\n".join(parts).encode(errors="backslashreplace")).hexdigest()


def read_labelled(
    path: str | Path,
    polygons_as: PolygonsAs = "auto",
    line_width: float = LINE_WIDTH,
    labels: str | Sequence[str] = (),
) -> LabelledFrames:
    """Read the labelme files of a folder, or one of them.

    All labels are read and checked at once, a picture when its sample is asked for. JSON files of a folder
    that are not labelme's are passed over. Of a folder of predictions its ``labelme/`` is read.

    Args:
        path: a folder, or a JSON file.
        polygons_as: "lines", "regions" or "auto"; see `read_labelme`.
        line_width: of curves in the masks, px.
        labels: names of those that are to be found, such as ``["dislocation", "loop"]`` or
            ``"dislocation,loop"``; by default all but slip traces and names that stand for no defect, such as
            ``__ignore__`` or "scale bar".

    Raises:
        DatasetError: there is no labelme file, one is wrong, or no frame has a label of such a name; the message
            names the place.
    """
    frames = open_labelled(path, polygons_as, line_width, labels)
    if not frames:
        inside = said_of_folders_inside(paths.expand(path))
        raise DatasetError(f"{path}: there is no .json file of labelme in this folder{inside}")
    check_labels([frames], str(path))
    return frames


def open_labelled(
    path: str | Path,
    polygons_as: PolygonsAs = "auto",
    line_width: float = LINE_WIDTH,
    labels: str | Sequence[str] = (),
) -> LabelledFrames:
    """Read as `read_labelled` does, but a folder may have no labelme file, and no frame a label that is chosen."""
    path = paths.expand(path)
    kinds = chosen_kinds(labels)
    if not paths.is_folder(path):
        return LabelledFrames((read_labelme(path, polygons_as, kinds),), polygons_as, line_width, kinds)
    if is_predictions(path):
        logger.warning("%s: these are predictions; %s", path, said_of_predictions(path))
        path = path / LABELME
        if not paths.is_folder(path):
            raise DatasetError(f"{path}: there is no such folder, and the labels of predictions lie there")
    frames, problems = [], []
    for file, read in labelme_files(path):
        try:
            frames.append(frame_of(file, read, polygons_as, kinds))
        except DatasetError as error:
            problems.append(str(error))
    if problems:
        raise DatasetError("\n".join(problems[:_NAMED]))
    _remark_on_encodings(path, frames)
    return LabelledFrames(tuple(frames), polygons_as, line_width, kinds)


def check_labels(groups: Sequence[LabelledFrames], where: str) -> None:
    """See that every label that was chosen is on some frame.

    Raises:
        DatasetError: one is on none; the message has the nearest name, and all that there are.
    """
    there = sorted({kind for frames in groups for counts in frames.counts() for kind in counts})
    for kind in dict.fromkeys(kind for frames in groups for kind in frames.labels):
        if kind not in there:
            raise DatasetError(
                f"{where}: no frame has a label {shown(kind)}{did_you_mean(kind, there)}; there are: "
                f"{', '.join(name for name, _ in _listed(dict.fromkeys(there, 1))) or 'none at all'}"
            )


def _listed(counts: dict[str, int]) -> list[tuple[str, int]]:
    """Return kinds as they can be printed, the most frequent ones if there are very many, and their counts."""
    named = [(kind if kind.isprintable() else ascii(kind)[1:-1], count) for kind, count in counts.items()]
    named = sorted((kind if len(kind) <= 40 else f"{kind[:40]}…", count) for kind, count in named)
    if len(named) <= _NAMED:
        return named
    named.sort(key=lambda pair: -pair[1])
    return [*named[:_NAMED], (f"{len(named) - _NAMED} more names", sum(count for _, count in named[_NAMED:]))]


def _remark_on_encodings(path: Path, frames: Sequence[LabelledFrame]) -> None:
    counts = Counter(frame.labels.encoding for frame in frames)
    for encoding, count in counts.items():
        if encoding not in (UTF_8, "utf-16", "utf-32"):
            logger.warning("%s: labels that are no UTF-8 text are read as %s (%d)", path, encoding, count)
