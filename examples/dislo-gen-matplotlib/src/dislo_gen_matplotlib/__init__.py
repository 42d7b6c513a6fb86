"""A renderer for dislo-gen that draws with Matplotlib, as Govind et al. 2023 did."""

from dislo_gen_matplotlib.renderer import Matplotlib

__all__ = ["Matplotlib"]
