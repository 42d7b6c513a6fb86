"""Writers."""

from __future__ import annotations

import tempfile
from typing import Any

import attrs
import numpy as np

from dislo_gen.files import Folder, SampleFiles
from dislo_gen.sample import Sample
from dislo_gen.size import Size
from dislo_gen.testing import situations
from dislo_gen.testing.check import NotConformingError, check
from dislo_gen.testing.subject import Subject

_ONE_GREY_LEVEL = 1 / 255


@check("writer")
def reads_back_what_it_wrote(subject: Subject) -> None:
    """The image comes back within one grey level of 8 bits, every mask exactly, overlaps included."""
    for size in (Size(64, 48), Size(31, 17), Size(1, 1)):
        _compare(subject, situations.sample(size))


@check("writer")
def reads_back_an_image_without_labels(subject: Subject) -> None:
    """A sample in which nothing is labelled comes back with no mask."""
    _compare(subject, situations.empty_sample(Size(20, 30)))


@check("writer")
def samples_keep_to_themselves(subject: Subject) -> None:
    """Writing one sample leaves the files of another as they were, and writing it again replaces its own."""
    size = Size(24, 16)
    first = situations.sample(size)
    second = attrs.evolve(situations.empty_sample(size), index=1, image=situations.picture(size, 1))
    with tempfile.TemporaryDirectory() as root:
        folder = Folder(root)
        written = []
        for sample in (first, second, first):
            files = SampleFiles(folder, sample.index)
            subject.instance.write(sample, files)
            if not files.checksums:
                raise NotConformingError("it writes no file through files.put, so the record can list none")
            written.append(files.checksums)
        if written[0] != written[2]:
            raise NotConformingError("written again, the same sample has other files or bytes")
        if set(written[0]) & set(written[1]):
            raise NotConformingError(f"two samples share a file: {sorted(set(written[0]) & set(written[1]))[0]}")
        _same(subject.instance.read(SampleFiles(folder, 0)), first)
        _same(subject.instance.read(SampleFiles(folder, 1)), second)


def _compare(subject: Subject, sample: Sample) -> None:
    with tempfile.TemporaryDirectory() as root:
        files = SampleFiles(Folder(root), sample.index)
        subject.instance.write(sample, files)
        _same(subject.instance.read(SampleFiles(Folder(root), sample.index)), sample)


def _same(found: Any, sample: Sample) -> None:
    image, masks = found
    if image.dtype != np.float32 or image.shape != sample.image.shape:
        raise NotConformingError(
            f"the image comes back as {image.dtype} of {image.shape}, not float32 of {sample.image.shape}"
        )
    off = float(np.abs(image - sample.image).max())
    if not off <= _ONE_GREY_LEVEL:
        raise NotConformingError(f"the image comes back up to {off:.3g} off, more than one grey level of 8 bits")
    if masks.dtype != np.bool_ or masks.shape != sample.masks.shape:
        raise NotConformingError(
            f"the masks come back as {masks.dtype} of {masks.shape}, not bool of {sample.masks.shape}"
        )
    if not np.array_equal(masks, sample.masks):
        raise NotConformingError("the masks come back with other pixels")
