"""The packages under examples/, as their authors would publish them: installed, tested, checked, used."""

from __future__ import annotations

import shutil
import tomllib
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
@pytest.mark.parametrize("package", PACKAGES)
def test_installed_tested_checked_and_used(package: str, fresh_environment: Any, tmp_path: Path) -> None:
    if package == "dislo-gen-matplotlib":
        pytest.importorskip("matplotlib")
    environment = fresh_environment()
    source = tmp_path / package
    shutil.copytree(EXAMPLES / package, source, ignore=shutil.ignore_patterns("__pycache__", ".*_cache", "build"))
    environment.run(["pip", "install", f"{source}[test]"], tmp_path)
    assert " passed" in environment.run(["pytest", "-q", "-p", "no:cacheprovider"], source)
    for kind, name in offers(package):
        if kind == "recipe":
            words: list[object] = ["--recipe", name]
        else:
            assert f"{kind} '{name}' passes all" in environment.run(
                ["dislo-gen", "plugins", "check", name], tmp_path
            )
            words = ["--geometry", "pileup"] if kind == "geometry" else []
            words += [f"--{kind}", name]
        data = tmp_path / f"{kind}-{name}"
        environment.run(["dislo-gen", *words, "-n", 2, "--size", 192, "-o", data], tmp_path)
        assert np.asarray(Image.open(data / "preview.png").convert("L")).std() > 10
        assert "All 2 samples" in environment.run(["dislo-gen", "verify", "--replay", data], tmp_path)
