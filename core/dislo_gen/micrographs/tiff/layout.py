"""Which of a TIFF file's pages and planes are the frames of its film."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import attrs
import tifffile

from dislo_gen.errors import DatasetError
from dislo_gen.micrographs.tiff.chain import MAX_PAGES, Chain, Page
from dislo_gen.micrographs.tiff.ome import OmeFilm, read_ome


@attrs.frozen
class Layout:
    """The frames of a film.

    Attributes:
        frames: for each its page's number in the chain or, in a file of one page that many planes lie behind, its
            plane's number.
        moments: for each the number of its moment in time; empty if the file does not tell frames from slices.
        planes: planes lie behind the first page's pixels, without pages of their own.
        taken: what is left out or done, as clauses for people.
        ome: what an OME file says of the film.
    """

    frames: Sequence[int]
    moments: Sequence[int] = ()
    planes: bool = False
    taken: tuple[str, ...] = ()
    ome: OmeFilm | None = None


def find_frames(tiff: tifffile.TiffFile, chain: Chain, size: int) -> Layout:
    """Find the frames of a film.

    Args:
        tiff: the open file; only the head of its first page is looked at.
        chain: its pages.
        size: of the file, bytes.
    """
    taken: list[str] = []
    declared = _declared_planes(tiff)
    first: Any = tiff.pages[0]
    if declared > 1 and len(chain.pages) == 1 and _is_plain(first):
        there = (size - int(first.dataoffsets[0])) // max(1, _plane_bytes(first))
        if there < declared:
            taken.append(f"it says that it holds {declared} pictures, and breaks off after {there}")
        layout = Layout(range(min(declared, there, MAX_PAGES)), planes=True)
    else:
        layout = _pages_of_one_size(chain.pages)
        if chain.breaks_off:
            taken.append(f"its list of pages breaks off after {len(chain.pages)}")
    layout = _of_one_channel(tiff, layout)
    if not layout.frames:
        raise DatasetError("breaks off before the end of its first picture")
    return attrs.evolve(layout, taken=(*taken, *layout.taken))


def _declared_planes(tiff: tifffile.TiffFile) -> int:
    """Return how many pictures the file says it holds, whatever number of pages it has; 1 if it does not say."""
    first: Any = tiff.pages[0]
    if tiff.is_imagej:
        return whole((tiff.imagej_metadata or {}).get("images"))
    if tiff.is_stk and 33629 in first.tags:
        return whole(first.tags[33629].count)
    if tiff.is_shaped:
        shape = (tiff.shaped_metadata or ({},))[0].get("shape")
        if isinstance(shape, (list, tuple)) and all(isinstance(n, int) and 0 < n < 2**31 for n in shape):
            pixels = 1
            for length in shape:
                pixels = min(pixels * length, 2**62)
            return max(1, pixels // max(1, tifffile.product(first.shape)))
    return 1


def _is_plain(page: Any) -> bool:
    return (
        page.dtype is not None
        and page.compression == 1
        and page.predictor == 1
        and page.fillorder == 1
        and page.bitspersample in (8, 16, 32, 64)
        and len(page.dataoffsets) > 0
        and 0 not in page.shape
        and page.is_contiguous
    )


def _plane_bytes(page: Any) -> int:
    return int(tifffile.product(page.shape)) * int(page.dtype.itemsize)


def _pages_of_one_size(pages: list[Page]) -> Layout:
    """Leave out previews, masks, and pages of another size or depth than most of the file's pixels are in."""
    numbered = [(n, page) for n, page in enumerate(pages) if not page.aside] or list(enumerate(pages))
    sizes = Counter((page.width, page.height) for _, page in numbered)
    size = max(sizes, key=lambda of: of[0] * of[1] * sizes[of])  # the first of equals
    of_size = [(n, page) for n, page in numbered if (page.width, page.height) == size]
    depths = Counter((page.samples, page.bits) for _, page in of_size)
    # Of as many in two depths the deeper ones are the picture, the others what was made of it to look at.
    depth = max(depths, key=lambda of: (depths[of], of[1] or 8))
    frames = [n for n, page in of_size if (page.samples, page.bits) == depth]
    taken: tuple[str, ...] = ()
    for count, which in (
        (len(numbered) - len(of_size), f"size than {size[0]} x {size[1]} px"),
        (
            len(of_size) - len(frames),
            "depth or colours than the others" if len(frames) > 1 else "depth or colours",
        ),
    ):
        if count:
            taken += (f"{'a page' if count == 1 else f'{count} pages'} of another {which} left out",)
    return Layout(frames, taken=taken)


def _of_one_channel(tiff: tifffile.TiffFile, layout: Layout) -> Layout:
    if tiff.is_imagej:
        said = tiff.imagej_metadata or {}
        channels, slices, moments = (whole(said.get(key)) for key in ("channels", "slices", "frames"))
        if channels > 1 and slices * moments == 1 and said.get("mode") not in ("composite", "color"):
            # A stack that nobody told what its third axis is; written so by scripts, seldom by a colour camera.
            return layout
        return _chosen(layout, channels, slices, moments)
    if tiff.is_ome:
        ome = read_ome(tiff.ome_metadata)
        if ome is not None:
            return _of_ome(layout, ome)
    return layout


def _chosen(layout: Layout, channels: int, slices: int, moments: int) -> Layout:
    """Take the first channel of pictures that are written channel by channel, then slice by slice."""
    frames, taken = layout.frames, layout.taken
    if channels > 1:
        frames = frames[::channels]
        taken = (*taken, f"the first of its {channels} channels is taken")
    through = slices if moments > 1 else 1  # a film is often written as slices
    return attrs.evolve(layout, frames=frames, taken=taken, moments=[n // through for n in range(len(frames))])


def _of_ome(layout: Layout, ome: OmeFilm) -> Layout:
    taken = layout.taken
    if ome.images > 1:
        taken = (*taken, f"the first of its {ome.images} series is taken")
    if ome.channels > 1:
        taken = (*taken, f"the first of its {ome.channels} channels is taken")
    there = set(layout.frames)
    placed = [(page, moment) for page, moment in ome.pages if page in there]
    if not placed:
        return attrs.evolve(layout, ome=ome)
    frames, moments = [page for page, _ in placed], [moment for _, moment in placed]
    return attrs.evolve(layout, frames=frames, moments=moments, taken=taken, ome=ome)


def whole(value: object) -> int:
    """Return a count that a file gives; 1 where it gives none that can be one."""
    return value if isinstance(value, int) and 1 <= value < 2**31 else 1
