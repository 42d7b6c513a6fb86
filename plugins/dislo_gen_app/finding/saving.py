"""Saving what was found: a folder of predictions, in which the person's choices are labels corrected by hand."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

import attrs

from dislo_gen import DISLOCATION, Defect, DisloGenError, Predictions, Scene, Size, write_labelme
from dislo_gen_app.finding.choices import Chosen
from dislo_gen_app.finding.eye import Eye
from dislo_gen_app.finding.films import Frame, Row
from dislo_gen_app.finding.lines import Line
from dislo_gen_app.saving import save_new
from dislo_gen_app.work import Progress

logger = logging.getLogger("dislo_gen")


@attrs.frozen
class Saved:
    """What was saved.

    Attributes:
        folder: of the predictions.
        names: of the frames in it.
        corrected: how many of them the person corrected or said to be right.
        labels: folder of the frames that are right, to tune on; None where there is none.
        problems: a sentence for each frame that could not be read.
    """

    folder: Path
    names: dict[Frame, str]
    corrected: int
    labels: Path | None = None
    problems: tuple[str, ...] = ()


def save_found(row: Row, chosen: Chosen, eye: Eye, out: Path, which: str | None, progress: Progress) -> Saved:
    """Save the lines of a film, or of pictures, as ``dislo-gen predict`` does, then correct them as chosen.

    Args:
        row: of the list.
        chosen: settings, and what was said of frames.
        eye: that the lines were found with.
        out: a folder that there is not yet.
        which: frames of each film, as ``--frames`` takes them; None: all.
        progress: called with (done, all); what it raises ends the work, and what is complete stays.

    Raises:
        DisloGenError: with the command line's sentence.
    """
    from dislo_gen.learning import predict

    problems: list[str] = []
    predictions = predict(
        row.files,
        eye.open().file,
        out,
        frames=which,
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
        _put_labels(out / "labelme", name, f"../images/{name}.png", lines_to_save(frame, chosen, eye), eye, frame)
    return Saved(out, names, corrected, problems=tuple(problems))


def save_labels(saved: Saved, chosen: Chosen, eye: Eye, out: Path) -> Path | None:
    """Save those frames that the person said to be right, with their lines and pictures, for tuning.

    Predictions that nobody looked at must not be learnt as the truth, so that the others are left out.

    Args:
        saved: by `save_found`.
        chosen: what was said of frames.
        eye: that the lines were found with.
        out: a folder that there is not yet.

    Returns:
        The folder, or None where no frame is right.

    Raises:
        DisloGenError: it cannot be written.
    """
    right = {frame: name for frame, name in saved.names.items() if chosen.of(frame).right is not None}
    for frame, name in right.items():
        picture = (saved.folder / "images" / f"{name}.png").read_bytes()
        save_new(out, f"{name}.png", picture)
        _put_labels(out, name, f"{name}.png", lines_to_save(frame, chosen, eye), eye, frame)
    return out if right else None


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


def lines_to_save(frame: Frame, chosen: Chosen, eye: Eye) -> Sequence[Line]:
    """Return the lines of a frame that are not switched off, the most confident first."""
    from dislo_gen_app.finding.choices import show
    from dislo_gen_app.finding.lines import nearness

    choice = chosen.of(frame)
    if choice.right is not None:
        return choice.right
    eye.look(frame, chosen.settings.factor)
    found = eye.find(frame, chosen.settings)
    shown = show(found, choice, nearness(eye.reader.read(frame).image.shape))
    return [each.line for each in shown if each.state != "off"]


def _put_labels(folder: Path, name: str, image: str, lines: Sequence[Line], eye: Eye, frame: Frame) -> None:
    height, width = eye.reader.read(frame).image.shape
    scene = Scene(Defect(DISLOCATION, line.curve, group=n, id=n) for n, line in enumerate(lines))
    notes = [f"confidence {line.confidence:.2f}" for line in lines]
    write_labelme(folder / f"{name}.json", scene, image, Size(width, height), notes=notes)


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def frames_text(row: Row, seen: Mapping[Frame, object] | set[Frame]) -> str | None:
    """Return the frames that were looked at as ``--frames`` takes them: from the first to the last of them."""
    positions = [position for position, frame in enumerate(row.frames) if frame in seen]
    if not positions or len(positions) == len(row.frames):
        return None
    return f"{positions[0]}:{positions[-1] + 1}"
