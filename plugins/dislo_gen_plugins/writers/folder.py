"""The folder format: PNG images, multi-page TIFF masks."""

from __future__ import annotations

import io
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage

from dislo_gen import (
    DatasetError,
    Help,
    Image,
    Masks,
    Sample,
    SampleFiles,
    Size,
    Writer,
    component,
    decode_masks,
    encode_masks,
    encode_png,
)


@component
class Folder(Writer):
    """images/NNNNNN.png, grey, and masks/NNNNNN.tif, one 1-bit page per labelled defect."""

    bits: Annotated[Literal[8, 16], Help("bits per pixel of the images")] = 8

    def write(self, sample: Sample, files: SampleFiles) -> None:
        """Write image and masks; masks that overlap stay apart, each on its page, in the record's order."""
        top = 2**self.bits - 1
        pixels: NDArray[np.uint8] | NDArray[np.uint16]
        scaled = np.round(sample.image * np.float32(top))
        pixels = scaled.astype(np.uint8) if self.bits == 8 else scaled.astype(np.uint16)
        files.put(f"images/{files.stem}.png", encode_png(pixels, grainy=True))
        if len(sample.masks):  # a TIFF has at least one page: where nothing is labelled there is no file
            files.put(f"masks/{files.stem}.tif", encode_masks(sample.masks))

    def read(self, files: SampleFiles) -> tuple[Image, Masks]:
        """Read image and masks back."""
        with PillowImage.open(io.BytesIO(files.get(f"images/{files.stem}.png")), formats=["PNG"]) as opened:
            size = Size(*opened.size)  # refuses what is too large before it is decoded
            if files.shape not in (None, size.shape):
                raise DatasetError(f"images/{files.stem}.png has {size} px, and its record says another size")
            top = 65535 if opened.mode.startswith("I") else 255
            image = np.asarray(opened, dtype=np.float32) / np.float32(top)
        if image.ndim != 2:
            raise DatasetError(f"images/{files.stem}.png is not a grey image")
        masks = f"masks/{files.stem}.tif"
        if not files.exists(masks):
            return image, np.zeros((0, *image.shape), dtype=np.bool_)
        return image, decode_masks(files.get(masks), image.shape, masks, files.masks)
