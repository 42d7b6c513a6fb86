"""What the checks need besides dislo-gen itself, and which extra installs it."""

from __future__ import annotations

import importlib.util

from dislo_gen.errors import PluginError

_TESTING = ("hypothesis", "jsonschema", "tomli_w")
_TRAIN = ("torch", "safetensors")


def demand_installed(kind: str) -> None:
    """Refuse to check a plugin of this kind where a library is missing that the checks use.

    Raises:
        PluginError: one is missing; the message says how to install it.
    """
    _demand("the checks need", _TESTING, "testing")
    if kind == "model":
        _demand("the checks of models need", _TRAIN, "train")


def _demand(who: str, modules: tuple[str, ...], extra: str) -> None:
    missing = [module for module in modules if importlib.util.find_spec(module) is None]
    if missing:
        raise PluginError(
            f"{who} {', '.join(missing)}; install what they need with: pip install 'dislo-gen[{extra}]'"
        )
