"""Compare the frames that are read of microscopes' files with those that RosettaSciIO reads of them.

``python tests/micrographs/beside_rosettasciio.py [--keep FOLDER] [PLACE ...]``

Places are those of ``strangers.py``, which fetches HyperSpy's test files if there are none. Ends with 1 where a
file is read and RosettaSciIO has no equal picture in it.
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
import warnings
from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
import strangers

from dislo_gen import DatasetError
from dislo_gen.micrographs.values import open_source

READERS = {
    ".dm3": "digitalmicrograph",
    ".dm4": "digitalmicrograph",
    ".emd": "emd",
    ".ser": "tia",
    ".tvips": "tvips",
}
MOST_FRAMES = 40
EQUAL, DIFFERENT, ALONE, REFUSED = "equal", "different", "only here", "refused"


def ours(path: Path) -> list[Any] | None:
    """Return the first frames' values; None if the file is refused."""
    try:
        source = open_source(path)
    except DatasetError:
        return None
    try:
        return [source.values(number) for number in range(min(source.count, MOST_FRAMES))]
    except (DatasetError, ValueError, OSError):
        return None
    finally:
        source.close()


def theirs(path: Path) -> list[Any] | None:
    """Return every signal's values as RosettaSciIO reads them; None if it does not."""
    try:
        signals = import_module(f"rsciio.{READERS[path.suffix.lower()]}").file_reader(str(path), lazy=False)
    except Exception:  # it raises whatever it likes
        return None
    found = [np.asarray(signal["data"]) for signal in signals]
    return [np.stack([d[n] for n in d.dtype.names[:3]], axis=-1) if d.dtype.names else d for d in found]


def is_among(frames: list[Any], signals: list[Any]) -> bool:
    """Say whether one of the signals begins with these frames."""
    for signal in signals:
        shape = frames[0].shape
        if signal.shape[-len(shape) :] == shape:
            stack = signal.reshape(-1, *shape)
            if len(stack) >= len(frames) and all(map(np.array_equal, frames, stack)):
                return True
    return False


def compare(path: Path) -> str:
    """Say how a file's frames compare."""
    frames = ours(path)
    if not frames:
        return REFUSED
    signals = theirs(path)
    if signals is None:
        return ALONE
    return EQUAL if is_among(frames, signals) else DIFFERENT


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("places", nargs="*", type=Path)
    parser.add_argument("--keep", type=Path, help="where what is fetched stays")
    given = parser.parse_args(words)
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as room:
        for place in given.places or strangers.fetch(given.keep or Path(tempfile.mkdtemp(dir=room))):
            for path in strangers.files(place, Path(room)):
                if path.suffix.lower() in READERS:
                    answer = compare(path)
                    counts[answer] += 1
                    if answer == DIFFERENT:
                        print(path.name, file=sys.stderr)
    print(", ".join(f"{counts[answer]} {answer}" for answer in (EQUAL, DIFFERENT, ALONE, REFUSED)))
    return 1 if counts[DIFFERENT] or not counts[EQUAL] else 0


if __name__ == "__main__":
    sys.exit(main())
