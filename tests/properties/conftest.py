"""How many examples, and the recipes of built-in components that several tests draw."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from dislo_gen.testing.strategies import component_tables, recipe_tables

settings.register_profile(
    "dislo-gen",
    deadline=None,
    derandomize=True,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("dislo-gen")

CAIRO = component_tables("renderer", "cairo")
PERLIN = component_tables("background", "perlin")


@pytest.fixture(scope="session")
def any_recipes() -> st.SearchStrategy[dict[str, Any]]:
    """Recipes of the built-in components that say anything they may."""
    backgrounds = PERLIN | component_tables("background", "real-blend")
    return recipe_tables(backgrounds, component_tables("geometry", "pileup"), CAIRO)


@pytest.fixture(scope="session")
def small_recipes() -> st.SearchStrategy[dict[str, Any]]:
    """Recipes whose samples take milliseconds, whatever else they say."""
    few = {
        "pileups": st.integers(0, 3),
        "dislocations": st.integers(1, 5),
        "slip_width": st.floats(2, 60),
        "scale": st.floats(0.1, 2),
        "curves": st.none(),
    }
    return recipe_tables(PERLIN, component_tables("geometry", "pileup", few), CAIRO)
