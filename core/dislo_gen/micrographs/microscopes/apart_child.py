"""The process that `apart` asks: ``python -m dislo_gen.micrographs.microscopes.apart_child FILE``.

It says what is in the file, in one line of JSON; then it reads numbers of frames, one a line, and answers each
with a line of JSON and the frame's bytes, until nobody asks any more. Where HDF5 hangs and whoever asked is gone,
the system ends it.
"""

from __future__ import annotations

import contextlib
import json
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs

from dislo_gen.micrographs.microscopes.emd import open_here
from dislo_gen.micrographs.microscopes.raw import unreadable

_FAR_TOO_LONG = 60  # s


def main() -> None:
    """Answer until nobody asks any more."""
    try:
        with _bounded():
            frames = open_here(Path(sys.argv[1]))
    except Exception as error:  # HDF5 raises whatever it likes at broken files
        _say({"error": str(unreadable(error))})
        return
    _say(
        {
            "count": frames.count,
            "taken": frames.taken,
            "pixel_size": attrs.asdict(frames.pixel_size) if frames.pixel_size else None,
            "instrument": attrs.asdict(frames.instrument),
            "seconds": frames.seconds,
        }
    )
    for line in sys.stdin.buffer:
        try:
            with _bounded():
                values = frames.values(int(line))
        except Exception as error:  # as above
            _say({"error": str(unreadable(error))})
        else:
            data = values.tobytes()
            _say({"dtype": values.dtype.str, "shape": values.shape, "size": len(data)}, data)


@contextlib.contextmanager
def _bounded() -> Iterator[None]:
    """Let the system end this process if it takes far longer than anybody waits; nothing of ours runs then."""
    alarm = getattr(signal, "alarm", None)  # which Windows does not have
    if alarm is None:
        yield
        return
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    alarm(_FAR_TOO_LONG)
    try:
        yield
    finally:
        alarm(0)


def _say(about: dict[str, Any], data: bytes = b"") -> None:
    sys.stdout.buffer.write(json.dumps(about).encode() + b"\n" + data)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
