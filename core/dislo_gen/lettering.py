"""Words in pictures: a font that comes with Pillow, and texts cut to what fits and what it has signs for."""

from __future__ import annotations

import functools
import unicodedata

from PIL import ImageDraw, ImageFont

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
Colour = int | tuple[int, int, int]

_REPLACED = {"\u2013": "-", "\u2014": "-", "\u2212": "-", "×": "x", "·": "*", "µ": "u", "≤": "<=", "≥": ">="}


@functools.cache
def font_of(size: int) -> Font:
    """Return the font at this size in px."""
    return ImageFont.load_default(size=size)


def write_line(
    pen: ImageDraw.ImageDraw, place: tuple[int, int], text: str, size: int, colour: Colour, width: int
) -> int:
    """Write one line, cut short where it is too long; return how wide it is, px."""
    font = font_of(size)
    text = fitting(text, font, width)
    pen.text(place, text, fill=colour, font=font)
    return round(font.getlength(text))


def fitting(text: str, font: Font, width: float) -> str:
    """Return a text as it can be drawn in this width, px, cut short where it is too long."""
    text = drawable(text, font)
    if font.getlength(text) > width:
        while text and font.getlength(f"{text}…") > width:
            text = text[:-1].rstrip(" ,;:")
        text = f"{text}…"
    return text


def wrapped(text: str, font: Font, width: int) -> list[str]:
    """Break a text into lines of this width, px."""
    lines: list[str] = []
    for word in text.split():
        if lines and font.getlength(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def drawable(text: str, font: Font) -> str:
    """Replace what the font has no sign for, so that no empty boxes stand in the picture."""
    missing = _glyph(font, "\uffff")
    return "".join(
        sign if sign == " " or _glyph(font, sign) != missing else _in_plain_letters(sign)
        for sign in " ".join(text.split())
    )


@functools.lru_cache(maxsize=1024)
def _glyph(font: Font, sign: str) -> tuple[tuple[int, int], bytes]:
    mask = font.getmask(sign)
    return mask.size, bytes(mask)


def _in_plain_letters(sign: str) -> str:
    name = unicodedata.name(sign, "").split()
    if name[:1] == ["GREEK"] and "LETTER" in name:
        return name[name.index("LETTER") + 1].lower()
    plain = unicodedata.normalize("NFKD", sign).encode("ascii", "ignore").decode()
    return _REPLACED.get(sign) or plain or "?"
