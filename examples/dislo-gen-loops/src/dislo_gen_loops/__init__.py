"""Prismatic dislocation loops for dislo-gen, as in irradiated steel."""

from dislo_gen_loops.loops import Loops

__all__ = ["Loops"]
