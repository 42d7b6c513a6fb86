"""Many labelled frames, read one by one."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import attrs

from dislo_gen.errors import DatasetError
from dislo_gen.labelme.meaning import PolygonsAs
from dislo_gen.labelme.read import LINE_WIDTH, LabelledFrame, read_labelme
from dislo_gen.micrographs import natural_order
from dislo_gen.plain import read_json
from dislo_gen.sample import Sample


@attrs.frozen(eq=False, slots=False)
class LabelledFrames(Sequence[Sample]):
    """Frames that a person labelled; ``frames[k]`` reads the k-th picture and draws its masks.

    Attributes:
        frames: the labels, in natural order of their files' names.
        polygons_as: what polygons were taken for.
        line_width: of curves in the masks, px.
    """

    frames: tuple[LabelledFrame, ...]
    polygons_as: PolygonsAs
    line_width: float

    def __len__(self) -> int:
        return len(self.frames)

    def __getitem__(self, position: Any) -> Any:
        if isinstance(position, slice):
            return [self[k] for k in range(len(self))[position]]
        index = range(len(self))[position]
        return self.frames[index].sample(self.line_width, index)

    def __iter__(self) -> Iterator[Sample]:
        return (self[k] for k in range(len(self)))

    @functools.cached_property
    def fingerprint(self) -> str:
        """A SHA-256 that another label, another picture or another way of reading them changes."""
        parts = [self.polygons_as, f"{self.line_width:g}"]
        parts += [f"{frame.file.name} {frame.fingerprint()}" for frame in self.frames]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def read_labelled(
    path: str | Path, polygons_as: PolygonsAs = "auto", line_width: float = LINE_WIDTH
) -> LabelledFrames:
    """Read the labelme files of a folder, or one of them.

    All labels are read and checked at once, a picture when its sample is asked for. JSON files of a folder
    that are not labelme's are passed over.

    Args:
        path: a folder, or a JSON file.
        polygons_as: "lines", "regions" or "auto"; see `read_labelme`.
        line_width: of curves in the masks, px.

    Raises:
        DatasetError: there is no labelme file, or one is wrong; the message names the place.
    """
    path = Path(path)
    if not path.is_dir():
        return LabelledFrames((read_labelme(path, polygons_as),), polygons_as, line_width)
    try:
        found = [file for file in path.glob("*.json") if file.is_file() and not file.name.startswith(".")]
    except OSError as error:
        raise DatasetError(f"{path}: cannot be read: {error.strerror or error}") from error
    files = [file for file in sorted(found, key=natural_order) if _is_meant_as_labelme(file)]
    if not files:
        raise DatasetError(f"{path}: there is no .json file of labelme in this folder")
    return LabelledFrames(tuple(read_labelme(file, polygons_as) for file in files), polygons_as, line_width)


def _is_meant_as_labelme(file: Path) -> bool:
    """Say whether a file has anything of labelme's; a broken one must be named and not passed over."""
    plain = read_json(file)
    return isinstance(plain, dict) and ("shapes" in plain or "imagePath" in plain)
