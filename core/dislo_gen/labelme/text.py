"""The text of labelme files: UTF-8 mostly, and what editors and old programs made of it."""

from __future__ import annotations

import codecs
import locale
import re
from pathlib import Path
from typing import Any

from dislo_gen import paths
from dislo_gen.errors import DatasetError
from dislo_gen.plain import MAX_FILE_BYTES, parse_json

UTF_8 = "utf-8"
_MARKS = {  # the longer ones first: those of UTF-32 begin as those of UTF-16 do
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_OLD = ("cp1252", "gb18030", "cp932", "big5", "cp949", "cp1251", "cp1250", "latin-1")
"""Encodings in which labelme before version 4 wrote on Windows; the last one reads any bytes."""


def read_plain(path: Path) -> tuple[Any, str]:
    """Read a labelme file's plain data, and tell the encoding it is in.

    Raises:
        DatasetError: it is missing, no file, too large, no text, or not JSON.
    """
    if paths.exists(path) and not paths.is_file(path) and not paths.is_folder(path):
        raise DatasetError(f"{path}: this is not a file that can be read to its end")
    return parse_plain(paths.read_bytes(path, MAX_FILE_BYTES), path)


def parse_plain(data: bytes, path: Path) -> tuple[Any, str]:
    """Parse what a labelme file holds; see `read_plain`."""
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            try:
                return parse_json(data.decode(encoding), path), encoding
            except UnicodeDecodeError:
                raise _no_text(path) from None
    if b"\0" in data[:4]:  # without a mark; what begins a JSON text is ASCII
        for encoding in ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be"):
            try:
                return parse_json(data.decode(encoding), path), encoding[:6]
            except (UnicodeDecodeError, DatasetError):
                continue
    try:
        return parse_json(data.decode("utf-8-sig"), path), UTF_8
    except UnicodeDecodeError:
        return _guessed(data, path)


def _guessed(data: bytes, path: Path) -> tuple[Any, str]:
    """Read a text of an unknown encoding: of those that give JSON, the one by which the picture is found."""
    found: list[tuple[Any, str]] = []
    for encoding in dict.fromkeys((locale.getpreferredencoding(do_setlocale=False), *_OLD)):
        try:
            plain = parse_json(data.decode(encoding), path)
        except (UnicodeError, LookupError, DatasetError):
            continue
        found.append((plain, encoding))
        if _picture_is_beside(plain, path):
            return found[-1]
    if not found:
        raise _no_text(path)
    return found[0]


def _picture_is_beside(plain: Any, path: Path) -> bool:
    named = plain.get("imagePath") if isinstance(plain, dict) else None
    if not isinstance(named, str):
        return False
    *_, name = re.split(r"[/\\]|^[A-Za-z]:", named)
    try:
        return bool(name) and any(
            paths.is_file(folder / name) for folder in (path.parent, path.parent / ".." / "images")
        )
    except DatasetError:
        return False


def _no_text(path: Path) -> DatasetError:
    return DatasetError(f"{path}: this is not a UTF-8 text")
