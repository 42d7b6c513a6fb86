"""Run a command, kill it at random moments, and run it to its end: ``python trials.py SEED TIMES -- words…``

Each run is a fork of this one process, which has imported everything: starting anew would take seconds. Prints
what the last run printed, and ends with its status.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sys
import time


def begin(words: list[str], quiet: bool) -> int:
    """Start the command in a fork; returns the process."""
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        os.setpgid(0, 0)
        if quiet:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 1)
            os.dup2(nowhere, 2)
        from dislo_gen.cli import main

        try:
            main(words)
            code = 0
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 0
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


def end(child: int) -> int:
    """Wait for a run; returns its status, negative for a signal."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def kill(words: list[str], seed: int, times: int) -> int:
    """Run the command and kill it, again and again, then let it come to its end."""
    chance, longest, killed = random.Random(seed), 0.4, 0
    for _ in range(40 * times):
        if killed == times:
            break
        child = begin(words, quiet=True)
        time.sleep(chance.uniform(0, longest))
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
        status = end(child)
        if status == -signal.SIGKILL:
            killed += 1
        elif status == 0:
            break  # it came to its end before it could be killed more often
        else:
            sys.exit(f"a run ended with {status} and was not killed")
    print(f"killed {killed} times", file=sys.stderr)
    return end(begin(words, quiet=False))


def main() -> int:
    """Do as the arguments say."""
    seed, times, _, *words = sys.argv[1:]
    import torch

    import dislo_gen.cli.app
    import dislo_gen.learning  # noqa: F401

    torch.set_num_threads(1)  # threads do not outlive a fork
    return kill(words, int(seed), int(times))


if __name__ == "__main__":
    sys.exit(main())
