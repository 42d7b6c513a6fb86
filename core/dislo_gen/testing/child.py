"""The other process of the checks: does a plugin's work there and gives checksums.

``python -m dislo_gen.testing.child`` reads questions from stdin, a line of JSON each, and answers with lines, too.
Where a process can be forked each question is answered by a new one, so that no question knows of another.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from typing import IO, Any, NoReturn

from dislo_gen.testing.elsewhere import FORKS

# Modules that take long to import or much memory. A plugin imports them where it uses them, not at its top.
HEAVY = frozenset(
    """
    torch torchvision torchaudio lightning pytorch_lightning segmentation_models_pytorch timm tensorflow keras jax
    matplotlib pandas polars sklearn skimage cv2 dask numba xarray h5py zarr hyperspy IPython
    """.split()  # noqa: SIM905 - a list of so many words is easier to read and to keep
)


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


def _answer(environment: dict[str, str], question: dict[str, Any]) -> dict[str, Any]:
    os.environ.clear()
    os.environ.update(environment)
    return _import(**question) if "module" in question else _digests(**question)


def _forked(asked: dict[str, Any]) -> dict[str, Any]:
    """Answer in a new process; a table with the answer, or with the last that the process said."""
    read, write = os.pipe()
    with tempfile.TemporaryFile() as said:
        pid = os.fork()
        if not pid:
            os.close(read)
            _be_the_new_one(asked, write, said)
        os.close(write)
        with os.fdopen(read) as answers:
            answer = answers.read()
        os.waitpid(pid, 0)
        if answer:
            return {"answer": json.loads(answer)}
        said.seek(0)
        last = said.read().decode(errors="replace").strip().splitlines()[-1:] or ["it said nothing"]
        return {"failed": last[0]}


def _be_the_new_one(asked: dict[str, Any], write: int, said: IO[bytes]) -> NoReturn:
    for stream in (1, 2):
        os.dup2(said.fileno(), stream)
    try:
        answer = json.dumps(_answer(**asked))
    except BaseException:  # whatever it is, it is told, and this process ends here
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)
    with os.fdopen(write, "w") as answers:
        answers.write(answer)
    os._exit(0)


def _unforked(asked: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"answer": _answer(**asked)}
    except BaseException as error:
        return {"failed": f"{type(error).__name__}: {error}"}


def main(modules: Sequence[str]) -> None:
    """Answer the questions on stdin.

    Args:
        modules: what to import before the second, if it is there: for one, it would not pay.
    """
    with os.fdopen(os.dup(1), "w") as answers:
        os.dup2(2, 1)  # what a plugin prints is no answer
        for number, line in enumerate(sys.stdin):
            if number == 1:
                _import_for_all(modules)
            answers.write(json.dumps((_forked if FORKS else _unforked)(json.loads(line))) + "\n")
            answers.flush()


def _import_for_all(modules: Sequence[str]) -> None:
    for module in modules:
        with contextlib.suppress(ImportError):
            importlib.import_module(module)
    gc.freeze()  # the pages that all of this lies on are not copied for every question


if __name__ == "__main__":
    main(sys.argv[1:])
