"""Micrographs: anybody's picture files, as grey values, and the part of them that is the micrograph itself."""

from dislo_gen.micrographs.facts import Instrument, PixelSize
from dislo_gen.micrographs.film import Film, Micrograph, choose, frames, open_film, parse_frames
from dislo_gen.micrographs.listing import SUFFIXES, micrograph_files, natural_order
from dislo_gen.micrographs.looking.content import content_box
from dislo_gen.micrographs.looking.grey import LUMINANCE
from dislo_gen.micrographs.looking.seeing import read_grey
from dislo_gen.micrographs.reading import decode_micrograph, read_micrograph
from dislo_gen.micrographs.values import read_values

__all__ = [
    "LUMINANCE",
    "SUFFIXES",
    "Film",
    "Instrument",
    "Micrograph",
    "PixelSize",
    "choose",
    "content_box",
    "decode_micrograph",
    "frames",
    "micrograph_files",
    "natural_order",
    "open_film",
    "parse_frames",
    "read_grey",
    "read_micrograph",
    "read_values",
]
