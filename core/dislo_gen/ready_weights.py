"""Ready weights: trained networks that packages ship, offered by name in the group ``dislo_gen.weights``."""

from __future__ import annotations

from pathlib import Path

from dislo_gen import paths
from dislo_gen.errors import LearningError, PluginError
from dislo_gen.registry import choose, discover


def find_weights(source: str | Path) -> Path:
    """Return the file of weights that a path or a name stands for; a file of that name comes first.

    Raises:
        LearningError: it looks like a name, and no package offers weights of that name.
        PluginError: the package that offers them is broken.
    """
    path = Path(source)
    if paths.exists(path) or path.suffix or len(path.parts) != 1:
        return path
    try:
        offer = choose("weights", str(source), discover("dislo_gen.weights"))
    except PluginError as error:
        raise LearningError(f"{source}: there is no such file of weights; {error}") from None
    return Path(str(offer.load()))
