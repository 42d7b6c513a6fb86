from __future__ import annotations

import importlib
import importlib.util
import logging
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

if int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")) > 1:
    # Each worker and each command it runs would take a thread for every core, and wait for the others' at every
    # step of a training. The libraries read this when they are imported.
    os.environ.update({f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")})

if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    # Begun in the background of a script, which turns Ctrl-C off for all that is begun from there.
    signal.signal(signal.SIGINT, signal.default_int_handler)

from dislo_gen import Recipe, hooks, registry
from dislo_gen.cli.console import RemarkHandler


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long: whoever has nothing left to do takes the short ones."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture(scope="session", autouse=True)
def _cache_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what commands put into the user's cache folder out of the real one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(autouse=True)
def _log_as_in_a_library() -> None:
    """Undo what an earlier test's command did to the log: it takes messages to its own output."""
    logger = logging.getLogger("dislo_gen")
    logger.handlers = [handler for handler in logger.handlers if not isinstance(handler, RemarkHandler)]
    logger.propagate = True
    logger.setLevel(logging.NOTSET)


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Forget afterwards whatever a test registers."""
    monkeypatch.setattr(registry, "_runtime", dict(registry._runtime))
    monkeypatch.setattr(registry, "_origin", dict(registry._origin))
    hooks.broker.cache_clear()
    yield
    hooks.broker.cache_clear()


@pytest.fixture(scope="session")
def small_recipe() -> Recipe:
    """A recipe with distributions everywhere, whose samples take milliseconds."""
    plain: dict[str, Any] = {
        "size": [72, 56],
        "background": {"use": "perlin", "wavelength_1": {"uniform": [8, 30]}},
        "geometry": [
            {
                "use": "pileup",
                "pileups": 2,
                "dislocations": {"uniform": [2, 5]},
                "slip_width": {"uniform": [15, 30]},
                "spacing": {"uniform": [4, 9]},
                "offset": {"uniform": [-0.2, 0.2]},
                "start": {"uniform": [0.3, 0.7]},
                "traces": 1.0,
            }
        ],
        "renderer": {"use": "cairo", "blend": "multiply", "contrast": {"uniform": [0.4, 0.6]}},
    }
    return Recipe.from_dict(plain)


PACKAGES = Path(__file__).parent / "packages"
OFFLINE = ("--no-deps", "--no-build-isolation", "--no-index")


@pytest.fixture(scope="session")
def install_packages(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Install packages of ``tests/packages`` with pip, from copies, into a new folder, which is returned."""

    def install(*names: str) -> Path:
        target, sources = tmp_path_factory.mktemp("installed"), tmp_path_factory.mktemp("sources")
        for name in names:
            shutil.copytree(PACKAGES / name, sources / name)
        command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", *OFFLINE]
        words = [*command, "--target", target, *(sources / name for name in names)]
        done = subprocess.run(words, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
        assert done.returncode == 0, done.stderr
        return target

    return install


@pytest.fixture(scope="session")
def write_dark_weights() -> Callable[[Path], Path]:
    """Write weights of a network that finds what is dark; the package ``good`` must be found by this process."""

    def write(path: Path) -> Path:
        import torch

        from dislo_gen import component_class
        from dislo_gen.learning.network import build_network
        from dislo_gen.learning.weights import model_entries, save_weights

        model = component_class("model", "tiny")(channels=1)
        network: Any = build_network(model)
        with torch.no_grad():
            for weight in network.parameters():
                weight.zero_()
            network[0].weight[0, 0, 1, 1] = -1
            network[1].weight.fill_(1)
            network[3].weight[0, 0], network[3].bias[0] = 8, -12
        card = {
            **model_entries(model), "size": [96, 96], "line_width": 3.0, "recipes": [], "data": [], "epochs": 0,
            "images": 0, "scores": {}, "training": {}, "versions": {}, "finding": {"shortest": 10.0},
        }  # fmt: skip
        save_weights(path, network, card)
        return path

    return write


@pytest.fixture(scope="session")
def found_in() -> Callable[[Path], AbstractContextManager[Path]]:
    """Let this process, and those it starts, find packages in a folder; they are forgotten afterwards."""
    return _found_in


@contextmanager
def _found_in(folder: Path) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        before = os.environ.get("PYTHONPATH")
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, (str(folder), before))))
        patch.setattr(registry, "_origin", dict(registry._origin))
        _forget()
        yield folder
    for name in [name for name in sys.modules if name.startswith("dislo_gen_test_")]:
        del sys.modules[name]
    _forget()


def _forget() -> None:
    importlib.invalidate_caches()
    registry.discovered.cache_clear()
    hooks.broker.cache_clear()


def _load_kit() -> ModuleType:
    name = "dislo_gen_tests_cli_kit"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).parent / "cli" / "kit.py")
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


@pytest.fixture(scope="session")
def kit() -> ModuleType:
    return _load_kit()


@pytest.fixture(scope="session")
def dataset(kit, tmp_path_factory) -> Path:
    """A dataset of four samples, made once; tests copy it before they change it."""
    folder = tmp_path_factory.mktemp("reference") / "data"
    kit.good(*kit.SMALL, "-n", 4, "-j", 1, "-o", folder)
    return folder
