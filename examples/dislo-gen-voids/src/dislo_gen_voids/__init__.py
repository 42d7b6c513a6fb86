"""Voids and precipitates for dislo-gen."""

from dislo_gen_voids.precipitates import Precipitates
from dislo_gen_voids.voids import Voids

__all__ = ["Precipitates", "Voids"]
