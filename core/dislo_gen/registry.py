"""The registry: lists plugins without importing them and loads one when it is chosen."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Any, TypeVar, cast

import attrs

from dislo_gen.component import Component
from dislo_gen.errors import PluginError, did_you_mean
from dislo_gen.interfaces import INTERFACES, kind_of

GROUP_PREFIX = "dislo_gen."
_PLURALS = {"hook": "dislo_gen.hooks", "command": "dislo_gen.commands"}
RUNTIME = "(this session)"
C = TypeVar("C", bound=type[Component])


@attrs.frozen
class Plugin:
    """One offer of a name: what is known of it without importing it.

    Attributes:
        kind: "background", "geometry", …
        name: the name it is chosen by.
        package: the distribution that offers it.
        version: that distribution's version.
        target: ``module:attribute``.
        extras: extras of the package that it needs.
    """

    kind: str
    name: str
    package: str
    version: str
    target: str
    extras: tuple[str, ...] = ()

    def load(self) -> Any:
        """Import the plugin and return the object it names.

        Raises:
            PluginError: the import failed; the message names the package and the reason.
        """
        module_name, _, attribute = self.target.partition(":")
        try:
            found: Any = importlib.import_module(module_name)
            for part in filter(None, attribute.split(".")):
                found = getattr(found, part)
        except (Exception, SystemExit) as error:
            hint = ""
            if isinstance(error, ImportError) and self.extras:
                hint = f"; install what it needs with: pip install '{self.package}[{','.join(self.extras)}]'"
            raise PluginError(
                f"{self.kind} '{self.name}' from package {self.package} {self.version} cannot be loaded: "
                f"{type(error).__name__}: {error}{hint}"
            ) from error
        return found


_runtime: dict[tuple[str, str], type[Component]] = {}
_origin: dict[type, Plugin] = {}


def group_of(kind: str) -> str:
    """Return the entry-point group of a kind of plugin."""
    return _PLURALS.get(kind, GROUP_PREFIX + kind)


def discover(group: str) -> tuple[Plugin, ...]:
    """Every entry point of one group, sorted by name and package. Nothing is imported."""
    return discovered().get(group, ())


@functools.cache
def discovered() -> Mapping[str, tuple[Plugin, ...]]:
    """Every entry point of ours, by group; all installed packages are looked through once."""
    kinds = {group: kind for kind, group in _PLURALS.items()}
    everything: Any = entry_points()  # of another type in Python 3.12; both are asked like this
    found: dict[str, tuple[Plugin, ...]] = {}
    packages: dict[int, tuple[str, str]] = {}
    for group in everything.groups:
        if group.startswith(GROUP_PREFIX):
            kind = kinds.get(group, group.removeprefix(GROUP_PREFIX))
            offers = (_plugin(kind, entry, packages) for entry in everything.select(group=group))
            found[group] = tuple(sorted(offers, key=lambda p: (p.name, p.package)))
    return found


def _plugin(kind: str, entry: EntryPoint, packages: dict[int, tuple[str, str]]) -> Plugin:
    """Return what an entry point offers; a package's metadata, which are read anew each time, are read once."""
    if entry.dist is None:
        package, version = "(unknown)", ""
    else:
        known = id(entry.dist)
        if known not in packages:
            packages[known] = (entry.dist.name, entry.dist.version)
        package, version = packages[known]
    return Plugin(kind, entry.name, package, version, entry.value.partition("[")[0].strip(), tuple(entry.extras))


def plugins(kind: str) -> tuple[Plugin, ...]:
    """Every plugin of a kind, those registered in this session included."""
    own = (
        Plugin(kind, name, RUNTIME, "", f"{c.__module__}:{c.__qualname__}")
        for (k, name), c in _runtime.items()
        if k == kind
    )
    return (*discover(group_of(kind)), *own)


def choose(kind: str, name: str, offers: tuple[Plugin, ...] | None = None) -> Plugin:
    """Return the plugin that a name (or ``package:name``) stands for.

    Raises:
        PluginError: no package offers it (the nearest name is suggested), or more than one does.
    """
    offers = plugins(kind) if offers is None else offers
    package, colon, short = name.rpartition(":")
    found = [p for p in offers if p.name == short and (not colon or p.package == package)]
    if len(found) == 1:
        return found[0]
    if found:
        ways = " or ".join(f"'{p.package}:{p.name}'" for p in found)
        packages = " and ".join(p.package for p in found)
        raise PluginError(f"{kind} '{name}' is offered by {packages}; choose one by writing {ways}")
    names = sorted({p.name for p in offers})
    listed = ", ".join(names) or "none; a new line in pyproject.toml counts once its package is installed again"
    raise PluginError(f"there is no {_one(kind)} '{name}'{did_you_mean(name, names)} (installed: {listed})")


KINDS = (*INTERFACES, "hook", "recipe", "weights")
"""Every kind of plugin that has a name in recipes or on the command line."""


def find(name: str, kind: str | None = None) -> Plugin:
    """Return the plugin of a name, whatever its kind.

    Args:
        name: as 'dislo-gen plugins' lists it; ``package:name`` where the name alone is ambiguous.
        kind: one of `KINDS`, where several kinds have one of that name.

    Raises:
        PluginError: there is none, or several, or no such kind.
    """
    if kind is not None and kind not in KINDS:
        raise PluginError(f"there is no kind '{kind}'{did_you_mean(kind, KINDS)} ({', '.join(KINDS)})")
    offers = {k: plugins(k) for k in KINDS if kind in (None, k)}
    short = name.rpartition(":")[2]
    with_it = [k for k, found in offers.items() if any(p.name == short for p in found)]
    if not with_it:
        names = sorted({p.name for found in offers.values() for p in found})
        listed = f"installed: {', '.join(names)}" if names else "none is installed"
        raise PluginError(
            f"there is no {_one(kind or 'plugin')} '{name}'{did_you_mean(name, names)} ({listed}). If it is "
            f"yours: its line in pyproject.toml is read when the package is installed, so install it again"
        )
    if len(with_it) > 1:
        raise PluginError(f"'{name}' is the name of a {' and of a '.join(with_it)}; say which with --kind")
    return choose(with_it[0], name, offers[with_it[0]])


def load(kind: str, name: str) -> type[Component]:
    """Return the component class of a name.

    Raises:
        PluginError: the name is unknown or ambiguous, its import fails, or it is not a component of that kind.
    """
    plugin = choose(kind, name)
    if plugin.package == RUNTIME:
        return _runtime[kind, plugin.name]
    cls = plugin.load()
    interface = INTERFACES[kind]
    is_component = isinstance(cls, type) and issubclass(cls, interface) and attrs.has(cls)
    if not is_component:
        raise PluginError(
            f"{kind} '{plugin.name}' from package {plugin.package} {plugin.version} is not a {interface.__name__} "
            f"made with @component"
        )
    _origin[cls] = plugin
    return cast("type[Component]", cls)


def register(kind: str, name: str) -> Callable[[C], C]:
    """Class decorator that registers a component for this session only (notebooks, tests, experiments).

    Worker processes do not know it; publish an entry point to use it with ``jobs`` or from the command line.
    """

    def add(cls: C) -> C:
        if kind_of(cls) != kind:
            raise PluginError(f"{cls.__name__} is a {kind_of(cls)}, not a {kind}")
        if any(p.name == name for p in discover(group_of(kind))):
            raise PluginError(f"{kind} '{name}' is taken by an installed package")
        _runtime[kind, name] = cls
        _origin[cls] = Plugin(kind, name, RUNTIME, "", f"{cls.__module__}:{cls.__qualname__}")
        return cls

    return add


def origin(cls: type[Component]) -> Plugin:
    """Return the plugin that a component class came from.

    Raises:
        PluginError: no entry point leads to the class.
    """
    if cls not in _origin:
        kind = kind_of(cls)
        for plugin in plugins(kind):
            if plugin.target.partition(":")[2] == cls.__qualname__ and plugin.load() is cls:
                _origin[cls] = plugin
                break
        else:
            raise PluginError(
                f"{cls.__module__}.{cls.__qualname__} has no name: publish it as an entry point in the group "
                f"'{group_of(kind)}', or register it for this session with @register('{kind}', 'a-name')"
            )
    return _origin[cls]


def name_of(cls: type[Component]) -> str:
    """Return the name a recipe writes for a class: ``package:name`` where the name alone is ambiguous."""
    plugin = origin(cls)
    alone = sum(p.name == plugin.name for p in plugins(plugin.kind)) == 1
    return plugin.name if alone else f"{plugin.package}:{plugin.name}"


def _one(kind: str) -> str:
    """Return what one plugin of a kind is called where it is missing."""
    return "set of weights" if kind == "weights" else kind
