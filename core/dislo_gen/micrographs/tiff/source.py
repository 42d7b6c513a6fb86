"""TIFF files, of one picture or of a film of many."""

from __future__ import annotations

import os
from importlib.util import find_spec
from typing import Any, BinaryIO

import numpy as np
import tifffile
from PIL import Image as PillowImage

from dislo_gen.errors import DatasetError, MissingExtraError
from dislo_gen.micrographs.facts import Values
from dislo_gen.micrographs.limits import check_bytes, check_pixels
from dislo_gen.micrographs.orientation import UPRIGHT, turned, turned_size
from dislo_gen.micrographs.quiet import quiet
from dislo_gen.micrographs.tiff import colours
from dislo_gen.micrographs.tiff.chain import read_chain
from dislo_gen.micrographs.tiff.facts import frame_times, instrument_of, pixel_size_of
from dislo_gen.micrographs.tiff.layout import find_frames
from dislo_gen.micrographs.tiff.segments import PACKBITS, check_segments, has_imagecodecs

_JPEG = 7
_ORIENTATION, _MAX_SAMPLES = 274, 64
_THREE_BYTES = 24  # bits
_PILLOW_DEPTHS = (
    (1, 1),
    (1, 8),
    (1, 12),
    (1, 16),
    (3, 8),
    (4, 8),
)  # samples and bits that Pillow gives as they are


class TiffFilm:
    """An open TIFF file; a `Source`.

    Args:
        file: open for reading, and closed with the film.
        turn: turn pictures as the file says.
    """

    def __init__(self, file: BinaryIO, turn: bool = True) -> None:
        self._file = file
        self._size = file.seek(0, os.SEEK_END)
        self._turn = turn
        with quiet():
            self._chain = read_chain(file)
            file.seek(0)
            self._tiff = tifffile.TiffFile(file, name="picture", _multifile=False)
            first: Any = self._tiff.pages[0]
            self._layout = find_frames(self._tiff, self._chain, self._size)
            page = first if self._layout.planes else self._page(self._layout.frames[0])
            self.count = len(self._layout.frames)
            self.pixel_size = turned_size(
                pixel_size_of(self._tiff, page, self._layout.ome), self._orientation(page)
            )
            self.instrument = instrument_of(self._tiff, page)
            self._times = frame_times(self._tiff, self._layout)
            others = colours.samples_left_out(page)
        self.taken = "; ".join((*self._layout.taken, *others))

    def values(self, index: int) -> Values:
        """Decode one frame."""
        place = self._layout.frames[index]
        with quiet():
            if self._layout.planes:
                page: Any = self._tiff.pages[0]
                check_page(page)
                samples = self._plane(page, place)
            else:
                page = self._page(place)
                check_page(page)
                check_segments(page, self._file, self._size)
                slowly = page.compression == PACKBITS and not has_imagecodecs()
                if slowly or (colours.photometric(page) == colours.YCBCR and page.compression != _JPEG):
                    return self._with_pillow(place, page)
                try:
                    samples = np.asarray(page.asarray(maxworkers=1))
                except (ValueError, NotImplementedError, ImportError) as error:
                    if not isinstance(error, ImportError) and "imagecodecs" not in str(error):
                        raise
                    return self._with_pillow(place, page)
                if page.bitspersample == _THREE_BYTES and samples.dtype == np.uint32:
                    samples = _in_order(samples, self._tiff.byteorder)
            return turned(colours.picture(page, samples), self._orientation(page))

    def time(self, index: int) -> float | None:
        """Return when a frame was taken, s since the first one."""
        return self._times(index)

    def close(self) -> None:
        """Close the file."""
        self._tiff.close()
        self._file.close()

    def _page(self, place: int) -> Any:
        """Read the head of a page where the chain says that it is: tifffile's own search may not end."""
        self._file.seek(self._chain.pages[place].offset)
        return tifffile.TiffPage(self._tiff, index=place)

    def _orientation(self, page: Any) -> int:
        value = page.tags.valueof(_ORIENTATION)
        return value if self._turn and isinstance(value, int) else UPRIGHT

    def _plane(self, page: Any, place: int) -> Values:
        size = int(tifffile.product(page.shape)) * int(page.dtype.itemsize)
        self._file.seek(int(page.dataoffsets[0]) + place * size)
        data = self._file.read(size)
        if len(data) < size:
            raise DatasetError("breaks off before the end of this picture")
        dtype = page.dtype.newbyteorder(self._tiff.byteorder)
        return np.frombuffer(data, dtype).reshape(page.shape).astype(page.dtype)

    def _with_pillow(self, place: int, page: Any) -> Values:
        """Decode a page of a kind that tifffile leaves to a library that is not installed; Pillow has its own."""
        kind, bits = colours.photometric(page), page.bitspersample
        shown = kind in (colours.YCBCR, colours.PALETTE, colours.CMYK)
        plain = (page.samplesperpixel, bits) in _PILLOW_DEPTHS
        self._file.seek(0)
        try:
            if not (shown or plain):
                raise ValueError(f"{bits} bits, {page.samplesperpixel} samples")
            with PillowImage.open(self._file, formats=("TIFF",)) as opened:
                opened.seek(place)
                if sorted(opened.size) != sorted((page.imagewidth, page.imagelength)):
                    raise ValueError("another size")
                orientation = opened.getexif().get(_ORIENTATION, UPRIGHT)
                values = np.asarray(
                    opened if opened.mode in ("L", "I;16", "I;16B", "I", "F") else opened.convert("RGB")
                )
        except (OSError, ValueError, SyntaxError) as error:
            if find_spec("imagecodecs"):
                raise
            raise MissingExtraError(
                f"Reading TIFF pictures of this kind (Compression {page.compression!s}, {bits} bits) needs "
                f"imagecodecs, which is not installed: pip install 'dislo-gen[microscopes]'"
            ) from error
        # Pillow turns a picture while it loads it, and inverts eight bits, but not more.
        if kind == colours.WHITE_IS_ZERO and values.dtype.itemsize > 1 and values.dtype.kind == "u":
            values = values.dtype.type(2**bits - 1) - values
        return values if self._turn or orientation == UPRIGHT else turned(values, _BACK.get(orientation, UPRIGHT))


def _in_order(samples: Values, byteorder: str) -> Values:
    """Return numbers of three bytes as they are: tifffile unpacks them from the other end in either order."""
    swapped = samples.byteswap().astype(np.uint32)
    return swapped if byteorder == ">" else swapped >> np.uint32(8)


_BACK = {2: 2, 3: 3, 4: 4, 5: 5, 6: 8, 7: 7, 8: 6}


def check_page(page: Any) -> None:
    """Raise a DatasetError if a page is too large, or of a kind that no picture is made of."""
    check_pixels(int(page.imagewidth), int(page.imagelength))
    if page.imagedepth != 1:
        raise DatasetError("its pages are volumes, which are not read; write every slice as a page of its own")
    if not 1 <= page.samplesperpixel <= _MAX_SAMPLES:
        raise DatasetError(f"has {page.samplesperpixel} samples a pixel; up to {_MAX_SAMPLES} are read")
    colours.check_kind(page)
    check_bytes(page.imagewidth * page.imagelength * page.samplesperpixel * page.dtype.itemsize)
    if page.is_tiled:
        check_bytes(page.tilewidth * page.tilelength * page.samplesperpixel * page.dtype.itemsize)
