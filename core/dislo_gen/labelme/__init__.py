"""labelme's JSON files: frames that a person labelled, and scenes written so that a person can correct them."""

from dislo_gen.labelme.format import LabelledShape, LabelmeFile, is_labelme
from dislo_gen.labelme.frames import LabelledFrames, check_labels, open_labelled, read_labelled
from dislo_gen.labelme.listing import is_predictions, manifest_format, said_of_folders_inside
from dislo_gen.labelme.meaning import PolygonsAs, chosen_kinds
from dislo_gen.labelme.read import LabelledFrame, read_labelme
from dislo_gen.labelme.write import encode_labelme, write_labelme

__all__ = [
    "LabelledFrame",
    "LabelledFrames",
    "LabelledShape",
    "LabelmeFile",
    "PolygonsAs",
    "check_labels",
    "chosen_kinds",
    "encode_labelme",
    "is_labelme",
    "is_predictions",
    "manifest_format",
    "open_labelled",
    "read_labelled",
    "read_labelme",
    "said_of_folders_inside",
    "write_labelme",
]
