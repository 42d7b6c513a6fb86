"""Films: every frame of anybody's file, one after the other."""

from __future__ import annotations

import functools
import logging
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import attrs

from dislo_gen.errors import DatasetError
from dislo_gen.interfaces import Image
from dislo_gen.micrographs.facts import Instrument, PixelSize, Source
from dislo_gen.micrographs.limits import check_frame
from dislo_gen.micrographs.listing import micrograph_files
from dislo_gen.micrographs.looking.grey import as_image
from dislo_gen.micrographs.looking.seeing import Box, say_cut, see
from dislo_gen.micrographs.values import in_a_sentence, open_source

logger = logging.getLogger("dislo_gen")


@attrs.frozen(eq=False)
class Micrograph:
    """A picture that somebody took, or one frame of a film.

    Attributes:
        image: (H, W) float32 from 0 to 1, the whole picture.
        box: left, top, right, bottom of the part without title bars, scale bars and frames, px.
        name: its file's name.
        index: its number in the film, from 0.
        count: how many frames the film has.
        time: when it was taken, s since the film's first frame; None where the file does not say.
        pixel_size: what a pixel shows; None where the file does not say.
        instrument: what the file says of the microscope.
    """

    image: Image
    box: Box
    name: str
    index: int = 0
    count: int = 1
    time: float | None = None
    pixel_size: PixelSize | None = None
    instrument: Instrument = Instrument()

    def __repr__(self) -> str:
        height, width = self.image.shape
        which = f", frame {self.index} of {self.count}" if self.count > 1 else ""
        return f"Micrograph({self.name!r}{which}, image ({height}, {width}), box {self.box})"


class Film:
    """An open file of one frame or many; frames are decoded when they are asked for, one at a time.

    A context manager: ``with open_film(path) as film: ...``. Frames are read fastest in ascending order.

    Attributes:
        path: of the file.
        count: how many frames there are.
        pixel_size: what a pixel shows; None where the file does not say.
        instrument: what the file says of the microscope.
    """

    def __init__(self, path: Path, source: Source) -> None:
        self.path = path
        self.count = source.count
        self.pixel_size = source.pixel_size
        self.instrument = source.instrument
        self._source = source

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[Micrograph]:
        return self.frames()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._source.close()

    def time(self, index: int) -> float | None:
        """Return when a frame was taken, s since the first one; None where the file does not say."""
        return self._source.time(index)

    def frame(self, index: int) -> Micrograph:
        """Read one frame.

        Raises:
            DatasetError: there is no frame of this number, or it is broken.
        """
        with in_a_sentence(self.path):
            check_frame(index, self.count)
        with in_a_sentence(self.path if self.count == 1 else f"{self.path}: frame {index}"):
            grey, box = see(self._source.values(index))
            time = self._source.time(index)
        say_cut(self.path, grey.shape, box)
        return Micrograph(
            as_image(grey), box, self.path.name, index, self.count, time, self.pixel_size, self.instrument
        )

    def frames(
        self,
        which: Iterable[int] | None = None,
        broken: Callable[[int, DatasetError], object] | None = None,
    ) -> Iterator[Micrograph]:
        """Read frames one after the other.

        Args:
            which: their numbers; by default all.
            broken: called with the number of a frame that cannot be read, and why; the others follow. Without
                it the first such frame ends the reading.

        Raises:
            DatasetError: a frame is broken, and there is no ``broken``.
        """
        for index in range(self.count) if which is None else which:
            try:
                frame = self.frame(index)
            except DatasetError as error:
                if broken is None:
                    raise
                broken(index, error)
            else:
                yield frame


def open_film(path: str | Path) -> Film:
    """Open a file of frames: a picture, a stack of pictures, a film, or a microscope's own format.

    Where a file holds pictures of several detectors, the one that is taken is named in the log.

    Raises:
        DatasetError: it is missing, broken, too large, or of a kind that is not read.
        MissingExtraError: files of this kind need an extra that is not installed; the message names it.
    """
    path = Path(path)
    source = open_source(path)
    if source.taken:
        logger.warning("%s: %s", path, source.taken)
    return Film(path, source)


def frames(
    path: str | Path,
    which: str | int | slice | Iterable[int] | None = None,
    broken: Callable[[str, DatasetError], object] | None = None,
) -> Iterator[Micrograph]:
    """Read the frames of a film, or of the pictures in a folder, one after the other; memory does not grow.

    Args:
        path: a file of any kind that is read, or a folder of such files, in natural order of their names.
        which: a number or several, or a slice, which may be written as text: "100:2000:5". In a folder of
            single pictures it chooses among these; else among the frames of each file.
        broken: called with the name of a file that cannot be read, or of which a frame cannot, and why; the
            others follow. Without it the first one ends the reading.

    Yields:
        Micrographs, with index, time and pixel size where the file says them.

    Raises:
        DatasetError, MissingExtraError: as for `open_film`, or a frame is broken, and there is no ``broken``.
    """
    files, numbers = micrograph_files(path), dict[Path, list[int]]()
    if which is not None:
        counts = {film.path: film.count for film in _opened(files, broken)}
        files, numbers = list(counts), dict(zip(counts, choose(list(counts.values()), which), strict=True))
    for film in _opened(files, broken):
        yield from film.frames(numbers.get(film.path), broken and functools.partial(_of_file, broken, film))


def _opened(files: Iterable[Path], broken: Callable[[str, DatasetError], object] | None) -> Iterator[Film]:
    """Open files one after the other, and close each before the next."""
    for file in files:
        try:
            film = open_film(file)
        except DatasetError as error:
            if broken is None:
                raise
            broken(file.name, error)
        else:
            with film:
                yield film


def _of_file(broken: Callable[[str, DatasetError], object], film: Film, _index: int, error: DatasetError) -> None:
    broken(film.path.name, error)


def choose(counts: Sequence[int], which: str | int | slice | Iterable[int] | None = None) -> list[list[int]]:
    """Return which frames are wanted of each of several files that belong together.

    Args:
        counts: how many frames each file has.
        which: as for `frames`.

    Returns:
        For each file the numbers of its frames.
    """
    if isinstance(which, int):
        which = [which]
    wanted = slice(None) if which is None else parse_frames(which) if isinstance(which, str) else which
    if len(counts) > 1 and max(counts) == 1:
        among = set(_numbers(wanted, len(counts)))
        return [[0] if number in among else [] for number in range(len(counts))]
    return [_numbers(wanted, count) for count in counts]


def parse_frames(text: str) -> slice:
    """Read "12", "100:2000" or "100:2000:5" (from, to, step) as Python means it; negative ones count from the end.

    Raises:
        DatasetError: it is none of these.
    """
    whole = r"\s*-?\d{1,12}\s*"
    if re.fullmatch(whole, text):
        number = int(text)
        return slice(number, number + 1 or None)
    match = re.fullmatch(rf"({whole}|\s*)?:({whole}|\s*)?(?::({whole}|\s*))?", text)
    parts = [int(part) if part and part.strip() else None for part in match.groups()] if match else [None, None, 0]
    if parts[2] == 0:
        raise DatasetError(
            f"--frames {text}: frames are chosen by FROM:TO:STEP, such as 100:2000:5, or by one number; they are "
            f"numbered from 0, and TO is not among them"
        )
    return slice(*parts)


def _numbers(wanted: slice | Iterable[int], count: int) -> list[int]:
    return list(range(count)[wanted]) if isinstance(wanted, slice) else [int(index) for index in wanted]
