"""The inputs that were findings once; each is fed again with every run of the tests.

A file's name says the valid files it was made from and its own checksum: ``corpus/TARGET/SEED--CHECKSUM.SUFFIX``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

from fuzzing.farm import Farm, Fed

CORPUS = Path(__file__).parents[1] / "corpus"
LARGEST = 20_000
"""Bytes that a kept file may have."""
_TRIES = 80


def kept() -> Iterator[tuple[str, str, Path]]:
    """Yield target, seed and file of every input that is kept."""
    for path in sorted(CORPUS.glob("*/*--*")):
        yield path.parent.name, path.name.partition("--")[0], path


def keep(farm: Farm, found: Fed) -> Path:
    """Put an input into the corpus, made smaller if it is large, and return its file."""
    data = smaller(found.data, lambda data: _same(farm, found, data)) if len(found.data) > LARGEST else found.data
    checksum = hashlib.sha256(data).hexdigest()[:10]
    path = CORPUS / found.target / f"{found.seed}--{checksum}{found.suffix}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def _same(farm: Farm, found: Fed, data: bytes) -> bool:
    again = farm.feed(found.target, seed=found.seed, data=data)
    return again.verdict.signature == found.verdict.signature


def smaller(data: bytes, is_found: Callable[[bytes], bool]) -> bytes:
    """Return part of a file that is as good: pieces are cut out as long as it is."""
    size, tries = len(data) // 2, 0
    while size >= 64 and tries < _TRIES:
        at, shrunk = len(data), False
        while at > 0 and tries < _TRIES:
            at = max(0, at - size)
            candidate = data[:at] + data[at + size :]
            tries += 1
            if is_found(candidate):
                data, shrunk = candidate, True
        size = size if shrunk and size < len(data) else size // 2
    return data
