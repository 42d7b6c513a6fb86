"""What the packages of different kinds of plugin differ in."""

from __future__ import annotations

import attrs

from dislo_gen._version import __version__

_CORE = f"dislo-gen>={__version__}"


@attrs.frozen
class Kind:
    """One kind of plugin that `new_plugin` can begin.

    Attributes:
        noun: what a reader calls it.
        summary: one line about the plugin as it comes; ``{words}`` stands for its name.
        requirements: what the package depends on.
    """

    noun: str
    summary: str
    requirements: tuple[str, ...]


KINDS: dict[str, Kind] = {
    "geometry": Kind(
        "geometry",
        "Defects for dislo-gen: {words}",
        (_CORE, "numpy"),
    ),
    "background": Kind(
        "background",
        "A background for dislo-gen: {words}",
        (_CORE, "numpy", "scipy"),
    ),
    "renderer": Kind(
        "renderer",
        "A renderer for dislo-gen: {words}",
        (_CORE, "numpy", "pycairo"),
    ),
    "effect": Kind(
        "effect",
        "An effect for dislo-gen: {words}",
        (_CORE, "numpy"),
    ),
    "writer": Kind(
        "dataset format",
        "A dataset format for dislo-gen: {words}",
        (_CORE, "numpy", "pillow"),
    ),
    "model": Kind(
        "network",
        "A network for dislo-gen: {words}",
        (_CORE.replace("dislo-gen", "dislo-gen[train]"),),
    ),
    "metric": Kind(
        "metric",
        "A metric for dislo-gen: {words}",
        (_CORE, "numpy", "scipy"),
    ),
    "hook": Kind(
        "hook",
        "A hook for dislo-gen: {words}",
        (_CORE, "attrs", "numpy"),
    ),
}
