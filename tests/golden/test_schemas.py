"""The schemas that are shipped are those that the code stands for."""

from __future__ import annotations

import pytest

import dislo_gen_schemas
from dislo_gen.schema import schema


@pytest.mark.parametrize("name", dislo_gen_schemas.NAMES)
def test_shipped_schema_is_fresh(name: str) -> None:
    assert dislo_gen_schemas.load(name) == schema(name, only_package="dislo-gen"), (
        "write them anew with: python -m dislo_gen_schemas"
    )
