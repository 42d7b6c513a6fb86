"""Errors a user can act on: the message is the whole explanation, so no traceback is needed beside it."""

from __future__ import annotations

import datetime
import difflib
from collections.abc import Iterable


class DisloGenError(Exception):
    """Base of every error that dislo-gen raises on purpose."""


class RecipeError(DisloGenError, ValueError):
    """A recipe, a parameter or a setting is wrong."""


class PluginError(DisloGenError):
    """A plugin is missing, ambiguous, broken, or broke its interface's contract."""


class DatasetError(DisloGenError):
    """A dataset folder, a record or an image file cannot be read, written or trusted."""


class MissingExtraError(DisloGenError, ImportError):
    """Something needs a library that comes with an extra which is not installed."""


class LearningError(DisloGenError):
    """A training, an evaluation or a prediction cannot go on: weights, data, memory, a loss that is no number."""


def did_you_mean(name: str, options: Iterable[str]) -> str:
    """Return ``"; did you mean 'x'?"`` for the nearest option, else ``""``."""
    near = difflib.get_close_matches(name, list(options), n=1, cutoff=0.6)
    return f"; did you mean '{near[0]}'?" if near else ""


def shown(value: object) -> str:
    """Write a value the way a recipe would, cut short, for a message."""
    value = getattr(value, "parsed", value)  # of what was typed on the command line, the number without quotes
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    text = repr(str(value)) if isinstance(value, str) else repr(value)
    return text if len(text) <= 80 else f"{text[:60]}…"
