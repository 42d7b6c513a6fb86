"""Read strangers' files, and say how many of each kind work.

``python tests/micrographs/strangers.py [--keep FOLDER] [--verbose] [PLACE ...]``

A place is a folder, or an archive (wheel, zip, tar.gz). Without any, the test files of two packages are fetched
with pip: those that RosettaSciIO's tests grew from (HyperSpy 1.7.6 is the last release that carries them; those of
RosettaSciIO hold none), and Pillow's odd and broken pictures. Every file whose name ends as a picture's is opened,
and its frames are read. A sentence is a right answer; a traceback, or more than 20 s, is not: then it ends with 1.
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
import traceback
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from dislo_gen import DatasetError, MissingExtraError, open_film
from dislo_gen.micrographs import SUFFIXES

WHEEL = ("--only-binary", ":all:", "--python-version", "3.11", "--abi", "cp311", "--implementation", "cp")
PACKAGES = [
    ("hyperspy==1.7.6", (*WHEEL, "--platform", "manylinux_2_17_x86_64")),
    ("pillow==11.3.0", ("--no-binary", ":all:")),
]
PATIENCE, MOST_FRAMES, LARGEST = 20, 40, 1 << 28
LATE = f"more than {PATIENCE} s"
READ, REFUSED, FAILED = "read", "refused", "traceback"


def fetch(folder: Path) -> list[Path]:
    """Fetch the packages' archives, those that are not there already."""
    for package, words in PACKAGES:
        if not any(folder.glob(f"{package.partition('==')[0]}-*")):
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", *words]
            subprocess.run([*command, "--dest", str(folder), package], check=True, stderr=subprocess.DEVNULL)
    return sorted(path for path in folder.iterdir() if path.name.endswith((".whl", ".tar.gz", ".zip")))


def files(place: Path, room: Path) -> Iterator[Path]:
    """Yield the picture files in a folder or archive; archives, also those inside, are unpacked into a room."""
    if place.is_dir():
        for path in sorted(place.rglob("*")):
            if path.suffix.lower() in SUFFIXES and path.is_file():
                yield path
            elif path.suffix.lower() == ".zip":
                yield from files(path, room)
        return
    inside = Path(tempfile.mkdtemp(dir=room))
    if place.name.endswith((".tar.gz", ".tgz")):
        with tarfile.open(place) as tar:
            members = [each for each in tar if each.isfile() and is_wanted(each.name, each.size)]
            tar.extractall(inside, members, filter="data")
    else:
        with zipfile.ZipFile(place) as archive:
            wanted = [each for each in archive.infolist() if is_wanted(each.filename, each.file_size)]
            archive.extractall(inside, wanted)
    yield from files(inside, room)


def is_wanted(name: str, size: int) -> bool:
    if name.startswith("hyperspy/") and "/tests/io/" not in name:  # pages of its guide
        return False
    return size < LARGEST and Path(name).suffix.lower() in (*SUFFIXES, ".zip")


def look(path: Path) -> tuple[str, str]:
    """Read a file's frames; return what came of it, and the sentence or the traceback."""

    def late(*_: object) -> None:
        raise TimeoutError(LATE)

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(PATIENCE)
    broken: list[str] = []
    try:
        with open_film(path) as film:
            count = min(film.count, MOST_FRAMES)
            read = sum(1 for _ in film.frames(range(count), broken=lambda _, error: broken.append(str(error))))
        late_ones = [sentence for sentence in broken if LATE in sentence]
        if late_ones:
            return FAILED, late_ones[0]
        return (READ, "") if read else (REFUSED, broken[0] if broken else "no frame")
    except (DatasetError, MissingExtraError) as error:
        is_sentence = "\n" not in str(error) and LATE not in str(error)
        return (REFUSED if is_sentence else FAILED), str(error)
    except BaseException:
        return FAILED, traceback.format_exc()
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("places", nargs="*", type=Path)
    parser.add_argument("--keep", type=Path, help="where what is fetched stays")
    parser.add_argument("--verbose", action="store_true", help="print every sentence")
    given = parser.parse_args(words)
    began = time.monotonic()
    warnings.simplefilter("error")
    logging.getLogger("dislo_gen").setLevel(logging.DEBUG if given.verbose else logging.ERROR)
    with contextlib.ExitStack() as stack:
        room = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        if given.keep:
            given.keep.mkdir(parents=True, exist_ok=True)
        places = given.places or fetch(given.keep or Path(stack.enter_context(tempfile.TemporaryDirectory())))
        counts: Counter[tuple[str, str]] = Counter()
        failures = []
        for place in places:
            for path in files(place, room):
                answer, text = look(path)
                counts[path.suffix.lower(), answer] += 1
                if answer == FAILED:
                    failures.append(f"{path}: {text}")
                elif text and given.verbose:
                    print(text)
    kinds = sorted({kind for kind, _ in counts})
    print(f"{'':8}{READ:>10}{REFUSED:>10}{FAILED:>12}")
    for kind in [*kinds, "all"]:
        of_kind = [(answer, n) for (each, answer), n in counts.items() if kind in (each, "all")]
        read, refused, failed = (
            sum(n for each, n in of_kind if each == answer) for answer in (READ, REFUSED, FAILED)
        )
        print(f"{kind:8}{read:>10}{refused:>10}{failed:>12}")
    print(f"{time.monotonic() - began:.0f} s")
    for failure in failures:
        print(failure, file=sys.stderr)
    return 1 if failures or not counts else 0


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    sys.exit(main())
