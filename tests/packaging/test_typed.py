"""Packages of strangers pass mypy --strict as their authors run it: examples, new ones, and those of the tests."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from dislo_gen.scaffold import new_plugin
from dislo_gen.scaffold.kinds import KINDS

EXAMPLES = Path(__file__).parents[2] / "examples"
PACKAGES = sorted(path.name for path in EXAMPLES.glob("dislo-gen-*"))
pytestmark = pytest.mark.long
Mypy = Callable[..., None]


@pytest.fixture(scope="module")
def mypy(tmp_path_factory: pytest.TempPathFactory) -> Mypy:
    """Run mypy; what it finds of NumPy, torch and dislo-gen, whose reading takes a minute, is found once."""
    pytest.importorskip("mypy")
    cache, elsewhere = tmp_path_factory.mktemp("cache"), tmp_path_factory.mktemp("elsewhere")

    def run(*words: str, sources: Sequence[Path] = (), cwd: Path = elsewhere) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "mypy", f"--cache-dir={cache}", *words],
            capture_output=True,
            text=True,
            env={**os.environ, "MYPYPATH": os.pathsep.join(map(str, sources))},
            cwd=cwd,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    return run


def test_new_packages(mypy: Mypy, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    sources = [new_plugin(f"any-{kind}", kind, tmp_path, author="A. N. Author") / "src" for kind in KINDS]
    files = [str(path) for source in sources for path in source.glob("*/*.py")]
    mypy("--strict", "--config-file=", "--explicit-package-bases", *files, sources=sources)


@pytest.mark.parametrize("package", PACKAGES)
def test_an_example_as_its_author_checks_it(package: str, mypy: Mypy) -> None:
    settings = EXAMPLES / package / "pyproject.toml"
    assert tomllib.loads(settings.read_text())["tool"]["mypy"]["strict"] is True
    source = EXAMPLES / package / "src"
    mypy(f"--config-file={settings}", "-p", package.replace("-", "_"), sources=[source])


def test_installed_ones(third_party: Path, mypy: Mypy) -> None:
    names = ("dislo_gen_test_cracks", "dislo_gen_test_pencil")
    mypy("--strict", "--config-file=", *(word for name in names for word in ("-p", name)), cwd=third_party)
