"""A renderer for dislo-gen that draws lines with Matplotlib, for comparison."""

from dislo_gen_matplotlib.matplotlib import Matplotlib

__all__ = ["Matplotlib"]
