"""The packages under examples/, as their authors would publish them: installed, tested, checked, used."""

from __future__ import annotations

import shutil
import tomllib
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

EXAMPLES = Path(__file__).parents[2] / "examples"
PACKAGES = sorted(path.name for path in EXAMPLES.glob("dislo-gen-*"))
KINDS = ("background", "geometry", "renderer", "effect")


def offers(package: str) -> list[tuple[str, str]]:
    """Return what a package offers, as (kind, name)."""
    groups = tomllib.loads((EXAMPLES / package / "pyproject.toml").read_text())["project"]["entry-points"]
    return [(group.removeprefix("dislo_gen."), name) for group, names in groups.items() for name in names]


def test_there_are_three() -> None:
    assert PACKAGES == ["dislo-gen-loops", "dislo-gen-matplotlib", "dislo-gen-voids"]


@pytest.mark.long
def test_installed_tested_checked_and_used(fresh_environment: Any, tmp_path: Path) -> None:
    environment = fresh_environment()
    there = find_spec("matplotlib") is not None  # the extra "benchmark" brings it
    packages = [package for package in PACKAGES if there or package != "dislo-gen-matplotlib"]
    sources = [tmp_path / package for package in packages]
    for source in sources:
        ignored = shutil.ignore_patterns("__pycache__", ".*_cache", "build")
        shutil.copytree(EXAMPLES / source.name, source, ignore=ignored)
    environment.run(["pip", "install", *(f"{source}[test]" for source in sources)], tmp_path)
    words = ["-q", "-p", "no:cacheprovider", "--import-mode=importlib", "-rA", "-W", "error"]
    told = environment.run(["pytest", *words, *sources], tmp_path)
    for source in sources:
        for path in source.glob("tests/test_*.py"):
            assert f"/{path.name}::" in told
    for package in packages:
        for kind, name in offers(package):
            use(kind, name, environment, tmp_path)


def use(kind: str, name: str, environment: Any, folder: Path) -> None:
    """Check a component, make images with it, and make them again."""
    if kind == "recipe":
        words: list[object] = ["--recipe", name]
    else:
        assert f"{kind} '{name}' passes all" in environment.run(["dislo-gen", "plugins", "check", name], folder)
        words = ["--geometry", "pileup"] if kind == "geometry" else []
        words += [f"--{kind}", name]
    data = folder / f"{kind}-{name}"
    environment.run(["dislo-gen", *words, "-n", 2, "--size", 192, "-o", data], folder)
    assert np.asarray(Image.open(data / "preview.png").convert("L")).std() > 10
    assert "All 2 samples" in environment.run(["dislo-gen", "verify", "--replay", data], folder)
