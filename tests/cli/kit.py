"""What the tests of the command line share: running it as a user does, and looking at what it leaves.

Loaded by the conftest files of ``tests/cli`` and ``tests/errors``, which offer it as the fixture ``kit``.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import tifffile
from PIL import Image


def _beside(name: str) -> Any:
    """Import a file of this folder, which is no package."""
    found = importlib.util.spec_from_file_location(
        f"dislo_gen_tests_{name}", Path(__file__).with_name(f"{name}.py")
    )
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


warm = _beside("warm")

# Settings that do not lean on any default that may be tuned; every image gets lines.
SETTINGS = (
    "geometry.pileups=2",
    "geometry.dislocations=3",
    "geometry.angle=30",
    "geometry.slip_width=30",
    "geometry.spacing=8",
    "geometry.start=0.4",
    "geometry.offset={uniform=[-0.2, 0.2]}",
)
SMALL = ("--size", "64", *(word for setting in SETTINGS for word in ("--set", setting)))
TIMEOUT = 60
# Sheets of "plugins show" that no test asks for; never the cache of whoever runs the tests.
_CACHE = {"XDG_CACHE_HOME": str(Path(tempfile.gettempdir()) / "dislo-gen-tests-cache")}


def environment(*folders: Path, **extra: str) -> dict[str, str]:
    """Return the environment of a command, with folders on PYTHONPATH and output that no terminal shapes."""
    dropped = ("PYTHONPATH", "FORCE_COLOR", "DISLO_GEN_TRACEBACK")
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    path = {"PYTHONPATH": os.pathsep.join(map(str, folders))} if folders else {}
    return {**kept, "NO_COLOR": "1", "COLUMNS": "200", "PYTHONDONTWRITEBYTECODE": "1", **_CACHE, **path, **extra}


def start(
    *words: object,
    cwd: Path | None = None,
    path: Sequence[Path] = (),
    before: Callable[[], None] | None = None,
    **extra: str,
) -> subprocess.Popen[str]:
    """Start the program as the leader of a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "dislo_gen", *map(str, words)],
        cwd=cwd,
        env=environment(*path, **extra),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=before,
    )


def run(
    *words: object,
    cwd: Path | None = None,
    path: Sequence[Path] = (),
    before: Callable[[], None] | None = None,
    **extra: str,
) -> subprocess.CompletedProcess[str]:
    """Run the program to its end, in a process of its own."""
    begins_otherwise = before or extra or any((folder / "sitecustomize.py").exists() for folder in path)
    if warm.HERE and not begins_otherwise:
        return _warm().run(list(map(str, words)), cwd, environment(*path), TIMEOUT)
    process = start(*words, cwd=cwd, path=path, before=before, **extra)
    return finish(process)


@functools.cache
def _warm() -> warm.Warm:
    return warm.Warm(environment())


def finish(process: subprocess.Popen[str]) -> subprocess.CompletedProcess[str]:
    """Wait for a started program; one that hangs is killed with all its workers, and fails the test."""
    try:
        out, err = process.communicate(timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def good(*words: object, **options: object) -> subprocess.CompletedProcess[str]:
    """Run the program; it must succeed."""
    done = run(*words, **options)  # type: ignore[arg-type]
    assert done.returncode == 0, done.stderr
    return done


def refused(*words: object, **options: object) -> str:
    """Run the program; it must refuse as it refuses a user's mistake. Returns the error's text."""
    return refusal(run(*words, **options))  # type: ignore[arg-type]


def refusal(done: subprocess.CompletedProcess[str]) -> str:
    """Check that a finished program failed with exit status 2 and a sentence, not a traceback; return it."""
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode == 2, (done.returncode, done.stderr)
    marks = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert len(marks) == 1, done.stderr
    return done.stderr[done.stderr.index("error: ") :]


class Content(bytes):
    """A file's bytes, which a failed comparison shows as a checksum: a diff of pictures takes minutes."""

    def __repr__(self) -> str:
        return f"<{len(self)} bytes, {hashlib.sha256(self).hexdigest()[:12]}>"


def tree(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder by its path, with its bytes."""
    return {
        path.relative_to(folder).as_posix(): Content(path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def check_whole(folder: Path) -> None:
    """Decode every file of a dataset, except temporary ones; and every record has the files that it lists."""
    for name, data in tree(folder).items():
        if ".dislo-gen-" in name:
            continue
        if name.endswith(".json"):
            json.loads(data)
        elif name.endswith(".png"):
            np.asarray(Image.open(io.BytesIO(data)))
        elif name.endswith(".tif"):
            with tifffile.TiffFile(io.BytesIO(data)) as tiff:
                assert all(page.asarray().ndim == 2 for page in tiff.pages)
    for record in (folder / "records").glob("[0-9]*.json"):
        assert all((folder / name).is_file() for name in json.loads(record.read_bytes())["files"])


def no_leftovers(folder: Path) -> None:
    """Check that no temporary file is left."""
    assert [name for name in tree(folder) if ".dislo-gen-" in name] == []


def wait_for(condition: Callable[[], bool], what: str, seconds: float = 30) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"waited {seconds} s for {what}"
        time.sleep(0.005)


def records(folder: Path) -> int:
    """Count the complete samples of a dataset."""
    return len(list((folder / "records").glob("[0-9]*.json")))


def listed(text: str) -> dict[str, dict[str, str]]:
    """Return what ``plugins`` printed: for each heading, each name and what stands beside it."""
    kinds: dict[str, dict[str, str]] = {}
    heading = ""
    for line in text.splitlines():
        if line.startswith("  "):
            name, _, rest = line.strip().partition(" ")
            kinds[heading][name] = rest.strip()
        elif line:
            heading = line.partition(",")[0]
        else:
            heading = ""
        kinds.setdefault(heading, {})
    return kinds


def package(
    root: Path, name: str, entry_points: dict[str, dict[str, str]], modules: dict[str, str], version: str = "1.2"
) -> Path:
    """Write what an installed package consists of: modules and a dist-info folder. Returns ``root``."""
    info = root / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    lines = []
    for group, offers in entry_points.items():
        lines += [f"[dislo_gen.{group}]", *(f"{key} = {target}" for key, target in offers.items()), ""]
    (info / "entry_points.txt").write_text("\n".join(lines))
    for module, text in modules.items():
        (root / f"{module}.py").write_text(textwrap.dedent(text))
    return root
