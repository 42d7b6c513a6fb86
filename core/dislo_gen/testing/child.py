"""The other process of the checks: does a plugin's work there and prints checksums.

``python -m dislo_gen.testing.child`` reads what to do from stdin as JSON.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

# Modules that take long to import or much memory. A plugin imports them where it uses them, not at its top.
HEAVY = frozenset(
    """
    torch torchvision torchaudio lightning pytorch_lightning segmentation_models_pytorch timm tensorflow keras jax
    matplotlib pandas polars sklearn skimage cv2 dask numba xarray h5py zarr hyperspy IPython
    """.split()  # noqa: SIM905 - a list of so many words is easier to read and to keep
)


def ask(question: dict[str, Any], **environment: str) -> dict[str, Any]:
    """Ask a new process; the answer is a table.

    Raises:
        RuntimeError: the process failed; the message ends with what it said.
    """
    done = subprocess.run(
        [sys.executable, "-m", "dislo_gen.testing.child"],
        input=json.dumps(question),
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or ["it said nothing"]
        raise RuntimeError(f"in a process of its own it fails: {last[0]}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _digests(kind: str, name: str, plain: dict[str, Any] | None, tasks: Sequence[Sequence[int]]) -> dict[str, Any]:
    from dislo_gen.component_tables import read_component
    from dislo_gen.hooks import GROUP
    from dislo_gen.registry import choose, discover
    from dislo_gen.size import Size
    from dislo_gen.testing.exercise import Task, digest
    from dislo_gen.testing.subject import Subject

    if kind == "hook":
        instance = Subject.of(choose("hook", name, discover(GROUP)).load()).instance
    else:
        instance = read_component(plain, kind)
    return {
        "digests": [
            digest(instance, kind, Task(Size(width, height), seed, index)) for width, height, seed, index in tasks
        ]
    }


def _import(module: str) -> dict[str, Any]:
    from dislo_gen.testing.global_state import global_random_states

    before = global_random_states()
    known = set(sys.modules)
    importlib.import_module(module)
    after = global_random_states()
    new = {name.partition(".")[0] for name in set(sys.modules) - known}
    return {"heavy": sorted(new & HEAVY), "random_state_touched": before != after}


def main() -> None:
    """Answer the question on stdin."""
    question = json.load(sys.stdin)
    answer = _import(question["module"]) if "module" in question else _digests(**question)
    sys.stdout.write("\n" + json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
