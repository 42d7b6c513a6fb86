"""What the tests of learning share: a package with a small network, and the program run in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dislo_gen.cli import main


@pytest.fixture
def rng_picture():
    return np.random.default_rng(0).random((48, 64), dtype=np.float32)


@pytest.fixture(scope="session")
def good_package(install_packages: Any) -> Path:
    """A folder with the package of sound plugins, installed by pip."""
    return Path(install_packages("good"))


@pytest.fixture(scope="module")
def third_party(good_package: Path, found_in: Any) -> Iterator[Path]:
    """The package, found by this process and by those it starts; forgotten afterwards."""
    with found_in(good_package):
        yield good_package


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


@pytest.fixture(scope="module")
def dark_weights(third_party: Path, write_dark_weights: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weights of a network that finds what is dark, made by hand: it finds the same always, in no time."""
    return Path(write_dark_weights(tmp_path_factory.mktemp("dark") / "dark.safetensors"))
