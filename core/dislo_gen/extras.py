"""What learning needs beyond the generator, and what to install when it is missing."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from dislo_gen.errors import MissingExtraError

EXTRA = "train"


def require(module: str, purpose: str, extra: str = EXTRA) -> ModuleType:
    """Import a module that comes with one of the extras.

    Args:
        module: its name, such as ``torch``.
        purpose: what it is needed for, as the beginning of a sentence: "Training".
        extra: the extra of dislo-gen that brings it.

    Raises:
        MissingExtraError: it is not installed; the message says what to type.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != module.partition(".")[0]:
            raise
        raise MissingExtraError(
            f"{purpose} needs {module}, which is not installed: pip install 'dislo-gen[{extra}]'"
        ) from None


def require_torch(purpose: str = "Learning") -> None:
    """Raise a MissingExtraError unless torch and Lightning are installed."""
    require("torch", purpose)
    require("lightning", purpose)
