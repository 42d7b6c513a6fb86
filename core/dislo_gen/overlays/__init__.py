"""Lines over pictures, thin enough to see what they mark: for judging what was found, and for showing it."""

from dislo_gen.overlays.lines import draw_lines
from dislo_gen.overlays.pair import draw_overlay
from dislo_gen.overlays.sheet import Tile, draw_sheet

__all__ = ["Tile", "draw_lines", "draw_overlay", "draw_sheet"]
