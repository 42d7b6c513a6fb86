"""What a new plugin's package, module and class are called, from the name that people will type."""

from __future__ import annotations

import importlib.util
import keyword
import re

import attrs

import dislo_gen
from dislo_gen.errors import PluginError, shown
from dislo_gen.registry import discover, group_of

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST = 40
# A module of these names would be one of dislo-gen's own.
_OUR_PACKAGES = ("plugins", "schemas")
# Names that the modules of a new package use for something else.
_TAKEN = {"Annotated", "Any", "ClassVar", "Generator", "Image", "Literal", "Mapping", "NDArray", "Path"}


@attrs.frozen
class Names:
    """Every name in a new package.

    Attributes:
        name: what people type, ``edge-loops``.
        package: the distribution, ``dislo-gen-edge-loops``.
        module: the import package, ``dislo_gen_edge_loops``.
        stem: the module in it that holds the class, ``edge_loops``.
        class_name: the class, ``EdgeLoops``.
        words: the name in words, ``edge loops``.
    """

    name: str
    package: str
    module: str
    stem: str
    class_name: str
    words: str


def names(name: str, kind: str) -> Names:
    """Return the names for a new plugin.

    Raises:
        PluginError: the name is not one, or is taken.
    """
    if not _is_name(name):
        nearest = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()
        nearest = re.sub(r"[^a-z0-9]+", "-", nearest).strip("-0123456789")
        example = nearest if _is_name(nearest) and len(nearest) > 2 else "edge-loops"
        raise PluginError(
            f"{shown(name)} is no name for a plugin: write lower-case letters and digits, words joined by "
            f"hyphens, at most {_LONGEST} characters, such as '{example}'"
        )
    for offer in discover(group_of(kind)):
        if offer.name == name:
            raise PluginError(
                f"there is a {kind} '{name}' already, of package {offer.package} {offer.version}; "
                f"choose another name"
            )
    if name in _OUR_PACKAGES:
        raise PluginError(f"'dislo-gen-{name}' would clash with a package of dislo-gen; choose another name")
    stem = name.replace("-", "_")
    class_name = "".join(word.capitalize() for word in name.split("-"))
    if class_name in _TAKEN or class_name in dislo_gen.__all__ or keyword.iskeyword(class_name):
        class_name += kind.capitalize()
    if keyword.iskeyword(stem) or importlib.util.find_spec(stem) is not None:  # matplotlib.py would mislead
        stem += f"_{kind}"
    module = f"dislo_gen_{name.replace('-', '_')}"
    return Names(name, f"dislo-gen-{name}", module, stem, class_name, name.replace("-", " "))


def _is_name(text: str) -> bool:
    return len(text) <= _LONGEST and _NAME.fullmatch(text) is not None
