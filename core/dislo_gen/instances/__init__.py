"""Lines out of a network's channels: duplicates merged, pieces joined, empty channels dropped."""

from dislo_gen.instances.finding import Finding, find_lines
from dislo_gen.instances.line import FoundLine, line_masks

__all__ = ["Finding", "FoundLine", "find_lines", "line_masks"]
