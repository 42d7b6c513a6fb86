"""Lines out of a network's channels: duplicates merged, pieces joined, empty channels dropped."""

from dislo_gen.instances.finding import Finding, find_lines, keep_lines
from dislo_gen.instances.joining import join_pieces
from dislo_gen.instances.line import FoundLine, line_masks
from dislo_gen.instances.pieces import LinePiece
from dislo_gen.instances.reading import lines_of

__all__ = [
    "Finding",
    "FoundLine",
    "LinePiece",
    "find_lines",
    "join_pieces",
    "keep_lines",
    "line_masks",
    "lines_of",
]
