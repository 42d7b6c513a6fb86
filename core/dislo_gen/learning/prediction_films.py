"""Films to predict on: which frames there are, and one frame after the other from picture to files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

import attrs
import numpy as np

from dislo_gen.errors import DatasetError, DisloGenError
from dislo_gen.files import Folder, file_sha256
from dislo_gen.instances import FoundLine, line_masks
from dislo_gen.interfaces import Image, Masks
from dislo_gen.labelme import encode_labelme
from dislo_gen.mask_pages import encode_masks
from dislo_gen.micrographs import Film, Micrograph, choose, micrograph_files, open_film
from dislo_gen.png import encode_png
from dislo_gen.predictions import (
    PREDICTION_FORMAT,
    VERSION,
    Held,
    PredictionRecord,
    look_at,
    put_files,
    put_record,
)
from dislo_gen.predictions.drawing import draw_record
from dislo_gen.predictions.reading import read_masks
from dislo_gen.scene import Scene
from dislo_gen.size import Size

Broken = Callable[[str, DisloGenError], object]


class FoundIn(Protocol):
    """What was found in one picture; see `dislo_gen.learning.Found`."""

    @property
    def lines(self) -> tuple[FoundLine, ...]:
        """The lines, in px of the picture."""

    @property
    def box(self) -> tuple[int, int, int, int]:
        """The part that was looked at, px."""

    @property
    def scale(self) -> float:
        """By which it was scaled."""

    @property
    def scene(self) -> Scene:
        """The lines as defects."""


@attrs.frozen
class FilmFile:
    """A file of frames that lines are to be found in.

    Attributes:
        path: of the file.
        sha256: of what is in it.
        count: how many frames it has.
        frames: numbers of those that are wanted.
    """

    path: Path
    sha256: str
    count: int
    frames: tuple[int, ...]


def raise_it(_: str, error: DisloGenError) -> None:
    """Let the first thing that cannot be read end the work."""
    raise error


def seek_films(
    images: Sequence[str | Path],
    which: str | slice | None,
    broken: Broken,
    progress: Callable[[int, int], object] | None = None,
) -> list[FilmFile]:
    """Open every file once, to know its content and how many frames it has.

    Args:
        images: files, or folders of files.
        which: frames; see `dislo_gen.frames`.
        broken: called with a file that cannot be read, and why.
        progress: called with (0, frames wanted so far).

    Raises:
        DatasetError: no frame is wanted.
    """
    found: list[FilmFile] = []
    for image in images:
        together: list[FilmFile] = []
        try:
            paths = micrograph_files(image)
        except DatasetError as error:
            broken(str(image), error)
            continue
        for path in paths:
            try:
                with open_film(path) as film:
                    together.append(FilmFile(path, file_sha256(path), film.count, ()))
            except DisloGenError as error:
                broken(str(path), error)
        counts = [each.count for each in together]
        chosen = choose(counts, which) if counts else []
        found += [attrs.evolve(f, frames=tuple(n)) for f, n in zip(together, chosen, strict=True) if n]
        if together and not any(chosen):
            there = sum(counts)
            raise DatasetError(
                f"--frames {which}: chooses none of the {there} {'frame' if there == 1 else 'frames'} of {image}"
            )
        if progress:
            progress(0, sum(len(each.frames) for each in found))
    return found


def predict_film(
    folder: Folder,
    file: FilmFile,
    wanted: Sequence[tuple[str, int]],
    seek: Callable[[Micrograph], FoundIn],
    begin: Callable[[], object],
    tell: Callable[[PredictionRecord], object],
    broken: Broken,
) -> Iterator[None]:
    """Find the lines of a film's frames and write them; yields after each frame, whatever came of it.

    Args:
        folder: to write into.
        file: of the film.
        wanted: the frames' names and numbers.
        seek: finds the lines of one frame.
        begin: called before anything is written.
        tell: called with each frame's record.
        broken: called with the name of a frame that cannot be read, and why.
    """
    film: Film | None = None
    try:
        for name, number in wanted:
            held = look_at(folder, name, file.sha256, number)
            if held.record is not None and not held.missing:
                tell(held.record)
                yield
                continue
            try:
                film = film or open_film(file.path)
                frame = film.frame(number)
                record, masks = _known(folder, held) or _found(name, file, frame, seek(frame))
            except DisloGenError as error:
                broken(name, error)
            else:
                begin()
                files = put_files(folder, held, _contents(record, frame.image, masks))
                tell(put_record(folder, attrs.evolve(record, files=files)))
            yield
    finally:
        if film is not None:
            film.close()


def _known(folder: Folder, held: Held) -> tuple[PredictionRecord, Masks] | None:
    """Return what is known of a picture whose lines were found before, if only pictures of them are missing."""
    if held.record is None or not held.record.is_as_written or held.changed - {f"labelme/{held.record.name}.json"}:
        return None
    try:
        return held.record, read_masks(folder, held.record)
    except DatasetError:
        return None


def _found(name: str, file: FilmFile, frame: Micrograph, found: FoundIn) -> tuple[PredictionRecord, Masks]:
    size = Size(*frame.image.shape[::-1])
    record = PredictionRecord(
        PREDICTION_FORMAT,
        VERSION,
        name,
        file.path.name,
        file.sha256,
        found.box,
        found.scale,
        size.xy,
        found.scene,
        tuple(round(line.confidence, 4) for line in found.lines),
        tuple(line.channels for line in found.lines),
        frame=frame.index,
        frames=file.count,
        time=frame.time,
        pixel_size=frame.pixel_size,
        instrument=frame.instrument or None,
    )
    return record, line_masks(found.lines, frame.image.shape)


def _contents(record: PredictionRecord, image: Image, masks: Masks) -> dict[str, bytes]:
    """Return every file of a picture by its path in the folder."""
    name, notes = record.name, [f"confidence {confidence:.2f}" for confidence in record.confidence]
    pixels = np.round(image * np.float32(255)).astype(np.uint8)
    contents = {
        f"images/{name}.png": encode_png(pixels, grainy=True),
        f"overlays/{name}.png": encode_png(draw_record(record, image)),
        f"labelme/{name}.json": encode_labelme(record.scene, f"../images/{name}.png", Size(*record.size), notes),
    }
    if len(masks):
        contents[f"masks/{name}.tif"] = encode_masks(masks)
    return contents
