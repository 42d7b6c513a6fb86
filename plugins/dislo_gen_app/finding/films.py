"""What lines are found in: pictures and films that were given or dropped, and their frames."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock

import attrs

from dislo_gen import DisloGenError, Film, Micrograph, micrograph_files, open_film, safe_name

_HELD = 6
"""So many frames stay in memory, decoded: the one that is looked at and its neighbours."""


@attrs.frozen
class Frame:
    """One picture: a file, and the frame in it, from 0."""

    file: Path
    number: int


@attrs.frozen
class Row:
    """One row of the list of films: a film, or single pictures that came together.

    Attributes:
        name: what it is called in the list.
        frames: in order; none where it cannot be read.
        problem: why it cannot be read, or "".
    """

    name: str
    frames: tuple[Frame, ...] = ()
    problem: str = ""

    @property
    def files(self) -> tuple[Path, ...]:
        """Its files, in order."""
        return tuple(dict.fromkeys(frame.file for frame in self.frames))

    @property
    def stem(self) -> str:
        """A name for what is saved of it."""
        first = self.files[0] if self.files else Path(self.name)
        return safe_name(first.stem if len(self.files) < 2 else Path(self.name).name)


def read_rows(
    path: Path, among: Path | None = None, progress: Callable[[int, int], object] | None = None
) -> list[Row]:
    """Return what a path holds: a row for each film, one for all single pictures, one for each broken file.

    Args:
        path: a file or a folder.
        among: the folder of dropped files, of which a person knows nothing: it is left out of what is said.
        progress: called with (files opened, files).
    """

    def said(error: DisloGenError) -> str:
        return str(error) if among is None else str(error).replace(f"{among}/", "").replace(f"{among}", path.name)

    try:
        files = micrograph_files(path)
    except DisloGenError as error:
        return [Row(path.name, problem=said(error))]
    single: list[Frame] = []
    films: list[Row] = []
    broken: list[Row] = []
    for number, file in enumerate(files):
        if progress:
            progress(number, len(files))
        try:
            with open_film(file) as film:
                count = film.count
        except DisloGenError as error:
            broken.append(Row(file.name, problem=said(error)))
            continue
        frames = tuple(Frame(file, index) for index in range(count))
        if count == 1:
            single += frames
        else:
            films.append(Row(file.name, frames))
    together = [Row(_name_of_all(path, single, alone=path == among), tuple(single))] if single else []
    return [*together, *films, *broken]


def _name_of_all(path: Path, single: Sequence[Frame], *, alone: bool) -> str:
    """Return what single pictures that came together are called."""
    if len(single) == 1:
        return single[0].file.name
    return f"{single[0].file.stem} and {len(single) - 1} more" if alone else path.resolve().name


class Reader:
    """Reads frames; the last ones stay in memory, and the file that was read last stays open."""

    def __init__(self) -> None:
        self._held: OrderedDict[Frame, Micrograph] = OrderedDict()
        self._film: Film | None = None
        self._lock = Lock()

    def read(self, frame: Frame) -> Micrograph:
        """Return a frame; threads wait for each other.

        Raises:
            DisloGenError: it is broken, or its file is.
        """
        with self._lock:
            if frame not in self._held:
                if self._film is None or self._film.path != frame.file:
                    self.close()
                    self._film = open_film(frame.file)
                self._held[frame] = self._film.frame(frame.number)
                while len(self._held) > _HELD:
                    self._held.popitem(last=False)
            self._held.move_to_end(frame)
            return self._held[frame]

    def close(self) -> None:
        """Close the file that is open."""
        if self._film is not None:
            self._film.close()
            self._film = None
