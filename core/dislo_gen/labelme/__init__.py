"""labelme's JSON files: frames that a person labelled, and scenes written so that a person can correct them."""

from dislo_gen.labelme.format import LabelledShape, LabelmeFile, is_labelme
from dislo_gen.labelme.frames import LabelledFrames, read_labelled
from dislo_gen.labelme.meaning import PolygonsAs
from dislo_gen.labelme.read import LabelledFrame, read_labelme
from dislo_gen.labelme.write import encode_labelme, write_labelme

__all__ = [
    "LabelledFrame",
    "LabelledFrames",
    "LabelledShape",
    "LabelmeFile",
    "PolygonsAs",
    "encode_labelme",
    "is_labelme",
    "read_labelled",
    "read_labelme",
    "write_labelme",
]
