"""Feeding inputs to a process of its own, which is begun anew when an input ended it."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import attrs

from fuzzing.judge import Verdict

_PATIENCE = 150.0  # s: valid files are made in it, too; the process itself stops far earlier


@attrs.frozen
class Fed:
    """An input, and what came of it.

    Attributes:
        target: its kind.
        seed: the valid files it was made from.
        data: the changed file.
        suffix: of its name.
        verdict: what came of it.
    """

    target: str
    seed: str
    data: bytes
    suffix: str
    verdict: Verdict


class Farm:
    """A process that inputs are fed to; a context manager.

    Args:
        worker: the module that is the process.
    """

    def __init__(self, worker: str = "fuzzing.worker") -> None:
        self._worker = worker
        self._home = tempfile.TemporaryDirectory(prefix="dislo-gen-fuzz-")
        # So deep that paths which lead out of an input's folder lead to none of a user's.
        self._folder = Path(self._home.name, "a", "b")
        self._folder.mkdir(parents=True)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()
        self._home.cleanup()

    def feed(self, target: str, *, number: int = 0, seed: str | None = None, data: bytes | None = None) -> Fed:
        """Feed an input.

        Args:
            target: its kind.
            number: what decides how a valid file is changed, and which one, unless ``seed`` says so.
            seed: name of the valid files.
            data: the changed file as it is, instead of one that the number stands for.
        """
        order: dict[str, Any] = {"target": target, "number": number, "seed": seed, "folder": str(self._folder)}
        if data is not None:
            given = self._folder / "given"
            given.write_bytes(data)
            order["data"] = str(given)
        for name in ("input", "input.json"):
            (self._folder / name).unlink(missing_ok=True)
        answer = self._ask(order)
        if not (self._folder / "input.json").exists():
            raise RuntimeError(f"no input of {target} could be made: {answer}\n{self.told()}")
        about = json.loads((self._folder / "input.json").read_text())
        verdict = Verdict(
            **{field.name: answer[field.name] for field in attrs.fields(Verdict) if field.name in answer}
        )
        return Fed(target, about["seed"], (self._folder / "input").read_bytes(), about["suffix"], verdict)

    def told(self) -> str:
        """Return the end of what the process wrote to standard error."""
        with contextlib.suppress(OSError):
            return (self._folder / "stderr").read_text(errors="replace")[-3000:]
        return ""

    def _ask(self, order: dict[str, Any]) -> dict[str, Any]:
        process = self._process = self._process or self._begin()
        assert process.stdin is not None
        assert process.stdout is not None
        with contextlib.suppress(BrokenPipeError):  # its end is seen below
            process.stdin.write(json.dumps(order).encode() + b"\n")
            process.stdin.flush()
        if not select.select([process.stdout], [], [], _PATIENCE)[0]:
            self._end()
            return {"kind": "hang", "signature": "hang outside of Python", "told": self.told()}
        line = process.stdout.readline()
        if line:
            answer: dict[str, Any] = json.loads(line)
            if answer.get("kind") == "hang":  # what was stopped in its middle may be in any state
                self._end()
            return answer
        status = process.wait()
        self._end()
        name = signal.Signals(-status).name if status < 0 else f"status {status}"
        return {"kind": "death", "signature": f"death {name}", "told": f"{name}\n{self.told()}"}

    def _begin(self) -> subprocess.Popen[bytes]:
        here = str(Path(__file__).parents[1])
        path = os.pathsep.join(filter(None, [here, os.environ.get("PYTHONPATH", "")]))
        threads = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}
        dropped = ("DISLO_GEN_TRACEBACK", "FORCE_COLOR")
        kept = {name: value for name, value in os.environ.items() if name not in dropped}
        with (self._folder / "stderr").open("wb") as told:
            return subprocess.Popen(
                [sys.executable, "-X", "faulthandler", "-W", "ignore", "-m", self._worker],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=told,
                cwd=self._folder,
                env={**kept, **threads, "PYTHONPATH": path, "NO_COLOR": "1", "COLUMNS": "200"},
            )

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None
