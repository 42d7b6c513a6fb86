"""Broken writers."""

from __future__ import annotations

from typing import Any

import numpy as np
from dislo_gen_test_good.writer import Arrays, decode, encode

from dislo_gen import Image, Masks, Sample, SampleFiles, component
from dislo_gen_test_broken import declarations
from dislo_gen_test_broken.misbehaviour import Misbehaves


@component
class Misbehaving(Misbehaves, Arrays):
    """Misbehaves as it is told to."""

    def write(self, sample: Sample, files: SampleFiles) -> None:
        super().write(sample, files)
        files.put(f"{files.stem}.txt", str(self.disturbance(sample.image.shape)).encode())


@component
class Unpublished(Arrays):
    """No entry point leads to it."""


@component
class Undocumented(Arrays):
    pass


@component
class Unexplained(declarations.Unexplained, Arrays):
    """Has a parameter without Help."""


@component
class Unbounded(declarations.Unbounded, Arrays):
    """Has a number without Range."""


@component
class Converted(declarations.Converted, Arrays):
    """Is not read back as it was written."""


@component
class Validated(declarations.Validated, Arrays):
    """Demands what no schema knows."""


@component
class Flattens(Arrays):
    """Keeps one number for each pixel, so that the overlaps are lost."""

    def write(self, sample: Sample, files: SampleFiles) -> None:
        files.put(f"{files.stem}.image.npy", encode(sample.image))
        numbers = np.zeros(sample.image.shape, dtype=np.uint8)
        for number, mask in enumerate(sample.masks, start=1):
            numbers[mask] = number
        files.put(f"{files.stem}.masks.npy", encode(numbers))
        files.put(f"{files.stem}.count", str(len(sample.masks)).encode())

    def read(self, files: SampleFiles) -> tuple[Image, Masks]:
        numbers = decode(files.get(f"{files.stem}.masks.npy"))
        masks = [numbers == number for number in range(1, int(files.get(f"{files.stem}.count")) + 1)]
        return decode(files.get(f"{files.stem}.image.npy")), np.array(masks, dtype=bool).reshape(
            -1, *numbers.shape
        )


class _ReadsOtherwise(Arrays):
    """Reads something else than it wrote."""

    def read(self, files: SampleFiles) -> tuple[Any, Any]:
        return self.spoil(*super().read(files))

    def spoil(self, image: Image, masks: Masks) -> tuple[Any, Any]:
        raise NotImplementedError


@component
class FourBits(_ReadsOtherwise):
    """Has 16 grey levels."""

    def spoil(self, image: Image, masks: Masks) -> tuple[Any, Any]:
        return (np.round(image * 15) / 15).astype(np.float32), masks


@component
class Bytes(_ReadsOtherwise):
    """Reads pictures from 0 to 255."""

    def spoil(self, image: Image, masks: Masks) -> tuple[Any, Any]:
        return (image * 255).astype(np.uint8), masks


@component
class GreyMasks(_ReadsOtherwise):
    """Reads masks from 0 to 255."""

    def spoil(self, image: Image, masks: Masks) -> tuple[Any, Any]:
        return image, masks.astype(np.uint8) * 255


@component
class OneMask(Arrays):
    """Cannot stack no masks."""

    def write(self, sample: Sample, files: SampleFiles) -> None:
        super().write(sample, files)
        np.stack(list(sample.masks))


@component
class Shares(Arrays):
    """Keeps all masks in one file."""

    def write(self, sample: Sample, files: SampleFiles) -> None:
        super().write(sample, files)
        files.put("all-masks.npy", encode(sample.masks))


@component
class Secret(Arrays):
    """Keeps everything to itself."""

    def write(self, sample: Sample, files: SampleFiles) -> None:
        return None


@component
class Twice(Arrays):
    """Writes another file when it writes a sample again."""

    def write(self, sample: Sample, files: SampleFiles) -> None:
        super().write(sample, files)
        name = f"{files.stem}.backup"
        files.put(f"{name}.2" if files.exists(name) else name, b"")


@component
class InPlace(Arrays):
    """Changes the masks that it is given."""

    def write(self, sample: Sample, files: SampleFiles) -> None:
        super().write(sample, files)
        sample.masks[...] = ~sample.masks
