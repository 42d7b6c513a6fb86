"""JSON Schemas of every file that dislo-gen reads or writes, for editors and for other programs.

They describe the built-in components; ``dislo-gen schema`` prints them with every installed plugin's.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

NAMES = ("recipe", "record", "dataset", "training", "evaluation", "predictions", "prediction")


def path(name: str) -> Path:
    """Return where a schema's file lies."""
    return Path(__file__).parent / f"{name}.schema.json"


def load(name: str) -> dict[str, Any]:
    """Return a schema (JSON Schema, draft 2020-12).

    Args:
        name: one of `NAMES`.

    Raises:
        FileNotFoundError: there is no such schema.
    """
    found: dict[str, Any] = json.loads(path(name).read_text(encoding="utf-8"))
    return found
