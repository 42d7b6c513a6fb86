"""What the conformance tests share: a package of sound plugins and one of broken ones, installed."""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dislo_gen import hooks, registry

PACKAGES = Path(__file__).parents[1] / "packages"
OFFLINE = ("--no-deps", "--no-build-isolation", "--no-index")


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the good package and the broken one, installed by pip."""
    target, sources = tmp_path_factory.mktemp("installed"), tmp_path_factory.mktemp("sources")
    for name in ("good", "broken"):
        shutil.copytree(PACKAGES / name, sources / name)
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", *OFFLINE]
    words = [*command, "--target", target, sources / "good", sources / "broken"]
    done = subprocess.run(words, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stderr
    return target


@pytest.fixture(scope="module")
def beside(installed: Path) -> Iterator[Path]:
    """The folder, found by this process and by those that the checks start; forgotten afterwards."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(installed))
        before = os.environ.get("PYTHONPATH")
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, (str(installed), before))))
        patch.setattr(registry, "_origin", dict(registry._origin))
        _forget()
        yield installed
    for name in [name for name in sys.modules if name.startswith("dislo_gen_test_")]:
        del sys.modules[name]
    _forget()


def _forget() -> None:
    importlib.invalidate_caches()
    registry.discover.cache_clear()
    hooks.broker.cache_clear()
