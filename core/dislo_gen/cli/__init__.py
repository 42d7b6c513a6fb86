"""The command line: ``dislo-gen``."""

from dislo_gen.cli.app import main

__all__ = ["main"]
