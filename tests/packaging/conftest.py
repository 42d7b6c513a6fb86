"""What the packaging tests share: packages installed by pip, and the program run as a user runs it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import venv
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
Run = Callable[..., subprocess.CompletedProcess[str]]
# Sheets of "plugins show" that no test asks for; never the cache of whoever runs the tests.
_CACHE = {"XDG_CACHE_HOME": str(Path(tempfile.gettempdir()) / "dislo-gen-tests-cache")}


def pip(*arguments: str | Path) -> None:
    """Run pip offline, with the build tools of this environment."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stderr


OFFLINE = ("--no-deps", "--no-build-isolation", "--no-index")


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's folder."""
    return ROOT


@pytest.fixture(scope="session")
def third_party(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the two third-party packages installed."""
    target = tmp_path_factory.mktemp("third-party")
    source = tmp_path_factory.mktemp("sources")
    for name in ("cracks", "pencil"):
        shutil.copytree(ROOT / "tests" / "packages" / name, source / name)
    pip("install", *OFFLINE, "--target", target, source / "cracks", source / "pencil")
    return target


def environment(*folders: Path) -> dict[str, str]:
    """An environment in which packages in these folders are found first."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "COV_", "DISLO_GEN"))}
    return kept | {"PYTHONPATH": os.pathsep.join(map(str, folders)), "COLUMNS": "240", "NO_COLOR": "1", **_CACHE}


@pytest.fixture(scope="session")
def dislo_gen(kit: ModuleType, third_party: Path) -> Run:
    """Run the command line beside the third-party packages; fails unless the exit status is as expected."""

    def run(
        *words: object, status: int = 0, installed: bool = True, cwd: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        done: subprocess.CompletedProcess[str] = kit.run(*words, path=[third_party] if installed else [], cwd=cwd)
        assert done.returncode == status, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done

    return run


@pytest.fixture(scope="session")
def tracked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository as a commit would hold it: no caches, no datasets, no environments."""
    copy = tmp_path_factory.mktemp("tracked") / "dislo-gen"
    listing = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):  # an unpacked sdist, or no git
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".*", "__pycache__", "dislo-data"))
        return copy
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, copy / name)
    return copy


@pytest.fixture(scope="session")
def wheel(tracked: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel built from that copy."""
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", *OFFLINE, "-w", folder, tracked)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def installed_wheel(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the wheel is installed."""
    target = tmp_path_factory.mktemp("installed")
    pip("install", *OFFLINE, "--target", target, wheel)
    return target


@pytest.fixture(scope="session")
def run_with_wheel(installed_wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run Python code in a folder of its own, where dislo-gen is what the wheel installed."""
    target = installed_wheel

    def run(code: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-c", code, target],
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path_factory.mktemp("elsewhere"),
            env=environment(target),
            stdin=subprocess.DEVNULL,
        )
        assert done.returncode == 0, done.stderr
        return done

    return run


class Environment:
    """A virtual environment of its own, in which dislo-gen's wheel and what it needs are installed."""

    def __init__(self, folder: Path, installed_wheel: Path) -> None:
        venv.create(folder, with_pip=False, symlinks=True)
        self.bin = folder / "bin"
        (site,) = folder.glob("lib/*/site-packages")
        # What was downloaded once need not be downloaded again.
        (site / "dependencies.pth").write_text(f"{installed_wheel}\n{sysconfig.get_path('purelib')}\n")
        for tool in ("pip", "pytest"):  # as if they were installed here
            self._put_script(tool, f"#!/bin/sh\nexec '{self.bin}/python' -m {tool} \"$@\"\n")
        _, _, code = (installed_wheel / "bin" / "dislo-gen").read_text().partition("\n")
        self._put_script("dislo-gen", f"#!{self.bin}/python\n{code}")  # the wheel's own, with this Python

    def _put_script(self, name: str, text: str) -> None:
        script = self.bin / name
        script.write_text(text)
        script.chmod(0o755)

    def run(self, words: list[object], cwd: Path) -> str:
        """Run a program in it; returns what it printed."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "COV_", "DISLO_GEN", "PYTEST"))}
        settings = {
            "PATH": f"{self.bin}{os.pathsep}{os.environ['PATH']}",
            "PIP_NO_INDEX": "1",
            "PIP_NO_BUILD_ISOLATION": "0",  # pip reads this as: no isolation
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "COLUMNS": "240",
            "NO_COLOR": "1",
            "MPLBACKEND": "Agg",
        }
        program = self.bin / str(words[0])
        done = subprocess.run(
            [program if program.exists() else str(words[0]), *map(str, words[1:])],
            cwd=cwd,
            env=kept | settings,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        assert done.returncode == 0, f"{words}\n{done.stdout}\n{done.stderr}"
        return done.stdout


@pytest.fixture
def fresh_environment(installed_wheel: Path, tmp_path: Path) -> Callable[[], Environment]:
    """Make a new virtual environment."""
    return lambda: Environment(tmp_path / "environment", installed_wheel)
