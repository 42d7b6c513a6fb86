"""A film of overlays: a predicted film's frames, each as it is and with its lines beside it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dislo_gen.errors import DatasetError
from dislo_gen.extras import require
from dislo_gen.files import Folder
from dislo_gen.paths import why
from dislo_gen.predictions.drawing import draw_record
from dislo_gen.predictions.reading import read_image
from dislo_gen.predictions.records import read_record

RATE = 10
"""Frames in a second."""

_LARGEST = (957, 1050)  # so that both, and what is written below them, fit a screen of 1920 x 1080 px
_ENCODERS = {"libx264": {"crf": "23", "preset": "veryfast"}, "libopenh264": {"b": "8M"}, "mpeg4": {"b": "8M"}}
_THREADS = 2


def draw_film(folder: Folder, names: Sequence[str], path: Path, progress: Callable[[int, int], object]) -> int:
    """Draw a film of overlays into a file, frame by frame, MP4; return how many frames it has.

    Args:
        folder: of the predictions.
        names: of the film's frames, in order. Those that cannot be read are passed over.
        path: of the file.
        progress: called with (done, all).

    Raises:
        MissingExtraError: PyAV is not installed.
        DatasetError: the encoder fails.
        OSError: the file cannot be written.
    """
    av = require("av", "Drawing a film", "films")
    pictures = _pictures(folder, names, progress)
    first = next(pictures, None)
    if first is None:
        return 0
    try:
        # FFmpeg would take a colon in a path for a protocol's.
        with path.open("w+b") as file, av.open(file, "w", format="mp4") as container:
            return _encode(av, container, itertools.chain([first], pictures), first.shape)
    except av.error.FFmpegError as error:
        if isinstance(error, OSError):
            raise
        raise DatasetError(f"{path.parent}: the film of overlays cannot be made: {why(error)}") from error


def _encode(av: Any, container: Any, pictures: Iterable[NDArray[np.uint8]], shape: tuple[int, ...]) -> int:
    """Encode pictures of this shape, passing over any of another; return how many there are."""
    name = next(name for name in _ENCODERS if name in av.codecs_available)
    stream = container.add_stream(name, rate=RATE, options=_ENCODERS[name])
    stream.height, stream.width, stream.pix_fmt = *shape[:2], "yuv420p"
    stream.codec_context.thread_count = _THREADS
    count = 0
    for picture in pictures:
        if picture.shape == shape:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
            count += 1
    container.mux(stream.encode())
    return count


def _pictures(
    folder: Folder, names: Sequence[str], progress: Callable[[int, int], object]
) -> Iterator[NDArray[np.uint8]]:
    """Yield each frame's picture, its sides even numbers, as the encoder needs them."""
    for done, name in enumerate(names, start=1):
        try:
            record, image = read_record(folder, name), read_image(folder, name)
        except DatasetError:  # removed or damaged: that is for others to say
            continue
        picture = draw_record(record, image, largest=_LARGEST, brief=True)
        odd = [(0, side % 2) for side in picture.shape[:2]]
        yield np.ascontiguousarray(np.pad(picture, (*odd, (0, 0)), constant_values=255))
        progress(done, len(names))
