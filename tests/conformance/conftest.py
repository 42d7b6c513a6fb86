"""What the conformance tests share: a package of sound plugins and one of broken ones, installed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def installed(install_packages: Any) -> Path:
    """A folder with the good package and the broken one, installed by pip."""
    return Path(install_packages("good", "broken"))


@pytest.fixture(scope="module")
def beside(installed: Path, found_in: Any) -> Iterator[Path]:
    """The folder, found by this process and by those that the checks start; forgotten afterwards."""
    with found_in(installed):
        yield installed
