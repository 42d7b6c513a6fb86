"""Prismatic dislocation loops for dislo-gen."""

from dislo_gen_loops.loops import LOOP, LOOP_ARC, LOOP_LOBE, Loops

__all__ = ["LOOP", "LOOP_ARC", "LOOP_LOBE", "Loops"]
