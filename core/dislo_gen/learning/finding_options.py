"""From what a user types to how lines are put together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dislo_gen.component_tables import read_parameters
from dislo_gen.convert import EXPECTED
from dislo_gen.errors import LearningError, RecipeError
from dislo_gen.instances import Finding
from dislo_gen.learning.cards import WeightsCard
from dislo_gen.problems import walk
from dislo_gen.settings import parse_setting


def read_finding(settings: Sequence[str], card: WeightsCard | None = None) -> Finding:
    """Return how lines are put together: from ``NAME=VALUE`` texts, else as suits the weights best."""
    values: dict[str, Any] = {} if card is None else dict(card.finding)
    for text in settings:
        keys, value = parse_setting(text)
        if len(keys) != 1:
            raise RecipeError(f"--set {text}: write NAME=VALUE, such as --set threshold=0.4")
        values[keys[0]] = value
    try:
        return read_parameters(Finding, values, "finding")
    except EXPECTED as error:
        raise said(error, "", "--set") from None


def said(error: Exception, root: str, whole: str) -> LearningError:
    """Return an error with a line for each mistake: its path, and what would be right."""
    found = [((root + path).lstrip("."), text) for path, text in walk(error)]
    return LearningError("\n".join(f"{path if path != root else whole}: {text}" for path, text in found))
