from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from dislo_gen import Recipe, hooks, registry


@pytest.fixture(scope="session", autouse=True)
def _cache_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what commands put into the user's cache folder out of the real one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


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
