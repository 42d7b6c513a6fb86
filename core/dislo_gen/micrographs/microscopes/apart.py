"""Frames of HDF5 files, read by a process of their own.

The HDF5 library goes round in circles, or ends the whole program, at some files with a single wrong byte. Whatever
it does there, here it costs a sentence: the process is stopped when it does not answer.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np

from dislo_gen.errors import DatasetError
from dislo_gen.extras import require
from dislo_gen.micrographs.facts import Instrument, PixelSize, Values
from dislo_gen.micrographs.microscopes.raw import open_binary
from dislo_gen.micrographs.microscopes.signal_metadata import time_at

PATIENCE = 15.0
"""Longest time that opening a file, or reading one frame, may take, s."""

_MODULE = "dislo_gen.micrographs.microscopes.apart_child"
_MARK = b"\x89HDF\r\n\x1a\n"


def open_emd(path: Path) -> FramesApart:
    """Open the largest picture or stack in an EMD file; the others are named. See `emd.open_here`.

    Raises:
        DatasetError: it is no such file, is broken, holds no picture, one that is too large, or its values lie
            in another file.
        MissingExtraError: h5py is not installed.
    """
    require("h5py", f"Reading {path.suffix.lower()} files", "microscopes")
    file, _ = open_binary(path)
    with file:
        if _MARK not in file.read(1 << 12):
            raise DatasetError("is not a picture that can be read: this is no EMD file, which is one of HDF5")
    return FramesApart(path)


class FramesApart:
    """A `Source` that asks another process."""

    def __init__(self, path: Path) -> None:
        # -P: a folder of strangers' files must not bring modules of its own.
        self._process = subprocess.Popen(  # noqa: S603 - this program, with a path as its only word
            [sys.executable, "-P", "-m", _MODULE, os.path.abspath(path)],  # noqa: PTH100 - keeps bytes that are no UTF-8
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(each for each in sys.path if each)},
            start_new_session=True,
        )
        try:
            about, _ = self._ask(None)
            self.count = int(about["count"])
            self.taken = str(about["taken"])
            self.pixel_size = PixelSize(**about["pixel_size"]) if about["pixel_size"] else None
            self.instrument = Instrument(**about["instrument"])
            self._seconds = about["seconds"]
        except BaseException:
            self.close()
            raise

    def values(self, index: int) -> Values:
        """Read one frame."""
        about, data = self._ask(index)
        return np.frombuffer(data, dtype=np.dtype(about["dtype"])).reshape(about["shape"])

    def time(self, index: int) -> float | None:
        """Return when a frame was taken, s since the first one."""
        return time_at(index, self._seconds, self.count)

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        self._process.wait()

    def _ask(self, index: int | None) -> tuple[dict[str, Any], bytes]:
        """Ask for a frame, or only listen; return what is said and the bytes that follow."""
        patience = threading.Timer(PATIENCE, self._process.kill)
        patience.daemon = True
        patience.start()
        try:
            pipe_in, pipe_out = self._process.stdin, self._process.stdout
            assert pipe_in is not None
            assert pipe_out is not None
            if index is not None:
                pipe_in.write(b"%d\n" % index)
                pipe_in.flush()
            line = pipe_out.readline(1 << 16)
            about = json.loads(line) if line.endswith(b"\n") else None
            data = pipe_out.read(about.get("size", 0)) if about else b""
        except (OSError, ValueError):
            about = None
        finally:
            patience.cancel()
        if about is None or len(data) != about.get("size", 0):
            raise DatasetError("is not a picture that can be read: the HDF5 library broke down at this file")
        if "error" in about:
            raise DatasetError(about["error"])
        return about, data
