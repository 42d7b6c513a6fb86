"""Lines out of a network's channels: duplicates merged, pieces joined, empty channels dropped."""

from dislo_gen.instances.finding import Finding, find_lines, keep
from dislo_gen.instances.joining import join
from dislo_gen.instances.line import FoundLine, line_masks
from dislo_gen.instances.pieces import Piece
from dislo_gen.instances.reading import lines_of

__all__ = ["Finding", "FoundLine", "Piece", "find_lines", "join", "keep", "line_masks", "lines_of"]
