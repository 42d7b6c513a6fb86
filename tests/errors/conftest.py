from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


def _load_kit() -> ModuleType:
    name = "dislo_gen_tests_cli_kit"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).parents[1] / "cli" / "kit.py")
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
