"""Predicting: from anybody's pictures to lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import attrs
import numpy as np
import torch
from torch import nn

from dislo_gen.convert import converter
from dislo_gen.errors import LearningError
from dislo_gen.files import Folder, file_sha256, unique_names
from dislo_gen.instances import Finding, FoundLine, find_lines, line_masks, lines_of
from dislo_gen.interfaces import Image, Model
from dislo_gen.labelme import encode_labelme
from dislo_gen.learning.network import best_device, predict_channels
from dislo_gen.learning.pictures import overlay
from dislo_gen.learning.prediction_folder import is_done, take_folder
from dislo_gen.learning.weights import load_weights
from dislo_gen.learning.windows import fitting_scale, resize, scaled_size
from dislo_gen.micrographs import Micrograph, micrograph_files, read_micrograph
from dislo_gen.png import encode_png
from dislo_gen.predictions import (
    PREDICTION_FORMAT,
    PREDICTIONS_FORMAT,
    VERSION,
    PredictionRecord,
    Predictions,
    PredictionsManifest,
    WeightsUsed,
    open_predictions,
    write_prediction,
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
    scale: float | None = None,
    finding: Finding | None = None,
    mirrored: bool = True,
    progress: Callable[[int, int], object] | None = None,
) -> Predictions:
    """Find the lines of pictures and write them into a folder.

    A folder that holds part of the same predictions is completed.

    Args:
        images: files, or folders of files.
        weights: of a trained network.
        out: the folder: ``images/``, ``masks/`` (one page for each line), ``overlays/``, ``labelme/`` and
            ``records/``.
        scale: by which pictures are scaled before the network sees them; by default each so that its longer side
            is that of the images the network learnt from.
        finding: how lines are put together from the network's channels; by default as suits the weights best.
        mirrored: see `predict_channels`.
        progress: called with (done, all).

    Raises:
        DatasetError: a picture cannot be read, or the folder holds something else.
        LearningError: the weights cannot be used.
    """
    files = [file for path in images for file in micrograph_files(Path(path))]
    names = unique_names(file.stem for file in files)
    network, card = load_weights(weights)
    finding = finding or card.load_finding(str(weights))
    folder = Folder(out)
    used = WeightsUsed(Path(weights).name, file_sha256(Path(weights)))
    manifest = PredictionsManifest(
        PREDICTIONS_FORMAT, VERSION, used, card.model, scale, finding, tuple(names), mirrored
    )
    take_folder(folder, converter.unstructure(manifest))
    network, model, size = network.to(best_device()), card.load_model(str(weights)), Size(*card.size)

    def seek(picture: Micrograph) -> Found:
        how = {"model": model, "box": picture.box, "scale": scale, "finding": finding, "mirrored": mirrored}
        return find_in(network, picture.image, size, **how)  # type: ignore[arg-type]

    if progress:
        progress(0, len(files))
    for done, (file, name) in enumerate(zip(files, names, strict=True), start=1):
        sha256 = file_sha256(file)
        if not is_done(folder, name, sha256):
            picture = read_micrograph(file)
            _write(folder, name, file, sha256, picture, seek)
        if progress:
            progress(done, len(files))
    return open_predictions(folder.root)


def _write(
    folder: Folder,
    name: str,
    file: Path,
    sha256: str,
    picture: Micrograph,
    seek: Callable[[Micrograph], Found],
) -> None:
    image = picture.image
    try:
        found = seek(picture)
    except (MemoryError, RuntimeError) as error:
        if isinstance(error, (MemoryError, torch.OutOfMemoryError)) or "memory" in str(error):
            raise LearningError(
                f"{file}: there is not enough memory for this picture at this scale; try a smaller --scale"
            ) from error
        raise
    masks = line_masks(found.lines, image.shape)
    size = Size(*image.shape[::-1])
    notes = [f"confidence {line.confidence:.2f}" for line in found.lines]
    record = PredictionRecord(
        PREDICTION_FORMAT,
        VERSION,
        name,
        file.name,
        sha256,
        found.box,
        found.scale,
        size.xy,
        found.scene,
        tuple(round(line.confidence, 4) for line in found.lines),
        tuple(line.channels for line in found.lines),
    )
    more = {
        f"overlays/{name}.png": encode_png(overlay(image, masks)),
        f"labelme/{name}.json": encode_labelme(found.scene, f"../images/{name}.png", size, notes),
    }
    write_prediction(folder, record, image, masks, more)
