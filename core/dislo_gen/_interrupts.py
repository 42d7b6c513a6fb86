"""Ctrl-C while the program is still being imported: it ends quietly instead of showing where the import was.

Importing `dislo_gen` takes a fifth of a second and comes before any code of the program that could catch an
interrupt. So this is the first module that the package imports. In a process that imports dislo-gen as a library
nothing changes.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys

INTERRUPTED = 130
"""Exit status after Ctrl-C, as shells have it."""


def _is_program() -> bool:
    """Say whether this process is ``dislo-gen`` or ``python -m dislo_gen``."""
    if os.path.basename(sys.argv[0]) in ("dislo-gen", "dislo-gen.exe"):  # noqa: PTH119 - pathlib takes long
        return True
    # So early sys.argv[0] is "-m" for any module, also for a user's own that imports dislo-gen.
    _, found, after = " ".join(sys.orig_argv).partition(" -m ")
    return bool(found) and after.split()[0] == "dislo_gen"


def _leave(_number: int, _frame: object) -> None:
    os._exit(INTERRUPTED)  # there is nothing to clean up yet, and an exception would go through half-made modules


def interrupts_raise() -> None:
    """Let Ctrl-C raise KeyboardInterrupt again, for the program to catch."""
    if signal.getsignal(signal.SIGINT) is _leave:
        signal.signal(signal.SIGINT, signal.default_int_handler)


# A worker process ignores Ctrl-C, and whoever has set a handler of their own keeps it.
if _is_program() and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    with contextlib.suppress(ValueError):  # only the main thread can; the program has no other yet
        signal.signal(signal.SIGINT, _leave)
