"""Predicting: from anybody's pictures and films to lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import attrs
import numpy as np
import torch
from torch import nn

from dislo_gen.errors import DisloGenError, LearningError
from dislo_gen.files import Folder, file_sha256
from dislo_gen.instances import Finding, FoundLine, find_lines, lines_of
from dislo_gen.interfaces import Image, Model
from dislo_gen.learning.network import best_device, predict_channels
from dislo_gen.learning.prediction_films import predict_film, raise_it, seek_films
from dislo_gen.learning.prediction_folder import forget, name_sources, save_names, take_folder
from dislo_gen.learning.weights import load_weights
from dislo_gen.learning.windows import fitting_scale, resize, scaled_size
from dislo_gen.micrographs import Micrograph
from dislo_gen.predictions import (
    PREDICTIONS_FORMAT,
    VERSION,
    PredictionRecord,
    Predictions,
    PredictionsManifest,
    WeightsUsed,
    frame_name,
    open_predictions,
)
from dislo_gen.scene import DISLOCATION, Defect, Scene
from dislo_gen.size import MAX_SIDE, Size


@attrs.frozen(eq=False)
class Found:
    """What a network finds in one picture.

    Attributes:
        lines: in px of the picture, the most confident first.
        box: left, top, right, bottom of the part that was looked at, px.
        scale: by which that part was scaled.
    """

    lines: tuple[FoundLine, ...]
    box: tuple[int, int, int, int]
    scale: float

    @property
    def scene(self) -> Scene:
        """The lines as defects."""
        return Scene(Defect(DISLOCATION, line.curve, group=n, id=n) for n, line in enumerate(self.lines))


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
    box = box or (0, 0, image.shape[1], image.shape[0])
    left, top, right, bottom = box
    part = image[top:bottom, left:right]
    found = Size(right - left, bottom - top)
    scale = scale or fitting_scale(found, size)
    if max(found.xy) * scale > MAX_SIDE:
        raise LearningError(
            f"--scale {scale:g}: a picture of {found.width} x {found.height} px would be longer than {MAX_SIDE} px"
        )
    seen = scaled_size(found, scale)
    channels = predict_channels(network, resize(part, seen), model, mirrored=mirrored)
    lines = find_lines(channels, finding) if model is None else lines_of(model, channels, finding)
    return Found(tuple(_in_picture(line, seen, box, image.shape) for line in lines), box, scale)


def _in_picture(line: FoundLine, seen: Size, box: tuple[int, int, int, int], shape: tuple[int, ...]) -> FoundLine:
    """Return a line in the pixels of the whole picture."""
    left, top, right, bottom = box
    part = Size(right - left, bottom - top)
    factors = np.asarray(part.xy) / np.asarray(seen.xy)
    mask = np.zeros(shape, dtype=np.bool_)
    mask[top:bottom, left:right] = resize(line.mask.astype(np.float32), part) >= 0.5
    curve = attrs.evolve(line.curve, points=line.curve.points * factors + (left, top))
    return attrs.evolve(line, curve=curve, mask=mask)


def predict(
    images: Sequence[str | Path],
    weights: str | Path,
    out: str | Path = "dislo-found",
    *,
    frames: str | slice | None = None,
    scale: float | None = None,
    finding: Finding | None = None,
    mirrored: bool = True,
    overwrite: bool = False,
    progress: Callable[[int, int], object] | None = None,
    tell: Callable[[PredictionRecord], object] | None = None,
    broken: Callable[[str, DisloGenError], object] | None = None,
) -> Predictions:
    """Find the lines of pictures, of every frame of films, too, and write them into a folder.

    A folder that holds part of the same predictions is completed: what is there and whole is not made again, and
    what somebody changed stays. A name in the folder belongs to its picture, by the content of its file.

    Args:
        images: files, or folders of files.
        weights: of a trained network.
        out: the folder: ``images/``, ``masks/`` (one page for each line), ``overlays/``, ``labelme/`` and
            ``records/``.
        frames: which frames of each film, or which pictures of a folder of single ones, such as "100:2000:5"; by
            default all. See `dislo_gen.frames`.
        scale: by which pictures are scaled before the network sees them; by default each so that its longer side
            is that of the images the network learnt from.
        finding: how lines are put together from the network's channels; by default as suits the weights best.
        mirrored: see `predict_channels`.
        overwrite: make predictions again that are there, also those with other settings; what somebody changed
            among them is moved to the folder ``kept``.
        progress: called with (done, all).
        tell: called with the record of each picture, also of those that were there.
        broken: called with the name of a file or frame that cannot be read, and why; the others follow. Without
            it the first one ends the work.

    Raises:
        DatasetError: a picture cannot be read, or the folder holds something else, or another run has it.
        LearningError: the weights cannot be used.
    """
    files = seek_films(images, frames, broken or raise_it, progress)
    network, card = load_weights(weights)
    finding = finding or card.load_finding(str(weights))
    used = WeightsUsed(Path(weights).name, file_sha256(Path(weights)))
    manifest = PredictionsManifest(
        PREDICTIONS_FORMAT, VERSION, used, card.model, scale, finding, names=(), mirrored=mirrored
    )
    network, model, size = network.to(best_device()), card.load_model(str(weights)), Size(*card.size)

    def seek(picture: Micrograph) -> Found:
        how = {"model": model, "box": picture.box, "scale": scale, "finding": finding, "mirrored": mirrored}
        try:
            return find_in(network, picture.image, size, **how)  # type: ignore[arg-type]
        except (MemoryError, RuntimeError) as error:
            if isinstance(error, (MemoryError, torch.OutOfMemoryError)) or "memory" in str(error):
                raise LearningError(
                    f"{picture.name}: there is not enough memory for this picture at this scale; try a smaller "
                    f"--scale"
                ) from error
            raise

    folder = Folder(out)
    if not files:  # a folder is not begun for nothing
        return Predictions(folder, manifest)
    with folder.taken():
        manifest = take_folder(folder, manifest, overwrite)
        known, sources = name_sources(manifest.sources, [(f.path.name, f.sha256, f.count) for f in files])
        wanted = [
            [(frame_name(source, n), n) for n in file.frames] for source, file in zip(sources, files, strict=True)
        ]
        names = [name for each in wanted for name, _ in each]
        if overwrite:
            forget(folder, names)
        save_names(folder, manifest, known, names)
        done = 0
        for file, each in zip(files, wanted, strict=True):
            for _ in predict_film(folder, file, each, seek, tell or _nothing, broken or raise_it):
                done += 1
                if progress:
                    progress(done, len(names))
    return open_predictions(folder.root)


def _nothing(_: object) -> None: ...
