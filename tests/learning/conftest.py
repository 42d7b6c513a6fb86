"""What the tests of learning share: a package with a small network, and the program run in this process."""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dislo_gen import hooks, registry
from dislo_gen.cli import main

GOOD = Path(__file__).parents[1] / "packages" / "good"


@pytest.fixture
def rng_picture():
    return np.random.default_rng(0).random((48, 64), dtype=np.float32)


@pytest.fixture(scope="session")
def good_package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the package of sound plugins, installed by pip."""
    target, sources = tmp_path_factory.mktemp("installed"), tmp_path_factory.mktemp("sources")
    shutil.copytree(GOOD, sources / "good")
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-deps"]
    words = [*command, "--no-build-isolation", "--no-index", "--target", target, sources / "good"]
    done = subprocess.run(words, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stderr
    return target


@pytest.fixture(scope="module")
def third_party(good_package: Path) -> Iterator[Path]:
    """The package, found by this process and by those it starts; forgotten afterwards."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(good_package))
        before = os.environ.get("PYTHONPATH")
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, (str(good_package), before))))
        patch.setattr(registry, "_origin", dict(registry._origin))
        _forget()
        yield good_package
    for name in [name for name in sys.modules if name.startswith("dislo_gen_test_")]:
        del sys.modules[name]
    _forget()


def _forget() -> None:
    importlib.invalidate_caches()
    registry.discover.cache_clear()
    hooks.broker.cache_clear()


def run_main(*words: object) -> int:
    """Run the command line; returns its exit status."""
    try:
        main(list(map(str, words)))
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


@pytest.fixture
def dislo_gen(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Run the command line in this process; returns what it printed, fails unless the status is as expected."""
    monkeypatch.setenv("COLUMNS", "200")

    def run(*words: object, status: int = 0) -> str:
        capsys.readouterr()
        code = run_main(*words)
        printed = capsys.readouterr()
        assert code == status, printed.out + printed.err
        assert "Traceback" not in printed.err
        return " ".join((printed.out + printed.err).split()) if status == 2 else printed.out + printed.err

    return run
