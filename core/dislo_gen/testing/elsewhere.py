"""Asking other processes what they make: of a plugin that is sound it is the same."""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
from typing import Any

import attrs

from dislo_gen import paths

FORKS = sys.platform == "linux"
"""Whether a process forks for every question: on other systems libraries may not outlive that."""

_MOST = 4
"""Processes that wait for the next question."""


@attrs.frozen
class _Beginning:
    """What a process takes over when it begins, and cannot change any more.

    Attributes:
        hash_seed: PYTHONHASHSEED.
        path: PYTHONPATH.
        folder: in which it runs.
        modules: that it imports itself once it is asked again, so that none of its forks need.
    """

    hash_seed: str | None
    path: str | None
    folder: str
    modules: tuple[str, ...]

    def start(self, environment: dict[str, str]) -> subprocess.Popen[str]:
        """Begin a process."""
        return subprocess.Popen(  # noqa: S603 - this program, with words of its own
            [sys.executable, "-m", "dislo_gen.testing.child", *self.modules],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )


_waiting: dict[_Beginning, subprocess.Popen[str]] = {}


def ask(question: dict[str, Any], **environment: str) -> dict[str, Any]:
    """Ask a process that knows nothing of this one; the answer is a table.

    Args:
        question: see `dislo_gen.testing.child`.
        environment: variables that are set there.

    Raises:
        RuntimeError: the process failed; the message ends with what it said.
    """
    variables = {**os.environ, **environment}
    beginning = _Beginning(
        variables.get("PYTHONHASHSEED"), variables.get("PYTHONPATH"), str(paths.absolute(".")), _modules(question)
    )
    process = _waiting.pop(beginning, None) or beginning.start(variables)
    asked = json.dumps({"environment": variables, "question": question})
    try:
        told = _exchange(process, asked)
    except (OSError, ValueError) as error:
        _end(process)
        raise RuntimeError("a process of its own cannot be had; what it says is above") from error
    except BaseException:
        process.kill()
        _end(process)
        raise
    _keep(beginning, process)
    if "failed" in told:
        raise RuntimeError(f"in a process of its own it fails: {told['failed']}")
    return dict(told["answer"])


def _exchange(process: subprocess.Popen[str], asked: str) -> dict[str, Any]:
    if process.stdin is None or process.stdout is None:
        raise ValueError("a process that waits has pipes")
    process.stdin.write(asked + "\n")
    process.stdin.flush()
    return dict(json.loads(process.stdout.readline()))


def _modules(question: dict[str, Any]) -> tuple[str, ...]:
    if "module" in question:  # it is asked what that imports
        return ()
    return ("torch",) if question.get("kind") == "model" else ("scipy.ndimage", "scipy.interpolate")


def _keep(beginning: _Beginning, process: subprocess.Popen[str]) -> None:
    """Let a process wait for the next question, where it forks for each; the one that waited longest may go."""
    if not FORKS:
        _end(process)
        return
    _waiting[beginning] = process
    if len(_waiting) > _MOST:
        _end(_waiting.pop(next(iter(_waiting))))


def _end(process: subprocess.Popen[str]) -> None:
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            try:
                stream.close()
            except OSError:  # it ended first
                continue
    process.wait()


@atexit.register
def _end_all() -> None:
    while _waiting:
        _end(_waiting.popitem()[1])


__all__ = ["ask"]
