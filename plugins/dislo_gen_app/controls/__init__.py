"""Sliders, choices and ends of distributions, made from what a component says of its parameters."""

from dislo_gen_app.controls.control import Control
from dislo_gen_app.controls.focus import focus
from dislo_gen_app.controls.held import Held
from dislo_gen_app.controls.tip import Tip

__all__ = ["Control", "Held", "Tip", "focus"]
