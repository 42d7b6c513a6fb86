"""From the samples of a TIFF page to the picture that every viewer shows."""

from __future__ import annotations

from typing import Any

import numpy as np
import tifffile
from numpy.typing import NDArray

from dislo_gen.errors import DatasetError
from dislo_gen.micrographs.facts import Values
from dislo_gen.micrographs.pictures.transparency import without, without_transparent

WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, PALETTE, MASK, CMYK, YCBCR = range(7)
CIE_LAB, ICC_LAB, ITU_LAB, LINEAR_RAW = 8, 9, 10, 34892
FAX = (2, 3, 4)
_COLOURS = {RGB: 3, CMYK: 4, YCBCR: 3, CIE_LAB: 3, ICC_LAB: 3, ITU_LAB: 3}
_OTHERS = {32803: "colour filter array", 32844: "LogL", 32845: "LogLuv"}
_PREMULTIPLIED, _BESIDE = 1, 2  # ExtraSamples: alpha that colours were multiplied by, and alpha they were not
_ALPHA = (_PREMULTIPLIED, _BESIDE)
_INKS, _CMYK_INKS = 332, 1
_PHOTOMETRIC, _NODATA = 262, 42113


def photometric(page: tifffile.TiffPage) -> int:
    """Return what the samples of a page mean; where the file does not say, what its writer most likely meant."""
    if _PHOTOMETRIC in page.tags:
        return int(page.photometric)
    if page.compression in FAX:
        return WHITE_IS_ZERO
    return RGB if page.samplesperpixel in (3, 4) else BLACK_IS_ZERO


def check_kind(page: tifffile.TiffPage) -> None:
    """Raise a DatasetError if the samples of a page are of a kind that no picture is made of here."""
    kind = photometric(page)
    if page.dtype is None or page.dtype.kind not in "buif":
        raise DatasetError(
            f"its samples are of a kind that is not read (SampleFormat {int_or_text(page.sampleformat)}, "
            f"{page.bitspersample} bits); whole or floating point numbers are"
        )
    if kind not in (WHITE_IS_ZERO, BLACK_IS_ZERO, PALETTE, MASK, LINEAR_RAW, *_COLOURS):
        name = _OTHERS.get(kind, kind)
        raise DatasetError(
            f"pictures of this kind are not read (PhotometricInterpretation {name}); grey and RGB are"
        )
    if page.samplesperpixel < _COLOURS.get(kind, 1):
        raise DatasetError(f"says that it has colours, and has {page.samplesperpixel} samples a pixel")
    inks = page.tags.get(_INKS)
    if kind == CMYK and inks is not None and inks.value != _CMYK_INKS:
        raise DatasetError("has inks other than cyan, magenta, yellow and black, of which no picture is made here")


def samples_left_out(page: tifffile.TiffPage) -> tuple[str, ...]:
    """Return a clause for people where a pixel has numbers besides its grey value or colours."""
    used = _COLOURS.get(photometric(page), 1)
    others = [meaning for meaning in page.extrasamples if meaning not in _ALPHA]
    if not others or photometric(page) == LINEAR_RAW:
        return ()
    first = "the first" if used == 1 else f"the first {used}"
    return (f"{first} of its {page.samplesperpixel} numbers a pixel {'is' if used == 1 else 'are'} taken",)


def int_or_text(value: object) -> object:
    """Return a number that a file gives as it is, and several as a text."""
    return int(value) if isinstance(value, int) else str(value)


def picture(page: tifffile.TiffPage, samples: Values) -> Values:
    """Return the picture that a page shows.

    Args:
        page: its head.
        samples: what is stored: (H, W), (H, W, samples) or, in planes, (samples, H, W).

    Returns:
        (H, W) or (H, W, 3); NaN where the file says that there is no value, and where it is fully transparent.
    """
    if samples.ndim == 3 and page.planarconfig == 2:
        samples = np.moveaxis(samples, 0, -1)
    if samples.ndim == 2:
        samples = samples[..., None]
    kind = photometric(page)
    used = _COLOURS.get(kind, 3 if kind == LINEAR_RAW and page.samplesperpixel >= 3 else 1)
    values, others = samples[..., :used], samples[..., used:]
    nothing = _without_value(page, values)
    values = _shown(page, kind, values)
    if nothing is not None:
        values = without(values, nothing)
    for place, meaning in enumerate(page.extrasamples[: others.shape[-1]]):
        if meaning in _ALPHA:
            alpha = others[..., place]
            return without_transparent(_as_opaque(values, alpha) if meaning == _PREMULTIPLIED else values, alpha)
    return values


def _shown(page: tifffile.TiffPage, kind: int, values: Values) -> Values:
    if kind == PALETTE:
        return _coloured(page, values[..., 0])
    bits = page.bitspersample if isinstance(page.bitspersample, int) else 8
    values = _to_eight_bits(values, bits)
    bits = max(8, bits)
    if kind == WHITE_IS_ZERO:
        values = _inverted(values, bits)
    elif kind == CMYK:
        values = _from_inks(values, bits)
    elif kind in (CIE_LAB, ICC_LAB, ITU_LAB):
        values = _from_lab(values, kind == CIE_LAB)
    return values[..., 0] if values.shape[-1] == 1 else values


def _to_eight_bits(values: NDArray[Any], bits: int) -> NDArray[Any]:
    """Return samples of fewer than eight bits as such of eight, black and white as they were."""
    if values.dtype == np.bool_:
        return values.astype(np.uint8) * np.uint8(255)
    if bits < 8 and values.dtype == np.uint8:
        top = 2**bits - 1
        return np.asarray((values.astype(np.uint16) * 255 + top // 2) // top).astype(np.uint8)
    return values


def _inverted(values: NDArray[Any], bits: int) -> NDArray[Any]:
    if values.dtype.kind == "u":
        return np.asarray(values.dtype.type(2**bits - 1) - values)
    return np.asarray(~values if values.dtype.kind == "i" else -values)


def _as_opaque(values: NDArray[Any], alpha: NDArray[Any]) -> NDArray[Any]:
    """Return what colours were before they were multiplied by alpha."""
    if values.dtype.kind not in "uf" or values.dtype != alpha.dtype or not alpha.any():
        return values
    top = np.iinfo(alpha.dtype).max if alpha.dtype.kind == "u" else 1
    if (alpha == top).all():
        return values
    share = np.where(alpha == 0, top, alpha).astype(np.float64) / top
    opaque = values / (share if values.ndim == 2 else share[..., None])
    return (np.round(opaque.clip(0, top)) if alpha.dtype.kind == "u" else opaque).astype(values.dtype)


def _coloured(page: tifffile.TiffPage, index: Values) -> Values:
    table = page.colormap
    if table is None or table.ndim != 2 or table.shape[0] != 3 or index.dtype.kind not in "bu":
        raise DatasetError("has colours from a palette, and no palette")
    palette = table.T  # (entries, 3) uint16; some writers put eight bits into it
    colours = (palette >> 8 if palette.max(initial=0) > 255 else palette).astype(np.uint8)
    shown: NDArray[np.uint8] = colours[np.minimum(index.astype(np.int64), len(colours) - 1)]
    return shown


def _from_inks(values: Values, bits: int) -> Values:
    if values.dtype.kind != "u":
        raise DatasetError("has inks that are no whole numbers from 0, of which no picture is made here")
    top = np.float32(2**bits - 1)
    paper = 1 - values.astype(np.float32) / top
    return np.round(paper[..., :3] * paper[..., 3:] * top).astype(values.dtype)


def _from_lab(values: Values, signed: bool) -> Values:
    from skimage.color import lab2rgb

    if values.dtype not in (np.uint8, np.uint16, np.int8, np.int16):
        raise DatasetError("has Lab colours of more than 16 bits, which are not read")
    deep = values.dtype.itemsize == 2
    stored = values.view(np.uint16 if deep else np.uint8)
    lightness = stored[..., 0].astype(np.float32) * np.float32(100 / (65535 if deep else 255))
    step = 256 if deep else 1
    if signed:
        hues = stored[..., 1:].view(np.int16 if deep else np.int8).astype(np.float32) / step
    else:
        hues = stored[..., 1:].astype(np.float32) / step - 128
    colours = lab2rgb(np.concatenate([lightness[..., None], hues], axis=-1)).clip(0, 1)
    top = 65535 if deep else 255
    return np.asarray(np.round(colours * top)).astype(np.uint16 if deep else np.uint8)


def _without_value(page: tifffile.TiffPage, values: Values) -> NDArray[np.bool_] | None:
    """Return where a page has the number that GDAL's tag says stands for none, (H, W); None without the tag."""
    tag = page.tags.get(_NODATA)
    if tag is None or not isinstance(tag.value, str):
        return None
    try:
        number = float(tag.value.strip("\0 ").replace(",", "."))
    except ValueError:
        return None
    found: NDArray[np.bool_] = (
        values == values.dtype.type(number) if values.dtype.kind == "f" else values == number
    ).all(-1)
    return found
