"""The process that inputs are fed to, one after the other: ``python -m fuzzing.worker``.

It reads orders and writes answers, one line of JSON each. Whatever libraries print goes elsewhere.
"""

from __future__ import annotations

import functools
import gc
import json
import logging
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import attrs

from fuzzing.judge import Verdict, judge
from fuzzing.seed import Seed
from fuzzing.targets import TARGETS, Target


def lay_out(folder: Path, seed: Seed, data: bytes) -> int:
    """Write a seed's files into an empty folder, the changed one as it is given; return how many bytes."""
    shutil.rmtree(folder, ignore_errors=True)
    size = 0
    for name, content in {**seed.files, seed.changed: data}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        content = data if name == seed.changed else content
        path.write_bytes(content)
        size += len(content)
    return size


def feed(target: Target, seed: Seed, data: bytes, folder: Path) -> Verdict:
    """Feed one input in a folder of its own, and judge what comes of it."""
    size = lay_out(folder, seed, data)
    os.chdir(folder)
    try:
        return judge(lambda: target.feed(folder, seed.changed), size)
    finally:
        os.chdir(folder.parent)


@functools.cache
def _target(name: str) -> Target:
    """Return a target, its valid files made."""
    target = TARGETS[name]
    assert target.seeds, f"there are no valid files of {name}"
    gc.collect()
    gc.freeze()  # to collect all that libraries brought, again and again, would take longer than most inputs
    return target


def _obey(order: dict[str, Any]) -> dict[str, Any]:
    """Make an input, or take the one given; write it down before it is fed, in case it ends this process."""
    target = _target(order["target"])
    seeds = list(target.seeds.values())
    named = order.get("seed")
    seed = target.seeds[named] if named else seeds[order["number"] % len(seeds)]
    given = order.get("data")
    data = Path(given).read_bytes() if given else seed.mutated(order["number"], seeds)
    folder = Path(order["folder"])
    about = {"seed": seed.name, "suffix": Path(seed.changed).suffix}
    (folder / "input").write_bytes(data)
    (folder / "input.json").write_text(json.dumps(about))
    return about | attrs.asdict(feed(target, seed, data, folder / "in" / "here"))


def main() -> None:
    """Obey until there is no further order."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    logging.getLogger("dislo_gen").addHandler(logging.NullHandler())
    logging.getLogger("dislo_gen").propagate = False
    os.environ.update(DISLO_GEN_TRACEBACK="1", XDG_CACHE_HOME=str(Path("cache").absolute()))
    for line in sys.stdin:
        order = json.loads(line)
        answers.write(json.dumps(_obey(order)) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
