"""The process that `apart` asks: ``python -m dislo_gen.micrographs.microscopes.apart_child FILE``.

It says what is in the file, in one line of JSON; then it reads numbers of frames, one a line, and answers each
with a line of JSON and the frame's bytes, until nobody asks any more.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import attrs

from dislo_gen.micrographs.microscopes.emd import open_here
from dislo_gen.micrographs.microscopes.raw import unreadable


def main() -> None:
    """Answer until nobody asks any more."""
    try:
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
            values = frames.values(int(line))
        except Exception as error:  # as above
            _say({"error": str(unreadable(error))})
        else:
            data = values.tobytes()
            _say({"dtype": values.dtype.str, "shape": values.shape, "size": len(data)}, data)


def _say(about: dict[str, Any], data: bytes = b"") -> None:
    sys.stdout.buffer.write(json.dumps(about).encode() + b"\n" + data)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
