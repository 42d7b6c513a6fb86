"""A process that has imported the program already, and forks for every command that is to be run.

Each command has a process of its own, as a user has it: its own environment, folder, streams, exit. What it does
not do again is to import the same modules for a second. ``kit.run`` uses it where nothing hangs on how it begins.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, NoReturn

HERE = sys.platform == "linux"  # elsewhere libraries may not outlive a fork, and there is no /proc


_MODULES = ("dislo_gen.cli.app", "scipy.interpolate", "scipy.ndimage", "typer.rich_utils", "typer._adapters")
"""Of the last, and of Pydantic behind it, Typer has need at its first option."""


class Warm:
    """The other end of that process, which is begun at the first command."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._server = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
        )
        atexit.register(self.close)

    def run(
        self, words: list[str], cwd: Path | None, environment: dict[str, str], timeout: float
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end.

        Raises:
            subprocess.TimeoutExpired: it took too long, and was killed with all its workers.
        """
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            me = f"/proc/{os.getpid()}/fd"
            question = {
                "words": words,
                "cwd": str(cwd or Path.cwd()),
                "environment": environment,
                "out": f"{me}/{out.fileno()}",
                "err": f"{me}/{err.fileno()}",
            }
            assert self._server.stdin is not None
            self._server.stdin.write(json.dumps(question).encode() + b"\n")
            self._server.stdin.flush()
            pid = self._answer(None)
            status = self._answer(timeout)
            if status is None:
                os.killpg(pid, signal.SIGKILL)
                self._answer(None)
                raise subprocess.TimeoutExpired(words, timeout)
            texts = [file.seek(0) or file.read().decode() for file in (out, err)]
        return subprocess.CompletedProcess(words, status, *texts)

    def _answer(self, timeout: float | None) -> Any:
        assert self._server.stdout is not None
        ready, _, _ = select.select([self._server.stdout], [], [], timeout)
        return json.loads(self._server.stdout.readline()) if ready else None

    def close(self) -> None:
        """End it."""
        with self._server:  # leaving it closes the pipes and waits
            assert self._server.stdin is not None
            self._server.stdin.close()


def serve() -> None:
    """Fork for every command that stdin names; says its process number, and how it ended."""
    for module in _MODULES:
        with contextlib.suppress(ImportError):
            importlib.import_module(module)
    gc.freeze()  # the pages that all of these lie on are not copied for every command

    replies = os.fdopen(os.dup(1), "w")
    for line in sys.stdin:
        question = json.loads(line)
        pid = os.fork()
        if not pid:
            replies.close()
            become(question)
        print(pid, file=replies, flush=True)
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), file=replies, flush=True)


def become(question: dict[str, Any]) -> NoReturn:
    """Be a process that runs a command."""
    os.setsid()
    for descriptor, path, flags in ((0, os.devnull, os.O_RDONLY), (1, question["out"], os.O_WRONLY),
                                    (2, question["err"], os.O_WRONLY)):  # fmt: skip
        opened = os.open(path, flags | os.O_APPEND)
        os.dup2(opened, descriptor)
        os.close(opened)
    os.environ.clear()
    os.environ.update(question["environment"])
    os.chdir(question["cwd"])
    folders = filter(None, question["environment"].get("PYTHONPATH", "").split(os.pathsep))
    sys.path[:1] = [question["cwd"], *folders]  # in place of the folder of this file
    sys.argv = ["dislo-gen", *question["words"]]

    from dislo_gen.cli import main

    main(question["words"])
    sys.exit(0)


if __name__ == "__main__":
    serve()
