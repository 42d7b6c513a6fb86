"""Predictions on disk: what a network found in somebody's pictures."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import attrs
import numpy as np
from PIL import Image as PillowImage

from dislo_gen.convert import converter, read_as
from dislo_gen.dataset import MANIFEST, RECORDS
from dislo_gen.errors import DatasetError
from dislo_gen.files import Folder
from dislo_gen.instances import Finding
from dislo_gen.interfaces import Image, Masks
from dislo_gen.mask_pages import decode_masks, encode_masks
from dislo_gen.plain import dump_json, read_json
from dislo_gen.png import encode_png
from dislo_gen.record import check_format
from dislo_gen.sample import Sample
from dislo_gen.scene import Scene
from dislo_gen.size import Size

PREDICTIONS_FORMAT = "dislo-gen predictions"
PREDICTION_FORMAT = "dislo-gen prediction"
VERSION = 1


@attrs.frozen
class PredictionRecord:
    """What is known of one picture.

    Attributes:
        name: the picture's name in the folder.
        source: file name of the picture it was read from.
        sha256: of that file.
        box: left, top, right, bottom of the part that was looked at, px.
        scale: by which that part was scaled before the network saw it.
        size: width and height of the picture, px.
        scene: the lines, in px of the picture.
        confidence: of each line, 0 to 1.
        channels: the network's channels behind each line.
        files: path inside the folder to SHA-256.
    """

    format: str
    format_version: int
    name: str
    source: str
    sha256: str
    box: tuple[int, int, int, int]
    scale: float
    size: tuple[int, int]
    scene: Scene
    confidence: tuple[float, ...]
    channels: tuple[tuple[int, ...], ...]
    files: dict[str, str] = attrs.Factory(dict)


@attrs.frozen
class WeightsUsed:
    """Which weights found the lines: their file's name and SHA-256."""

    file: str
    sha256: str


@attrs.frozen
class PredictionsManifest:
    """What ``dataset.json`` says of a folder of predictions.

    Attributes:
        weights: of the network.
        model: the network, as plain data.
        scale: by which pictures were scaled; nothing if each was scaled to the network's size.
        finding: how lines were put together.
        names: the pictures' names, in order.
        mirrored: whether mirror images were looked at, too.
    """

    format: str
    format_version: int
    weights: WeightsUsed
    model: dict[str, Any]
    scale: float | None
    finding: Finding
    names: tuple[str, ...]
    mirrored: bool = False


def record_path(name: str) -> str:
    """Return the relative path of a picture's record."""
    return f"{RECORDS}/{name}.json"


def write_prediction(
    folder: Folder, record: PredictionRecord, image: Image, masks: Masks, more: dict[str, bytes]
) -> None:
    """Write one picture with its masks and whatever else belongs to it; the record comes last.

    Args:
        folder: of the predictions.
        record: without its files.
        image: (H, W) float32 from 0 to 1.
        masks: (M, H, W) bool, one for each line.
        more: other files, by their path inside the folder.
    """
    pixels = np.round(image * np.float32(255)).astype(np.uint8)
    contents = {f"images/{record.name}.png": encode_png(pixels, grainy=True), **more}
    if len(masks):
        contents[f"masks/{record.name}.tif"] = encode_masks(masks)
    checksums = {path: folder.put(path, data) for path, data in contents.items()}
    folder.put(record_path(record.name), dump_json(converter.unstructure(attrs.evolve(record, files=checksums))))


class Predictions(Sequence[Sample]):
    """A folder of predictions; ``predictions[k]`` reads the k-th picture with what was found in it.

    Attributes:
        folder: where it is.
        manifest: what its ``dataset.json`` says.
        names: the pictures' names, in order.
        mirrored: whether mirror images were looked at, too.
    """

    def __init__(self, folder: Folder, manifest: PredictionsManifest) -> None:
        self.folder = folder
        self.manifest = manifest
        self.names = tuple(name for name in manifest.names if folder.path(record_path(name)).is_file())

    def __len__(self) -> int:
        return len(self.names)

    def __getitem__(self, position: Any) -> Any:
        if isinstance(position, slice):
            return [self[k] for k in range(*position.indices(len(self)))]
        return self._read(range(len(self))[position])

    def __iter__(self) -> Iterator[Sample]:
        return (self._read(position) for position in range(len(self)))

    def record(self, name: str) -> PredictionRecord:
        """Read one picture's record.

        Raises:
            DatasetError: it is missing or wrong.
        """
        path = self.folder.path(record_path(name))
        plain = read_json(path)
        check_format(plain, PREDICTION_FORMAT, VERSION, str(path))
        return read_as(plain, PredictionRecord, str(path), DatasetError)

    def _read(self, position: int) -> Sample:
        name = self.names[position]
        record = self.record(name)
        data = self.folder.get(f"images/{name}.png")
        try:
            with PillowImage.open(io.BytesIO(data), formats=["PNG"]) as opened:
                shape = Size(*opened.size).shape
                image = np.asarray(opened.convert("L"), dtype=np.float32) / np.float32(255)
            masks = np.zeros((0, *shape), dtype=np.bool_)
            if record.scene.labelled:
                where = f"masks/{name}.tif"
                masks = decode_masks(self.folder.get(where), shape, where)
        except (ValueError, OSError, SyntaxError) as error:
            raise DatasetError(f"{self.folder.root}: picture {name} cannot be read: {error}") from error
        if len(masks) != len(record.scene.labelled):
            raise DatasetError(
                f"{self.folder.root}: picture {name} has {len(masks)} masks and {len(record.scene.labelled)} lines"
            )
        return Sample(image, masks, record.scene, 0, position, stored_record=converter.unstructure(record))


def open_predictions(path: str | Path) -> Predictions:
    """Open a folder that ``dislo-gen predict`` wrote.

    Raises:
        DatasetError: it holds no predictions.
    """
    folder = Folder(path)
    manifest = folder.path(MANIFEST)
    if not manifest.is_file():
        raise DatasetError(f"{folder.root}: there is no {MANIFEST}, so these are no predictions of dislo-gen")
    plain = read_json(manifest)
    check_format(plain, PREDICTIONS_FORMAT, VERSION, str(manifest))
    return Predictions(folder, read_as(plain, PredictionsManifest, str(manifest), DatasetError))
