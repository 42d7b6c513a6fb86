"""Predicting: from anybody's pictures and films to lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dislo_gen.errors import DisloGenError
from dislo_gen.files import Folder
from dislo_gen.instances import Finding
from dislo_gen.interfaces import Image, Model
from dislo_gen.learning.prediction_films import FilmFile, predict_film, raise_it, seek_films
from dislo_gen.learning.prediction_folder import forget, name_sources, save_names, take_folder
from dislo_gen.learning.scale import given_scale
from dislo_gen.learning.seeking import Found, Part, Seeker, enough_memory, find_in_channels, give_channels
from dislo_gen.micrographs import Micrograph
from dislo_gen.predictions import (
    PREDICTIONS_FORMAT,
    VERSION,
    NamedSource,
    PredictionRecord,
    Predictions,
    PredictionsManifest,
    WeightsUsed,
    draw_summaries,
    frame_name,
    open_predictions,
)
from dislo_gen.size import Size

if TYPE_CHECKING:
    from torch import nn


_LOOKING = 0.9  # of the work on a picture: about what the network takes


def find_in(
    network: nn.Module,
    image: Image,
    size: Size,
    *,
    model: Model | None = None,
    box: tuple[int, int, int, int] | None = None,
    scale: float | None = None,
    finding: Finding | None = None,
    mirrored: bool = False,
) -> Found:
    """Find the lines of one picture.

    Args:
        network: in evaluation mode.
        image: (H, W) float32 from 0 to 1.
        size: the size that the network learnt at.
        model: what the network was built from; by default one whose channels are instances.
        box: left, top, right, bottom of the part to look at, px; by default all of it.
        scale: by which to scale that part; by default so that its longer side is the network's.
        finding: how lines are put together.
        mirrored: see `predict_channels`.

    Raises:
        LearningError: scaled, the picture would be too large.
    """
    part = Part.of(image.shape, size, box, scale)
    channels = give_channels(network, image, part, model, mirrored=mirrored)
    return find_in_channels(channels, part, model, finding)


def predict(
    images: Sequence[str | Path],
    weights: str | Path,
    out: str | Path = "dislo-found",
    *,
    frames: str | slice | None = None,
    scale: float | None = None,
    line_width: float | None = None,
    finding: Finding | None = None,
    mirrored: bool = True,
    cache: bool = True,
    overwrite: bool = False,
    progress: Callable[[int, int], object] | None = None,
    stage: Callable[[str, float], object] | None = None,
    tell: Callable[[PredictionRecord], object] | None = None,
    broken: Callable[[str, DisloGenError], object] | None = None,
    drawing: Callable[[int, int], object] | None = None,
) -> Predictions:
    """Find the lines of pictures, of every frame of films, too, and write them into a folder.

    A folder that holds part of the same predictions is completed: what is there and whole is not made again, and
    what somebody changed stays. With other settings they are made anew, if the folder holds none of other
    pictures; what somebody changed is moved to the folder ``kept``. A name in the folder belongs to its picture,
    by the content of its file.

    Args:
        images: files, or folders of files.
        weights: of a trained network: a file, or the name of ready ones.
        out: the folder: ``images/``, ``masks/`` (one page for each line), ``overlays/``, ``labelme/`` and
            ``records/``; of several pictures an overview, of films ``film.mp4``.
        frames: which frames of each film, or which pictures of a folder of single ones, such as "100:2000:5"; by
            default all. See `dislo_gen.frames`.
        scale: by which pictures are scaled before the network sees them; by default as it was tuned at, or each
            so that its longer side is that of the images the network learnt from.
        line_width: of lines in the pictures, px, which decides the scale, too.
        finding: how lines are put together from the network's channels; by default as suits the weights best.
        mirrored: see `predict_channels`.
        cache: whether what the network gives is kept, and taken where it was kept before; see `Seeker`.
        overwrite: make predictions again that are there, also those with other settings; what somebody changed
            among them is moved to the folder ``kept``.
        progress: called with (done, all).
        stage: called with what is being done, in words, and which part of a picture's work is behind, 0 to 1.
        tell: called with the record of each picture, also of those that were there.
        broken: called with the name of a file or frame that cannot be read, and why; the others follow. Without
            it the first one ends the work.
        drawing: called with (done, all) while a film of overlays is drawn at the end.

    Raises:
        DatasetError: a picture cannot be read, or the folder holds something else, or another run has it.
        LearningError: the weights cannot be used.
    """
    files = seek_films(images, frames, broken or raise_it, progress)
    seeker = Seeker(weights, mirrored=mirrored, cache=cache)
    scale = given_scale(seeker.card, scale, line_width)
    finding = finding or seeker.finding
    used = WeightsUsed(seeker.file.name, seeker.sha256)
    manifest = PredictionsManifest(
        PREDICTIONS_FORMAT, VERSION, used, seeker.card.model, scale, finding, names=(), mirrored=mirrored
    )
    say = stage or _nothing

    def seek(picture: Micrograph) -> Found:
        if not seeker.is_loaded and not seeker.keeps(picture, scale=scale):
            say("loading the network", 0)
            _load(seeker)
        say("looking", 0)
        seen = seeker.look(picture, scale=scale, step=lambda part: say("looking", _LOOKING * part))
        say("finding lines", _LOOKING)
        with enough_memory(picture.name):
            return seeker.find(seen, finding)

    folder = Folder(out)
    if not files:  # a folder is not begun for nothing
        return Predictions(folder, manifest)
    with folder.taken():
        manifest = take_folder(folder, manifest, overwrite, lambda taken: {*_named(taken, files)[2]})
        known, wanted, names = _named(manifest.sources, files)
        begun = False

        def begin() -> None:  # once it is known that the network can be used
            nonlocal begun
            if not begun:
                save_names(folder, manifest, known, names)
            begun = True

        if overwrite:
            forget(folder, names)
        done = 0
        try:
            for file, each in zip(files, wanted, strict=True):
                for _ in predict_film(folder, file, each, seek, begin, tell or _nothing, broken or raise_it):
                    done += 1
                    if progress:
                        progress(done, len(names))
            begin()
        except _UnusableError as stop:
            raise stop.error from stop.error.__cause__
        draw_summaries(folder, drawing)
    return open_predictions(folder.root)


def _named(
    taken: Sequence[NamedSource], files: Sequence[FilmFile]
) -> tuple[list[NamedSource], list[list[tuple[str, int]]], list[str]]:
    """Return all names that are taken now, each file's frames by name and number, and all frames' names."""
    known, sources = name_sources(taken, [(f.path.name, f.sha256, f.count) for f in files])
    pairs = zip(sources, files, strict=True)
    wanted = [[(frame_name(source, n), n) for n in file.frames] for source, file in pairs]
    return known, wanted, [name for each in wanted for name, _ in each]


class _UnusableError(Exception):
    """The network cannot be used: no picture's mistake, and the end of the work."""

    def __init__(self, error: DisloGenError) -> None:
        super().__init__(str(error))
        self.error = error


def _load(seeker: Seeker) -> None:
    try:
        seeker.load()
    except DisloGenError as error:
        raise _UnusableError(error) from None


def _nothing(*_: object) -> None: ...
