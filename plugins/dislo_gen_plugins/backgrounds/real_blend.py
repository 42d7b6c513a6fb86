"""Backgrounds blended from two patches of real micrographs."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal, Self

import attrs
import numpy as np
from numpy.random import Generator
from PIL import Image as PillowImage

from dislo_gen import Background, DatasetError, Help, Image, Range, Size, Uniform, Varied, component
from dislo_gen_plugins.backgrounds import stand_ins
from dislo_gen_plugins.backgrounds.bank_files import (
    check_bank,
    checksum,
    lies_in,
    patch_names,
    split_name,
)
from dislo_gen_plugins.backgrounds.patch_bank import Patch, load_patch

logger = logging.getLogger("dislo_gen")


@attrs.frozen
class Cut:
    """One patch as it was cut out.

    Attributes:
        file: its path inside the bank, with the number of its frame if it is one of a film: ``film.tif#12``; or
            ``skimage:NAME`` for a stand-in.
        sha256: SHA-256 of the file ("" for a stand-in).
        box: left, top, right, bottom in the file's pixels.
        turns: quarter turns, counter-clockwise, after cutting.
        flipped: whether it is mirrored left to right after turning.
    """

    file: str
    sha256: str
    box: tuple[int, int, int, int]
    turns: int
    flipped: bool


@component
class RealBlend(Background):
    """Two different patches of real micrographs, superimposed with a random opacity.

    Section 2.2 of Govind et al. 2023. Give a folder of your own micrographs, areas without dislocations
    above all, as ``patches``: whatever `predict` reads, of any depth and any size; each frame of a film is a patch
    of its own. Title bars, scale bars and black frames are trimmed.
    """

    patches: Annotated[
        Path | None, Help("folder of micrographs to cut from; without one, photographs stand in for them")
    ] = None
    opacity: Annotated[Varied[float], Range(0, 1), Help("opacity of the second patch over the first")] = Uniform(
        0.2, 0.8
    )
    small: Annotated[
        Varied[Literal["mirror", "scale"]],
        Help(
            "what is done to a patch smaller than the image: mirrored at its edges (one smaller than half the "
            "image is first scaled up to half of it, so that nothing is mirrored twice), or scaled up"
        ),
    ] = "mirror"
    cuts: Annotated[
        tuple[Cut, ...],
        Help("the two patches to use; drawn at random when empty, and written into the record"),
    ] = ()

    def inputs(self) -> Mapping[str, str]:
        """Checksums of the bank's files, each of which has been read once and can be used."""
        return {} if self.patches is None else check_bank(self.patches)

    def remarks(self) -> Sequence[str]:
        """Say that the patches are stand-ins, or that some are too small."""
        if self.patches is None:
            return (
                "without micrographs of yours, photographs from scikit-image stand in for them; "
                "give a folder of your own with --set background.patches=FOLDER",
            )
        return ()

    def fix(self, size: Size, rng: Generator) -> Self:
        """Choose two patches and where to cut them."""
        if self.cuts:
            return self
        names = self._names()
        if len(names) == 1:
            chosen = [names[0], names[0]]  # two places of the one picture there is
        else:
            chosen = [names[int(k)] for k in rng.choice(len(names), 2, replace=False)]
        return self.evolve(cuts=tuple(self._cut(name, size, rng) for name in chosen))

    def paint(self, size: Size, rng: Generator) -> Image:
        """Blend the two patches."""
        fixed = self.fix(size, rng)
        if len(fixed.cuts) != 2:
            raise DatasetError(f"cuts must name two patches, not {len(fixed.cuts)}")
        first, second = (fixed._open(cut, size) for cut in fixed.cuts)
        blended = first * np.float32(1 - self.opacity)
        blended += second * np.float32(self.opacity)
        return np.clip(blended, 0, 1, out=blended)

    def _names(self) -> list[str]:
        if self.patches is None:
            return list(stand_ins.NAMES)
        return patch_names(self.patches)

    def _patch(self, name: str) -> Patch:
        if name.startswith(stand_ins.PREFIX):
            name = name.removeprefix(stand_ins.PREFIX)
            if name not in stand_ins.NAMES:
                raise DatasetError(f"there is no stand-in '{name}'")
            return stand_ins.stand_in(name)
        if self.patches is None:
            return stand_ins.stand_in(name)
        path = self.patches / split_name(name)[0]
        if not lies_in(path, self.patches):
            raise DatasetError(f"the patch {name!r} lies outside the bank {self.patches}")
        return load_patch(self.patches, name, checksum(path))

    def _cut(self, name: str, size: Size, rng: Generator) -> Cut:
        patch = self._patch(name)
        turns = int(rng.integers(4))
        flipped = bool(rng.integers(2))
        width, height = size.xy if turns % 2 == 0 else size.xy[::-1]
        left, top, right, bottom = patch.box
        scale = 1.0
        if right - left < width or bottom - top < height:
            missing = max(width / (right - left), height / (bottom - top))
            # What has to be scaled gives the largest cut of the image's proportions that it has room for.
            scale = missing if self.small == "scale" else max(1.0, missing / _MIRRORED)
            _say_small(str(name), (right - left, bottom - top), size, self.small, scale)
        width, height = (max(1, math.ceil(side / scale)) for side in (width, height))
        width, height = min(width, right - left), min(height, bottom - top)
        x = left + int(rng.integers(right - left - width + 1))
        y = top + int(rng.integers(bottom - top - height + 1))
        return Cut(patch.name, patch.sha256, (x, y, x + width, y + height), turns, flipped)

    def _open(self, cut: Cut, size: Size) -> Image:
        """Return a cut as a picture of the image's size."""
        try:
            patch = self._patch(cut.file)
        except DatasetError as error:
            raise DatasetError(f"the patch {cut.file} of the record is missing from the bank: {error}") from None
        if patch.sha256 != cut.sha256:
            raise DatasetError(
                f"the patch {cut.file} has changed since it was recorded: its SHA-256 is {patch.sha256[:12]}… "
                f"and was {cut.sha256[:12]}…"
            )
        left, top, right, bottom = cut.box
        if not (0 <= left < right <= patch.grey.shape[1] and 0 <= top < bottom <= patch.grey.shape[0]):
            raise DatasetError(f"the box {cut.box} does not lie inside the patch {cut.file}")
        picture = np.rot90(patch.cut(left, top, right, bottom), cut.turns)
        if cut.flipped:
            picture = picture[:, ::-1]
        return _fill(picture, size, self.small)


_said: set[tuple[str, Size]] = set()
_NAMED = 3  # a bank may hold hundreds of small patches
_MIRRORED = 2  # an image up to so many times as large is filled by mirroring; more would be a kaleidoscope


def _say_small(name: str, found: tuple[int, int], size: Size, small: str, scale: float) -> None:
    if (name, size) in _said:
        return
    _said.add((name, size))
    before = sum(said == size for _, said in _said) - 1
    if before < _NAMED:
        done = [f"scaled up {scale:.1f} times"] * (scale > 1) + ["mirrored at its edges"] * (small == "mirror")
        pixels = (*found, *size.xy)
        logger.warning(
            "the patch %s (%d x %d px) is smaller than the image (%d x %d px) and is %s",
            *(name, *pixels, " and ".join(done)),
        )
    elif before == _NAMED:
        logger.warning("more patches are smaller than the image (%d x %d px); they are not named here", *size.xy)


def _fill(picture: Image, size: Size, small: str) -> Image:
    """Bring a cut that is smaller than the image up to its size."""
    if picture.shape == size.shape:
        return picture
    if small == "scale":
        return _scaled(picture, size.shape)
    scale = max(want / have for want, have in zip(size.shape, picture.shape, strict=True)) / _MIRRORED
    if scale > 1:
        # Only as much as will show is scaled: a record of strangers may hold a cut of 1 x 8192 px.
        kept = [min(have, math.ceil(want / scale)) for want, have in zip(size.shape, picture.shape, strict=True)]
        height, width = (min(want, round(have * scale)) for want, have in zip(size.shape, kept, strict=True))
        picture = _scaled(picture[: kept[0], : kept[1]], (height, width))
    missing = [max(0, want - have) for want, have in zip(size.shape, picture.shape, strict=True)]
    return np.pad(picture, [(m // 2, m - m // 2) for m in missing], mode="symmetric")


def _scaled(picture: Image, shape: tuple[int, int]) -> Image:
    scaled = PillowImage.fromarray(picture).resize(shape[::-1], PillowImage.Resampling.BICUBIC)
    return np.asarray(scaled, dtype=np.float32)
