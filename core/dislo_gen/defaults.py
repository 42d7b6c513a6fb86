"""What is used when the user names nothing: offered by packages in the group ``dislo_gen.default``."""

from __future__ import annotations

from pathlib import Path

from dislo_gen.errors import PluginError
from dislo_gen.interfaces import Writer
from dislo_gen.registry import Plugin, choose, discover


def _offer(name: str) -> Plugin:
    return choose("default", name, discover("dislo_gen.default"))


def default_recipe_file() -> Path:
    """Return the file of the recipe that fills what a user leaves open."""
    return Path(str(_offer("recipe").load()))


def default_writer() -> Writer:
    """Return the writer that is used when none is named, with its defaults."""
    offer = _offer("writer")
    cls = offer.load()
    if not (isinstance(cls, type) and issubclass(cls, Writer)):
        raise PluginError(f"the default writer of package {offer.package} {offer.version} is not a Writer")
    return cls()
