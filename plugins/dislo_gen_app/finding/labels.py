"""Frames that the person said to be right, as labelled frames for tuning and for labelme."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from dislo_gen import DISLOCATION, Defect, Scene, Size, encode_png, safe_name, write_labelme
from dislo_gen_app.finding.choices import Chosen, numbered, show
from dislo_gen_app.finding.films import Frame, Reader
from dislo_gen_app.finding.lines import Line, nearness
from dislo_gen_app.pictures import grey
from dislo_gen_app.saving import save_new
from dislo_gen_app.work import Progress


def right_frames(chosen: Chosen) -> list[Frame]:
    """Return the frames that the person said to be right, file by file."""
    right = [frame for frame, choice in chosen.choices.items() if choice.right is not None]
    return sorted(right, key=lambda frame: (str(frame.file), frame.number))


def save_labels(chosen: Chosen, reader: Reader, out: Path, progress: Progress) -> int:
    """Save the frames that the person said to be right, with their lines, as labelme has them.

    Predictions that nobody looked at must not be learnt as the truth, so that the others are left out.

    Args:
        chosen: what was said of frames.
        reader: of the frames.
        out: a folder that there is not yet.
        progress: called with (done, all).

    Returns:
        How many there are.

    Raises:
        DisloGenError: a frame cannot be read any more, or the folder cannot be written.
    """
    frames = right_frames(chosen)
    for number, (frame, name) in enumerate(zip(frames, _names(frames), strict=True)):
        progress(number, len(frames))
        image = reader.read(frame).image
        save_new(out, f"{name}.png", encode_png(grey(image)))
        height, width = image.shape
        lines = numbered(show((), chosen.of(frame), nearness(image.shape)))
        put_labels(out / f"{name}.json", f"{name}.png", lines, Size(width, height))
    return len(frames)


def scene_of(lines: Mapping[int, Line]) -> Scene:
    """Return lines as a scene in which each has its number."""
    return Scene(Defect(DISLOCATION, line.curve, group=number, id=number) for number, line in lines.items())


def put_labels(path: Path, image: str, lines: Mapping[int, Line], size: Size) -> None:
    """Write a labelme file.

    Args:
        path: of the file.
        image: of the picture, from the file's folder.
        lines: in px of the picture, by their numbers.
        size: of the picture.
    """
    notes = [f"confidence {line.confidence:.2f}" for line in lines.values()]
    write_labelme(path, scene_of(lines), image, size, notes=notes)


def _names(frames: Sequence[Frame]) -> list[str]:
    """Return a name for each frame; frames of one name, of several files, have numbers behind."""
    names: list[str] = []
    taken: set[str] = set()
    for frame in frames:
        stem = safe_name(frame.file.stem)
        base = f"{stem}-{frame.number:06d}" if frame.number else stem
        name, number = base, 1
        while name.casefold() in taken:
            number += 1
            name = f"{base}-{number}"
        taken.add(name.casefold())
        names.append(name)
    return names
