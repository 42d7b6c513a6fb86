"""Masks as a TIFF: one page of one bit per pixel for each, overlaps kept apart."""

from __future__ import annotations

import io
import zlib

import numpy as np
import tifffile

from dislo_gen.errors import DatasetError
from dislo_gen.interfaces import Masks
from dislo_gen.micrographs.tiff.chain import read_chain

_PLAIN, _DEFLATE = 1, (8, 32946)
_PACKED_MOST = 1500  # no other compression of TIFF makes more bytes of one


def encode_masks(masks: Masks) -> bytes:
    """Return (M, H, W) bool masks, M >= 1, as a TIFF file."""
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, masks, photometric="minisblack", compression="zlib", metadata=None, software=False)
    return buffer.getvalue()


def decode_masks(data: bytes, shape: tuple[int, ...], name: str, count: int | None = None) -> Masks:
    """Return the masks of a TIFF file, (M, H, W) bool.

    Pages are looked at before any is decoded: how many there are, their shapes, and what they unpack to.

    Args:
        data: the file.
        shape: (H, W) that its pages must have.
        name: what to call it in messages.
        count: M that there must be, if that is known.

    Raises:
        DatasetError: it is no such file.
    """
    there = _count_pages(data, name)
    try:
        with tifffile.TiffFile(io.BytesIO(data)) as tiff:
            pages: list[tifffile.TiffPage] = []
            for number in range(there):
                page = tiff.pages[number]
                if not isinstance(page, tifffile.TiffPage) or page.shape != shape:
                    raise DatasetError(f"{name}: a page of {page.shape} px does not fit the image's {shape}")
                if count is not None and len(pages) == count:
                    raise DatasetError(f"{name}: there are more pages than the {count} masks of the record")
                _check_packed(data, page, name)
                pages.append(page)
            if not pages:
                raise DatasetError(f"{name}: cannot be read: there is no page in it")
            if count is not None and len(pages) != count:
                raise DatasetError(f"{name}: there are {len(pages)} pages for the {count} masks of the record")
            masks = np.empty((len(pages), *shape), dtype=np.bool_)
            for mask, page in zip(masks, pages, strict=True):
                mask[...] = page.asarray()
            return masks
    except (DatasetError, MemoryError):
        raise
    except Exception as error:  # decoders raise what they like at what is broken
        raise DatasetError(f"{name}: cannot be read: {type(error).__name__}: {error}") from error


def _count_pages(data: bytes, name: str) -> int:
    """Count pages, which tifffile would do for ever where their list leads back into itself."""
    try:
        return len(read_chain(io.BytesIO(data)).pages)
    except DatasetError as error:
        raise DatasetError(f"{name}: cannot be read: {error}") from error


def _check_packed(data: bytes, page: tifffile.TiffPage, name: str) -> None:
    """Raise a DatasetError if a page unpacks to more than its pixels take."""
    most = 64 * int(np.prod(page.shape)) + 1024  # whatever its depth
    total = 0
    for start, length in zip(page.dataoffsets, page.databytecounts, strict=False):
        if page.compression == _PLAIN:
            total += length
        elif page.compression in _DEFLATE:
            unpacker = zlib.decompressobj()
            total += len(unpacker.decompress(data[start : start + length], most - total + 1))
        else:
            total += _PACKED_MOST * length if _PACKED_MOST * length > 1024**3 else 0
        if total > most:
            raise DatasetError(f"{name}: a page unpacks to more than its {page.shape} px")
