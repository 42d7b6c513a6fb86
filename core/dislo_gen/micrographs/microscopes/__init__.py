"""Microscopes' own formats: which there are, and who reads each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from dislo_gen.micrographs.facts import Source
from dislo_gen.micrographs.microscopes import gatan, mrc
from dislo_gen.micrographs.microscopes.apart import open_emd
from dislo_gen.micrographs.microscopes.raw import reason
from dislo_gen.micrographs.microscopes.tia import open_ser
from dislo_gen.micrographs.microscopes.tvips import open_tvips

__all__ = ["READERS", "open_signal", "reason"]

READERS: dict[str, Callable[[Path], Source]] = {
    **dict.fromkeys(gatan.SUFFIXES, gatan.open_dm),
    ".emd": open_emd,
    **dict.fromkeys(mrc.SUFFIXES, mrc.open_mrc),
    ".ser": open_ser,
    ".tvips": open_tvips,
}
"""The reader for each kind of file."""


def open_signal(path: Path) -> Source:
    """Open a microscope's file of frames; frames are read from it one at a time.

    Raises:
        DatasetError: it is broken, too large, or holds no picture.
        MissingExtraError: the library that reads files of this kind is not installed.
        OSError: it cannot be opened.
    """
    return READERS[path.suffix.lower()](path)
