"""Ctrl-C and SIGTERM: the program stops at a whole file and says how to go on, whichever of the two came.

Importing `dislo_gen` takes a fifth of a second and comes before any code of the program that could catch an
interrupt, which should end it quietly instead of showing where the import was. So this is the first module that
the package imports. In a process that imports dislo-gen as a library nothing changes.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys

INTERRUPTED = 130
"""Exit status after Ctrl-C, as shells have it."""

TERMINATED = 143
"""Exit status after SIGTERM: a batch system's time limit, ``docker stop``, ``kill``."""

_was_terminated = False


class TerminatedError(KeyboardInterrupt):
    """SIGTERM has come. Whatever ends cleanly at Ctrl-C ends cleanly at this."""


def interrupt_status() -> int:
    """Return the exit status of a program that stops because it was told to."""
    return TERMINATED if _was_terminated else INTERRUPTED


def note_termination() -> None:
    """Note that SIGTERM has come; for who handles it in another way than by an exception."""
    global _was_terminated
    _was_terminated = True


def _is_program() -> bool:
    """Say whether this process is ``dislo-gen`` or ``python -m dislo_gen``."""
    if os.path.basename(sys.argv[0]) in ("dislo-gen", "dislo-gen.exe"):  # noqa: PTH119 - pathlib takes long
        return True
    # So early sys.argv[0] is "-m" for any module, also for a user's own that imports dislo-gen.
    _, found, after = " ".join(sys.orig_argv).partition(" -m ")
    return bool(found) and after.split()[0] == "dislo_gen"


STOPPED_EARLY = "Stopped before anything was begun.\n"


def _leave(_number: int, _frame: object) -> None:
    with contextlib.suppress(OSError):  # nobody listens
        os.write(2, STOPPED_EARLY.encode())
    os._exit(INTERRUPTED)  # there is nothing to clean up yet, and an exception would go through half-made modules


def interrupts_raise() -> None:
    """Let Ctrl-C raise KeyboardInterrupt again, for the program to catch."""
    if signal.getsignal(signal.SIGINT) is _leave:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def terminations_raise() -> None:
    """Let SIGTERM raise `TerminatedError` in this process, unless somebody has set a handler of their own."""
    global _was_terminated
    _was_terminated = False
    if signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        return
    owner = os.getpid()

    def stop(number: int, _frame: object) -> None:
        if os.getpid() != owner:  # a forked child, which inherits this and has nothing to say
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
            return
        note_termination()
        raise TerminatedError

    with contextlib.suppress(ValueError):  # only the main thread can
        signal.signal(signal.SIGTERM, stop)


# A worker process ignores Ctrl-C, and whoever has set a handler of their own keeps it.
if _is_program() and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    with contextlib.suppress(ValueError):  # only the main thread can; the program has no other yet
        signal.signal(signal.SIGINT, _leave)
