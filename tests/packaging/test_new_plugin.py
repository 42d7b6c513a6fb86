"""A stranger's way, for every kind of plugin: begin a package, install it, test it, check it, use it, look."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from dislo_gen.scaffold import LICENCES, new_plugin
from dislo_gen.scaffold.kinds import KINDS

BLOCK = re.compile(r"```(bash|python)\n(.*?)```", re.DOTALL)


def look(picture: Path) -> None:
    """A picture is there, and it is not blank."""
    pixels = np.asarray(Image.open(picture).convert("L"), dtype=np.float32)
    assert pixels.std() > 10, picture


LEARNING = ("effect", "hook", "model")  # a network takes as long as all kinds of the other lot
LOTS = (LEARNING, tuple(sorted(set(KINDS) - set(LEARNING))))
"""What is installed and tested in one go, so that two processes can try all kinds."""


@pytest.mark.long
@pytest.mark.parametrize("kinds", LOTS, ids="-".join)
def test_from_nothing_to_a_contact_sheet(kinds: tuple[str, ...], fresh_environment: Any, tmp_path: Path) -> None:
    if "model" in kinds:
        pytest.importorskip("torch")
    environment = fresh_environment()
    for kind in kinds:
        words = ["--kind", kind, "--author", "A. N. Author"]
        environment.run(["dislo-gen", "new-plugin", f"my-{kind}", *words], tmp_path)
    packages = [tmp_path / f"dislo-gen-my-{kind}" for kind in kinds]

    editable = [word for package in packages for word in ("-e", f"{package}[test]")]
    environment.run(["python", "-m", "pip", "install", *editable], tmp_path)
    words = ["-q", "-p", "no:cacheprovider", "--import-mode=importlib", "-rA", "-W", "error"]
    told = environment.run(["python", "-m", "pytest", *words, *packages], tmp_path)
    for kind in kinds:
        assert re.search(rf"^PASSED .*/test_my_{kind}\.py::", told, re.MULTILINE), kind
    listed = environment.run(["dislo-gen", "plugins"], tmp_path)
    for kind, package in zip(kinds, packages, strict=True):
        assert package.name in listed
        use(kind, package, environment, tmp_path)


def use(kind: str, package: Path, environment: Any, folder: Path) -> None:
    """Check a plugin and do with it what its README shows."""
    name = f"my-{kind}"
    assert f"{kind} '{name}' passes all" in environment.run(["dislo-gen", "plugins", "check", name], folder)
    usage = (package / "README.md").read_text().partition("## Use")[2].partition("## Change")[0]
    ((language, block),) = BLOCK.findall(usage)
    environment.run(["bash" if language == "bash" else "python", "-c", block], folder)
    if language == "python":
        look(folder / "prediction.png")
        return
    data = folder / f"with-{name}"
    if kind == "model":
        look(data / "predictions.png")
        return
    look(data / "preview.png")
    record = json.loads((data / "records" / "000000.json").read_text())
    manifest = json.loads((data / "dataset.json").read_text())
    used = [*record["components"].values(), *manifest["components"].values(), *record["hooks"]]
    assert {"name": name, "package": package.name, "version": "0.1.0"} in used
    assert "All 8 samples" in environment.run(["dislo-gen", "verify", "--replay", data], folder)


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a new package of every kind."""
    folder = tmp_path_factory.mktemp("packages")
    for kind in KINDS:
        new_plugin(f"any-{kind}", kind, folder, author="A. N. Author")
    return folder


def test_what_is_written_is_tidy(packages: Path) -> None:
    pytest.importorskip("ruff")
    for words in (("check", "--extend-select=I,D1,ANN,UP,B,N"), ("format", "--check")):
        done = subprocess.run([sys.executable, "-m", "ruff", *words, packages], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("license", LICENCES)
def test_licence_and_author_are_what_is_asked_for(license: str, tmp_path: Path) -> None:
    author = 'Åsa "Ace" O\'Neil\\'
    package = new_plugin("edge-loops", "geometry", tmp_path, license=license, author=author)
    project = tomllib.loads((package / "pyproject.toml").read_text())["project"]
    assert project["license"] == license
    assert project["authors"] == [{"name": author}]
    text = (package / "LICENSE").read_text()
    assert ("GNU GENERAL PUBLIC LICENSE" in text) if license.startswith("GPL") else (author in text)


def test_names_follow_from_the_name(tmp_path: Path) -> None:
    package = new_plugin("edge-loops", "geometry", tmp_path, author="A")
    assert package == tmp_path / "dislo-gen-edge-loops"
    project = tomllib.loads((package / "pyproject.toml").read_text())["project"]
    target = project["entry-points"]["dislo_gen.geometry"]["edge-loops"]
    assert target == "dislo_gen_edge_loops.edge_loops:EdgeLoops"


@pytest.mark.parametrize("name", ["scene", "geometry", "path", "distribution", "none"])
def test_names_that_python_or_dislo_gen_use_do_not_clash(name: str, tmp_path: Path) -> None:
    package = new_plugin(name, "geometry", tmp_path, author="A")
    for path in package.rglob("*.py"):
        compile(path.read_text(), path, "exec")
    project = tomllib.loads((package / "pyproject.toml").read_text())["project"]
    class_name = project["entry-points"]["dislo_gen.geometry"][name].partition(":")[2]
    assert class_name == f"{name.capitalize()}Geometry"
