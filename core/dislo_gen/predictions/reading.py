"""Reading predictions back."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image as PillowImage

from dislo_gen import paths
from dislo_gen.convert import converter
from dislo_gen.errors import DatasetError
from dislo_gen.files import Folder
from dislo_gen.interfaces import Image, Masks
from dislo_gen.mask_pages import decode_masks
from dislo_gen.predictions.records import (
    PredictionRecord,
    PredictionsManifest,
    read_manifest,
    read_record,
    record_path,
)
from dislo_gen.sample import Sample
from dislo_gen.size import Size


class Predictions(Sequence[Sample]):
    """A folder of predictions; ``predictions[k]`` reads the k-th picture with what was found in it.

    Attributes:
        folder: where it is.
        manifest: what its ``dataset.json`` says.
        names: the pictures' names, in order; a film's frames have their number behind its name.
    """

    def __init__(self, folder: Folder, manifest: PredictionsManifest) -> None:
        self.folder = folder
        self.manifest = manifest
        self.names = tuple(name for name in manifest.names if paths.is_file(folder.path(record_path(name))))

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
        return read_record(self.folder, name)

    def _read(self, position: int) -> Sample:
        name = self.names[position]
        record = self.record(name)
        image = read_image(self.folder, name)
        masks = read_masks(self.folder, record)
        if image.shape != masks.shape[1:]:
            raise DatasetError(f"{self.folder.root}: picture {name} has another size than its record says")
        return Sample(image, masks, record.scene, 0, position, stored_record=converter.unstructure(record))


def read_image(folder: Folder, name: str) -> Image:
    """Read the copy of a picture that lies with its predictions, (H, W) float32 from 0 to 1.

    Raises:
        DatasetError: it is missing or damaged.
    """
    try:
        with PillowImage.open(io.BytesIO(folder.get(f"images/{name}.png")), formats=["PNG"]) as opened:
            Size(*opened.size)  # refuses what is too large before it is decoded
            return np.asarray(opened.convert("L"), dtype=np.float32) / np.float32(255)
    except DatasetError:
        raise
    except Exception as error:  # decoders raise whatever they like at damaged files
        raise DatasetError(f"{folder.root}: picture {name} cannot be read: {paths.why(error)}") from error


def read_masks(folder: Folder, record: PredictionRecord) -> Masks:
    """Read the masks of a picture's lines, (M, H, W) bool.

    Raises:
        DatasetError: they are missing, damaged, or not as many as there are lines.
    """
    shape, count = Size(*record.size).shape, len(record.scene.labelled)
    if not count:
        return np.zeros((0, *shape), dtype=np.bool_)
    where = f"masks/{record.name}.tif"
    try:
        masks = decode_masks(folder.get(where), shape, where)
    except DatasetError:
        raise
    except Exception as error:
        raise DatasetError(f"{folder.root}: {where} cannot be read: {paths.why(error)}") from error
    if len(masks) != count:
        raise DatasetError(f"{folder.root}: picture {record.name} has {len(masks)} masks and {count} lines")
    return masks


def open_predictions(path: str | Path) -> Predictions:
    """Open a folder that ``dislo-gen predict`` wrote.

    Raises:
        DatasetError: it holds no predictions.
    """
    folder = Folder(path)
    return Predictions(folder, read_manifest(folder))
