"""Outputs of networks that are kept: lines are found in them anew, and the network need not run again."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import math
import os
import struct
import threading
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dislo_gen import paths
from dislo_gen.errors import DatasetError, LearningError
from dislo_gen.files import Folder
from dislo_gen.users_cache import cache_folder

logger = logging.getLogger("dislo_gen")

FORMAT = 1
"""Another number, and nothing that was kept before is taken for an output."""

VARIABLE = "DISLO_GEN_CACHE_MB"
"""This variable of the environment says how many megabytes are kept at most; 0 keeps nothing."""

DEFAULT_MB = 2000

_HEAD = struct.Struct("<8s3I")
_MAGIC = b"DISLOGEN"
_SUFFIX = ".channels"
_LEVEL = 6
_LEFT = 0.9
"""Once there is too much, so much of what is allowed is left, the most recently used."""
_COUNTED = 0.05
"""What is there is counted again once this part of what is allowed was written: other runs write, too."""


def quantise(probabilities: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return probabilities in steps of 1/255: lines are always found in these, whether they were kept or not."""
    steps: NDArray[np.uint8] = np.rint(probabilities * np.float32(255)).astype(np.uint8)
    return steps


def probabilities_of(channels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the probabilities, 0 to 1, of steps of 1/255."""
    return channels.astype(np.float32) / np.float32(255)


def output_key(part: NDArray[np.float32], *facts: object) -> str:
    """Return the name that an output is kept under.

    Args:
        part: the pixels that are looked at, as they are in the picture; where the picture lies and what it is
            called says nothing.
        facts: all else that decides what the network gives.
    """
    content = hashlib.sha256(repr((FORMAT, part.shape, *facts)).encode())
    content.update(np.ascontiguousarray(part, dtype="<f4").data)
    return content.hexdigest()


class Outputs:
    """A folder of outputs, compressed; if there are too many, those that were not used for longest go.

    Keeping is a convenience: where it fails (no room, no permission), it is said once and left, and what is
    damaged is as if it were not there. Several processes may share a folder.

    Args:
        folder: by default one in the user's cache folder.
        most: how many bytes are kept; by default as `VARIABLE` says, else `DEFAULT_MB`.
    """

    def __init__(self, folder: Path | None = None, most: int | None = None) -> None:
        self.folder = cache_folder("outputs") if folder is None else folder
        self.most = allowed_bytes() if most is None else most
        self._lock = threading.Lock()
        self._uncounted = math.inf
        self._works = self.most > 0

    def get(self, key: str, shape: tuple[int, ...]) -> NDArray[np.uint8] | None:
        """Return an output, (N, H, W) uint8 in steps of 1/255, or None if it is not there, or not whole.

        Args:
            key: its name.
            shape: it must have; no memory is taken for any other.
        """
        if not self.most:
            return None
        path, count = self._path(key), math.prod(shape)
        try:
            data = paths.read_bytes(path, _HEAD.size + _longest(count))
        except DatasetError:
            return None
        if len(data) < _HEAD.size or _HEAD.unpack_from(data) != (_MAGIC, *shape):
            return None
        unpacking = zlib.decompressobj()
        try:
            raw = unpacking.decompress(memoryview(data)[_HEAD.size :], count + 1)
        except zlib.error:
            return None
        if len(raw) != count or not unpacking.eof:
            return None
        with contextlib.suppress(OSError):
            os.utime(path)  # used now
        return np.frombuffer(raw, dtype=np.uint8).reshape(shape)

    def put(self, key: str, channels: NDArray[np.uint8]) -> None:
        """Keep an output, (N, H, W) uint8; if that cannot be done, it is said once."""
        if not self._works:
            return
        packed = zlib.compress(np.ascontiguousarray(channels).data, _LEVEL)
        if 2 * len(packed) > self.most:
            return
        with self._lock:
            try:
                self._make_room(len(packed))
                Folder(self.folder).put(self._path(key).name, _HEAD.pack(_MAGIC, *channels.shape) + packed)
            except DatasetError as error:
                self._works = False
                logger.warning("what the network gives is not kept: %s", error)

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}{_SUFFIX}"

    def _make_room(self, size: int) -> None:
        self._uncounted += size
        if self._uncounted < _COUNTED * self.most:
            return
        self._uncounted = 0
        found = [(there, path) for path in paths.inside(self.folder) if (there := paths.look(path)) is not None]
        total = sum(there.st_size for there, _ in found)
        if total + size <= self.most:
            return
        for there, path in sorted(found, key=lambda each: each[0].st_mtime):
            Folder(self.folder).remove(path.name)
            total -= there.st_size
            if total + size <= _LEFT * self.most:
                break


def _longest(count: int) -> int:
    """Return how many bytes so many can have once they are compressed, at most."""
    return count + count // 1000 + 1024


def allowed_bytes() -> int:
    """Return how much the user lets the cache folder hold, 0 for nothing."""
    text = os.environ.get(VARIABLE, "").strip()
    if not text:
        return DEFAULT_MB * 10**6
    if not (text.isascii() and text.isdecimal() and len(text) <= 9):
        raise LearningError(f"{VARIABLE}={text}: must be how many megabytes are kept at most, 0 for none")
    return int(text) * 10**6
