"""The command line: ``dislo-gen``."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from dislo_gen._interrupts import interrupt_status, interrupts_raise, terminations_raise


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the program, as `dislo_gen.cli.app.main` says; Ctrl-C and SIGTERM end it quietly at any time."""
    try:
        interrupts_raise()
        terminations_raise()
        from dislo_gen.cli.app import main as run  # here, so that an interrupt of the import is caught, too

        run(arguments)
    except KeyboardInterrupt:
        sys.exit(interrupt_status())


__all__ = ["main"]
