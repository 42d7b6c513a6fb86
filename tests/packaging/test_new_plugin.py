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


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_from_nothing_to_a_contact_sheet(kind: str, fresh_environment: Any, tmp_path: Path) -> None:
    if kind == "model":
        pytest.importorskip("torch")
    environment = fresh_environment()
    name = f"my-{kind}"
    environment.run(["dislo-gen", "new-plugin", name, "--kind", kind, "--author", "A. N. Author"], tmp_path)
    package = tmp_path / f"dislo-gen-{name}"

    environment.run(["python", "-m", "pip", "install", "-e", ".[test]"], package)
    assert " passed" in environment.run(["python", "-m", "pytest", "-q", "-p", "no:cacheprovider"], package)
    assert f"{kind} '{name}' passes all" in environment.run(["dislo-gen", "plugins", "check", name], tmp_path)
    assert f"dislo-gen-{name}" in environment.run(["dislo-gen", "plugins"], tmp_path)

    usage = (package / "README.md").read_text().partition("## Use")[2].partition("## Change")[0]
    ((language, block),) = BLOCK.findall(usage)
    environment.run(["bash" if language == "bash" else "python", "-c", block], tmp_path)
    if language == "python":
        look(tmp_path / "prediction.png")
        return
    data = tmp_path / f"with-{name}"
    if kind == "model":
        look(data / "predictions.png")
        return
    look(data / "preview.png")
    record = json.loads((data / "records" / "000000.json").read_text())
    manifest = json.loads((data / "dataset.json").read_text())
    used = [*record["components"].values(), *manifest["components"].values(), *record["hooks"]]
    assert {"name": name, "package": f"dislo-gen-{name}", "version": "0.1.0"} in used
    assert "All 8 samples" in environment.run(["dislo-gen", "verify", "--replay", data], tmp_path)


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
