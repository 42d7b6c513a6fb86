"""The command line: ``dislo-gen``."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence

from dislo_gen._interrupts import STOPPED_EARLY, interrupt_status, interrupts_raise, terminations_raise


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the program, as `dislo_gen.cli.app.main` says; Ctrl-C and SIGTERM end it quietly at any time."""
    try:
        interrupts_raise()
        terminations_raise()
        from dislo_gen.cli.app import main as run  # here, so that an interrupt of the import is caught, too

        run(arguments)
    except KeyboardInterrupt:
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.write(STOPPED_EARLY)
        sys.exit(interrupt_status())
    except ImportError as error:  # of our own modules or what they need: an installation that is broken
        if os.environ.get("DISLO_GEN_TRACEBACK"):
            raise
        sys.stderr.write(f"error: dislo-gen is not installed as it should be: {error}; install it again\n")
        sys.exit(1)


__all__ = ["main"]
