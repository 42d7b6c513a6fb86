"""What is used when the user names nothing: offered by packages in the group ``dislo_gen.default``."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from dislo_gen.errors import PluginError
from dislo_gen.interfaces import Metric, Model, Writer
from dislo_gen.registry import Plugin, choose, discover, name_of

C = TypeVar("C", Metric, Model, Writer)


def _offer(name: str) -> Plugin:
    return choose("default", name, discover("dislo_gen.default"))


def default_recipe_file() -> Path:
    """Return the file of the recipe that fills what a user leaves open."""
    return Path(str(_offer("recipe").load()))


def default_training_recipe_file() -> Path:
    """Return the file of the recipe that a training uses when none is named."""
    return Path(str(_offer("training-recipe").load()))


def default_weights_file() -> Path:
    """Return the file of the weights that predicting uses when none are named."""
    return Path(str(_offer("weights").load()))


def default_writer() -> Writer:
    """Return the writer that is used when none is named, with its defaults."""
    return _default("writer", Writer)  # type: ignore[type-abstract]


def default_model_name() -> str:
    """Return the name of the network that is trained when none is named."""
    return name_of(type(_default("model", Model)))  # type: ignore[type-abstract]


def default_metric_name() -> str:
    """Return the name of the metric that weights are chosen by when none is named."""
    return name_of(type(_default("metric", Metric)))  # type: ignore[type-abstract]


def default_tuning_metric_name() -> str:
    """Return the name of the metric that weights tuned on labelled frames are chosen by when none is named."""
    return name_of(type(_default("tuning-metric", Metric)))  # type: ignore[type-abstract]


def _default(name: str, interface: type[C]) -> C:
    offer = _offer(name)
    cls = offer.load()
    if not (isinstance(cls, type) and issubclass(cls, interface)):
        raise PluginError(
            f"the default {name} of package {offer.package} {offer.version} is not a {interface.__name__}"
        )
    return cls()
