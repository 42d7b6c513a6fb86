"""Saving what was found: a folder of predictions, in which the person's choices are labels corrected by hand."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, Set
from pathlib import Path

import attrs

from dislo_gen import DisloGenError, Micrograph, Predictions, Size, draw_overlay, encode_png
from dislo_gen_app.finding.choices import Chosen, numbered, show
from dislo_gen_app.finding.eye import Eye
from dislo_gen_app.finding.films import Frame, Row
from dislo_gen_app.finding.labels import put_labels, scene_of
from dislo_gen_app.finding.lines import Line, count_text, nearness
from dislo_gen_app.work import Progress

logger = logging.getLogger("dislo_gen")


@attrs.frozen
class Saved:
    """What was saved.

    Attributes:
        folder: of the predictions.
        frames: how many are in it.
        corrected: how many of them the person corrected or said to be right.
        problems: a sentence for each frame that could not be read.
    """

    folder: Path
    frames: int
    corrected: int
    problems: tuple[str, ...] = ()

    @property
    def summaries(self) -> list[str]:
        """Names of the files that show many frames at once."""
        return sorted(path.name for path in self.folder.iterdir() if path.suffix in (".mp4", ".png"))


def save_found(row: Row, chosen: Chosen, eye: Eye, out: Path, which: tuple[int, int], progress: Progress) -> Saved:
    """Save the lines of a film, or of pictures, as ``dislo-gen predict`` does, then correct them as chosen.

    Args:
        row: of the list.
        chosen: settings, and what was said of frames.
        eye: that the lines were found with.
        out: a folder that there is not yet.
        which: positions of the first frame to save and of that behind the last.
        progress: called with (done, all); what it raises ends the work, and what is complete stays.

    Raises:
        DisloGenError: with the command line's sentence.
    """
    from dislo_gen.learning import predict

    problems: list[str] = []
    row = attrs.evolve(row, frames=row.frames[slice(*which)])
    one_film = len(row.files) == 1
    predictions = predict(
        row.files,
        eye.open().file,
        out,
        frames=f"{which[0]}:{which[1]}" if one_film else None,
        scale=one_scale(row, chosen, eye),
        finding=chosen.settings.finding,
        progress=progress,
        broken=lambda name, error: problems.append(str(error) if name in str(error) else f"{name}: {error}"),
    )
    names = names_of(row, predictions)
    corrected = 0
    for frame, name in names.items():
        choice = chosen.of(frame)
        if choice.right is None and not choice.corrects:
            continue
        corrected += 1
        lines = lines_to_save(frame, chosen, eye)
        put_labels(out / "labelme" / f"{name}.json", f"../images/{name}.png", lines, _size(frame, eye))
        put_overlay(out / "overlays" / f"{name}.png", name, lines, eye.reader.read(frame))
    return Saved(out, len(predictions.names), corrected, tuple(problems))


def one_scale(row: Row, chosen: Chosen, eye: Eye) -> float | None:
    """Return the scale for all of a row; None where each picture has the network's usual one.

    Raises:
        DisloGenError: its files would need several.
    """
    factor = chosen.settings.factor
    if factor == 1:
        return None
    firsts = {frame.file: frame for frame in reversed(row.frames)}
    scales = {eye.scale(frame, factor) for frame in firsts.values()}
    if len(scales) > 1:
        raise DisloGenError(
            f"{row.name}: these pictures have several sizes, and one folder has one scale; save with the usual "
            f"scale, or pictures of one size at a time"
        )
    return scales.pop()


def names_of(row: Row, predictions: Predictions) -> dict[Frame, str]:
    """Return the name of each frame of a row that has predictions; files are told by their content."""
    by_content: dict[tuple[str, int], list[Frame]] = {}
    hashes = {file: _sha256(file) for file in row.files}
    for frame in row.frames:
        by_content.setdefault((hashes[frame.file], frame.number), []).append(frame)
    names: dict[Frame, str] = {}
    for name in predictions.names:
        record = predictions.record(name)
        same = by_content.get((record.sha256, record.frame), [])
        own = next((frame for frame in same if frame.file.name == record.source), same[0] if same else None)
        if own is not None:
            same.remove(own)
            names[own] = name
    return names


def lines_to_save(frame: Frame, chosen: Chosen, eye: Eye) -> dict[int, Line]:
    """Return the lines of a frame that are not switched off, by the numbers that the page shows."""
    choice = chosen.of(frame)
    found: tuple[Line, ...] = ()
    if choice.right is None:
        eye.look(frame, chosen.settings.factor)
        found = tuple(eye.find(frame, chosen.settings))
    return numbered(show(found, choice, nearness(eye.reader.read(frame).image.shape)))


def put_overlay(path: Path, name: str, lines: Mapping[int, Line], picture: Micrograph) -> None:
    """Draw a picture's lines as they are saved, in place of those that the network found."""
    overlay = draw_overlay(
        picture.image,
        scene_of(lines),
        confidence=[line.confidence for line in lines.values()],
        pixel_size=picture.pixel_size,
        caption=f"{name}, corrected by hand: {count_text(len(lines))}",
    )
    path.write_bytes(encode_png(overlay))


def _size(frame: Frame, eye: Eye) -> Size:
    height, width = eye.reader.read(frame).image.shape
    return Size(width, height)


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def looked_at(row: Row, seen: Set[Frame]) -> tuple[int, int]:
    """Return the positions of the first frame that was looked at and of that behind the last; (0, 0): none was."""
    positions = [position for position, frame in enumerate(row.frames) if frame in seen]
    return (positions[0], positions[-1] + 1) if positions else (0, 0)
