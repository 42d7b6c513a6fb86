from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from dislo_gen import Recipe, hooks, registry


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
