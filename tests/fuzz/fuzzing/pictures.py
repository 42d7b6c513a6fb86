"""Valid pictures and films of every kind, as small as they can be."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from typing import Any

import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import Image

from fuzzing.seed import Seed

Numbers = NDArray[Any]
HEIGHT, WIDTH = 24, 32


def grain(seed: int = 0, height: int = HEIGHT, width: int = WIDTH) -> NDArray[np.uint8]:
    """Return grey values, (H, W) uint8."""
    ground = np.linspace(-30, 30, width)[None] + np.linspace(-20, 20, height)[:, None]
    noise = np.random.default_rng(seed).normal(0, 12, (height, width))
    return (120 + ground + noise).clip(1, 254).astype(np.uint8)


def deep(seed: int = 0) -> NDArray[np.uint16]:
    """Return counts of a camera, (H, W) uint16."""
    return grain(seed).astype(np.uint16) * 16 + 500


def colours() -> NDArray[np.uint8]:
    """Return a picture in colour, (H, W, 3) uint8."""
    return np.stack([grain(1), grain(2), grain(3)], axis=-1)


def _saved(picture: Image.Image, kind: str, **how: Any) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **how)
    return buffer.getvalue()


def _seeds(suffix: str, found: Iterator[tuple[str, bytes]]) -> list[Seed]:
    return [Seed(name, {f"film{suffix}": data}, f"film{suffix}") for name, data in found]


def png() -> list[Seed]:
    """PNG and APNG."""
    return _seeds(".png", _png())


def _png() -> Iterator[tuple[str, bytes]]:
    grey = Image.fromarray(grain())
    film = [Image.fromarray(grain(seed)) for seed in range(1, 4)]
    clear = Image.fromarray(np.dstack([colours(), grain(4)]), "RGBA")
    exif = Image.Exif()
    exif[0x0112] = 6
    yield "grey", _saved(grey, "PNG", dpi=(300, 300))
    yield "deep", _saved(Image.fromarray(deep()), "PNG")
    yield "colour", _saved(Image.fromarray(colours()), "PNG")
    yield "transparent", _saved(clear, "PNG")
    yield "palette", _saved(Image.fromarray(colours()).quantize(17), "PNG")
    yield "bits", _saved(grey.convert("1"), "PNG")
    yield "turned", _saved(grey, "PNG", exif=exif)
    yield "film", _saved(grey, "PNG", save_all=True, append_images=film, duration=100)
    yield "deep-colour", _png_of_words(np.dstack([deep(1), deep(2), deep(3)]), 2)
    yield "deep-transparent", _png_of_words(np.dstack([deep(1), deep(2)]), 4)


def _png_of_words(values: NDArray[np.uint16], kind: int) -> bytes:
    """Write 16 bits a colour, which Pillow does not."""
    import zlib

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    height, width = values.shape[:2]
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    head = struct.pack(">IIBBBBB", width, height, 16, kind, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def jpeg() -> list[Seed]:
    """JPEG."""

    def found() -> Iterator[tuple[str, bytes]]:
        exif = Image.Exif()
        exif[0x0112] = 3
        yield "grey", _saved(Image.fromarray(grain()), "JPEG")
        yield "colour", _saved(Image.fromarray(colours()), "JPEG", exif=exif)
        yield "steps", _saved(Image.fromarray(colours()), "JPEG", progressive=True)
        yield "printed", _saved(Image.fromarray(colours()).convert("CMYK"), "JPEG")

    return _seeds(".jpg", found())


def bmp() -> list[Seed]:
    """BMP."""

    def found() -> Iterator[tuple[str, bytes]]:
        yield "grey", _saved(Image.fromarray(grain()), "BMP")
        yield "colour", _saved(Image.fromarray(colours()), "BMP")
        yield "bits", _saved(Image.fromarray(grain()).convert("1"), "BMP")

    return _seeds(".bmp", found())


def gif() -> list[Seed]:
    """GIF."""

    def found() -> Iterator[tuple[str, bytes]]:
        film = [Image.fromarray(grain(seed)) for seed in range(4)]
        yield "one", _saved(film[0], "GIF")
        yield "film", _saved(film[0], "GIF", save_all=True, append_images=film[1:], duration=40)
        yield "colour", _saved(Image.fromarray(colours()), "GIF", transparency=0)

    return _seeds(".gif", found())


def _tiff(values: Numbers, **how: Any) -> bytes:
    buffer = io.BytesIO()
    kinds = ("ome", "imagej", "bigtiff", "byteorder")
    with tifffile.TiffWriter(buffer, **{key: how.pop(key) for key in kinds if key in how}) as file:
        file.write(values, **{"software": False, **how})
    return buffer.getvalue()


def tiff() -> list[Seed]:
    """TIFF of the kinds that microscopes, ImageJ and OME write."""
    return _seeds(".tif", _tiffs())


def _tiffs() -> Iterator[tuple[str, bytes]]:
    film, grey, colour = np.stack([deep(seed) for seed in range(4)]), grain(), colours()
    times = {"axes": "TYX", "PhysicalSizeX": 0.5, "PhysicalSizeXUnit": "nm", "PhysicalSizeY": 0.5,
             "TimeIncrement": 0.1}  # fmt: skip
    yield "stack", _tiff(film, photometric="minisblack", metadata=None)
    yield "shaped", _tiff(film, photometric="minisblack")
    yield "imagej", _tiff(film, imagej=True, metadata={"unit": "nm", "finterval": 0.1, "axes": "TYX"})
    yield "imagej-colours", _tiff(np.stack([colour, colour]), imagej=True, metadata={"axes": "TYXS"})
    yield "ome", _tiff(film, ome=True, metadata=times)
    yield "ome-colours", _tiff(np.stack([film, film]), ome=True, metadata={"axes": "CTYX"})
    yield "tiled", _tiff(deep(), tile=(16, 16), metadata=None)
    yield "strips", _tiff(deep(), rowsperstrip=5, metadata=None, compression="zlib", predictor=True)
    yield "lzw", _tiff(grey, compression="lzw", metadata=None)
    yield "packbits", _tiff(grey, compression="packbits", metadata=None)
    yield "jpeg", _tiff(grey, compression="jpeg", metadata=None)
    yield "zstd", _tiff(deep(), compression="zstd", metadata=None)
    yield "planar", _tiff(np.moveaxis(colour, -1, 0), photometric="rgb", planarconfig="separate", metadata=None)
    yield "colour", _tiff(colour, photometric="rgb", metadata=None)
    yield "grey-and-alpha", _tiff(np.dstack([grey, grain(5)]), photometric="minisblack", planarconfig="contig",
                                  extrasamples=["unassalpha"], metadata=None)  # fmt: skip
    yield "white-is-zero", _tiff(grey, photometric="miniswhite", metadata=None)
    yield "printed", _saved(Image.fromarray(colour).convert("CMYK"), "TIFF")
    yield "lab", _saved(Image.fromarray(colour).convert("LAB"), "TIFF")
    yield "palette", _saved(Image.fromarray(colour).quantize(30), "TIFF")
    yield "bits", _saved(Image.fromarray(grey).convert("1"), "TIFF", compression="group4")
    yield "float", _tiff(deep().astype(np.float32) / 7 - 100, metadata=None)
    yield "double", _tiff(np.where(grey > 150, np.nan, grey).astype(np.float64), metadata=None)
    yield "signed", _tiff(deep().astype(np.int32) - 700, metadata=None)
    yield "big-endian", _tiff(film, byteorder=">", metadata=None, photometric="minisblack")
    yield "big", _tiff(film, bigtiff=True, metadata=None, photometric="minisblack")
    yield "turned", _tiff(grey, metadata=None, extratags=[(274, 3, 1, 6, False)])
    yield "packed", _packed()
    yield "preview", _with_preview()


def _packed() -> bytes:
    """Write twelve bits a pixel, two pixels in three bytes."""
    values = deep().ravel().astype(np.uint32) & 4095
    pairs = (values[::2] << 12) | values[1::2]
    data = b"".join(int(pair).to_bytes(3, "big") for pair in pairs)
    tags = [(256, 4, WIDTH), (257, 4, HEIGHT), (258, 3, 12), (259, 3, 1), (262, 3, 1), (273, 4, 8), (277, 3, 1),
            (278, 4, HEIGHT), (279, 4, len(data))]  # fmt: skip
    entries = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in tags)
    return (
        struct.pack("<2sHI", b"II", 42, 8 + len(data)) + data + struct.pack("<H", len(tags)) + entries + bytes(4)
    )


def _with_preview() -> bytes:
    buffer = io.BytesIO()
    with tifffile.TiffWriter(buffer) as file:
        file.write(deep(), metadata=None, subifds=1)
        file.write(deep()[::2, ::2], metadata=None, subfiletype=1)
    return buffer.getvalue()


def video() -> list[Seed]:
    """Films in the containers that PyAV reads, where it is installed."""
    try:
        import av
    except ModuleNotFoundError:
        return []
    found = []
    for name, codec in (("mp4", "mpeg4"), ("avi", "mjpeg"), ("mkv", "ffv1"), ("mov", "mpeg4"), ("mp4", "h264")):
        buffer = io.BytesIO()
        try:
            with av.open(buffer, "w", format="matroska" if name == "mkv" else name) as file:
                stream: Any = file.add_stream(codec, rate=10)
                stream.width, stream.height = WIDTH, HEIGHT
                stream.pix_fmt = {"mjpeg": "yuvj420p", "ffv1": "gray"}.get(codec, "yuv420p")
                for seed in range(3):
                    frame = av.VideoFrame.from_ndarray(grain(seed), format="gray8")
                    for packet in stream.encode(frame):
                        file.mux(packet)
                for packet in stream.encode():
                    file.mux(packet)
        except (ValueError, OSError):  # this build of PyAV writes no such film
            continue
        found.append(Seed(f"{name}-{codec}", {f"film.{name}": buffer.getvalue()}, f"film.{name}"))
    return found
